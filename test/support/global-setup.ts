import { InfraBroker } from './infra-broker';

declare global {
  var infraBroker: InfraBroker | undefined;
}

/** Before all suites: opens the place where they ask for the servers (test/support/infra.ts). */
export default async function globalSetup(): Promise<void> {
  const broker = new InfraBroker();
  globalThis.infraBroker = broker;
  process.env['SHOUWANG_TEST_BROKER'] = await broker.listen();
}
