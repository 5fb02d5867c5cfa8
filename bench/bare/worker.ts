/** The yardsticks' worker: a process of its own beside the product's, every option as Temporal has it. */
import { NativeConnection, Worker } from '@temporalio/worker';
import { createLogger } from '../../runtime/log';
import { couldNotStart, endCleanly } from '../../runtime/process';
import { installRuntime } from '../../worker/telemetry';
import { createBareActivities } from './activities';

/** What the bench hands over; a bare worker reads nothing else. */
export const BARE_MARKS = 'BENCH_BARE_MARKS';
export const BARE_QUEUE = 'BENCH_BARE_QUEUE';

const read = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
};

async function main(): Promise<void> {
  const log = createLogger('warn', 'bare');
  try {
    installRuntime(log);
    const connection = await NativeConnection.connect({ address: read('TEMPORAL_ADDRESS') });
    const worker = await Worker.create({
      connection,
      namespace: read('TEMPORAL_NAMESPACE'),
      taskQueue: read(BARE_QUEUE),
      workflowsPath: require.resolve('./workflows'),
      activities: createBareActivities(read(BARE_MARKS)),
    });
    const running = worker.run();
    endCleanly(log, async () => {
      worker.shutdown();
      await running;
      await connection.close();
    });
    // The line that the bench waits for, whatever the log's level.
    process.stdout.write(`${JSON.stringify({ msg: 'ready' })}\n`);
    await running;
  } catch (error) {
    couldNotStart(log, error);
  }
}

if (require.main === module) void main();
