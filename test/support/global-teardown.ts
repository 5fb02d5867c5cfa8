/** After all suites: ends the servers, if any were started. */
export default async function globalTeardown(): Promise<void> {
  await globalThis.infraBroker?.stop();
}
