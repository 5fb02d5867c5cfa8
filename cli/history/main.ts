/** `npm run history -- CASE`: what a case's workflow was told and answered, opened. Exit code 1: why not was said; 2: wrong options. */
import { Client, Connection, isGrpcServiceError } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { caseWorkflowId } from '../../domain/ids';
import { EncryptingCodec, openWithin, PayloadKeyUnknown, PayloadSealBroken } from '../../runtime/payload-codec';
import { CliFailure } from '../client';
import { ending, readOptions } from '../command';
import { temporalOf } from '../temporal-place';
import { OptionsWrong } from '../policy/options';

const USAGE = `npm run history -- CASE [--run RUN]
    prints the history of a case's workflow as JSON, with its payloads opened; CASE is the case's id. Ids, figures and
    codes alone: what people wrote lies in the vault
    --run RUN   an earlier run; the newest otherwise

TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, VAULT_KEY and PAYLOAD_KEYS say where; without an address it is the running sandbox in
DATA_DIR`;

/** gRPC status codes of an id that nothing has, or that can be none: INVALID_ARGUMENT, NOT_FOUND. */
const UNKNOWN: number[] = [3, 5];

async function print(caseId: string, runId: string | undefined, env: NodeJS.ProcessEnv): Promise<number> {
  const { address, keys } = temporalOf(env);
  const connection = Connection.lazy({ address, connectTimeout: 5_000 });
  try {
    const client = new Client({ connection, namespace: env['TEMPORAL_NAMESPACE'] || 'shouwang' });
    const deadline = Date.now() + 60_000;
    const history = await client.withDeadline(deadline, () =>
      client.workflow.getHandle(caseWorkflowId(caseId), runId).fetchHistory(),
    );
    openWithin(history.events ?? [], new EncryptingCodec(keys));
    console.log(historyToJSON(history));
    return 0;
  } catch (error) {
    if (error instanceof PayloadKeyUnknown || error instanceof PayloadSealBroken) {
      throw new CliFailure(`${error.name}: ${error.message}`, { cause: error });
    }
    const cause = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
    if (isGrpcServiceError(cause) && UNKNOWN.includes(cause.code)) {
      throw new CliFailure('没有这个案件的流程 · there is no workflow of that case', { cause: error });
    }
    if (isGrpcServiceError(cause))
      throw new CliFailure(`${address} 没有应答 · Temporal does not answer`, { cause: error });
    throw error;
  } finally {
    await connection.close();
  }
}

/** Runs one command line and gives its exit code. */
export async function run(args: string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  if (args.includes('--help')) {
    console.log(USAGE);
    return 0;
  }
  return ending(USAGE, async () => {
    const { words, values } = readOptions(args, { values: ['run'], flags: [] });
    const [caseId, ...more] = words;
    if (caseId === undefined || more.length > 0) throw new OptionsWrong(['one case, by its id']);
    return print(caseId, values['run'], env);
  });
}

// In the image, where nothing is prepared: node dist/cli/history/main.js
if (require.main === module) void run(process.argv.slice(2)).then((code) => (process.exitCode = code));
