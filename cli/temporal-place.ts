/** Which Temporal a command asks: that of the environment, or the running sandbox in DATA_DIR. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type PayloadKeys, payloadKeys } from '../runtime/payload-codec';
import { CliFailure } from './client';
import { dataDirOf, sandboxOf, secretOf } from './place';

const Ports = z.object({ frontend: z.number() });

/** @throws CliFailure for a configuration that the user can mend */
export function temporalOf(env: NodeJS.ProcessEnv): { address: string; keys: PayloadKeys } {
  const address = env['TEMPORAL_ADDRESS'];
  if (address) {
    const vaultKey = secretOf(env, 'VAULT_KEY');
    if (vaultKey === undefined) throw new CliFailure('需要 VAULT_KEY · VAULT_KEY is not set');
    try {
      return { address, keys: payloadKeys(vaultKey, secretOf(env, 'PAYLOAD_KEYS')) };
    } catch (error) {
      if (error instanceof RangeError) throw new CliFailure(error.message, { cause: error });
      throw error;
    }
  }
  const dataDir = dataDirOf(env);
  const { secrets } = sandboxOf(dataDir);
  const file = join(dataDir, 'temporal-ports.json');
  if (!existsSync(file)) throw new CliFailure('需要 TEMPORAL_ADDRESS · TEMPORAL_ADDRESS is not set');
  const { frontend } = Ports.parse(JSON.parse(readFileSync(file, 'utf8')));
  return { address: `127.0.0.1:${frontend}`, keys: payloadKeys(secrets.vaultKey) };
}
