import type { GlobalConfig } from 'jest';
import { InfraBroker } from './infra-broker';

declare global {
  var infraBroker: InfraBroker | undefined;
}

/** Are only tests asked for that need no server? */
const unitOnly = (patterns: string[] = []): boolean =>
  patterns.length > 0 && patterns.every((pattern) => pattern.startsWith('test/unit'));

/**
 * Before all suites: opens the place where they ask for the servers (test/support/infra.ts). A machine that has never
 * built Temporal does it here: minutes, in which a suite that waited would give up.
 */
export default async function globalSetup({ nonFlagArgs }: GlobalConfig): Promise<void> {
  const broker = new InfraBroker();
  if (!unitOnly(nonFlagArgs)) await broker.build();
  globalThis.infraBroker = broker;
  process.env['SHOUWANG_TEST_BROKER'] = await broker.listen();
}
