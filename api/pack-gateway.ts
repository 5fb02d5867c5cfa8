/** The API's way to the packs' workflows: start, cancel. */
import { Client, Connection, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { PACK_WORKFLOW } from '../domain/messages';
import { type PackInput, packWorkflowId } from '../domain/services/pack';
import { dataConverter } from '../runtime/payload-codec';
import { Calls } from './calls';
import { type GatewayOptions, isTemporalAway, LAST_CALLS_MS, TemporalAway } from './case-gateway';
import { temporalSpans } from './temporal-spans';

export interface PackGateway {
  /** Safe to repeat. @throws TemporalAway */
  start(packId: string): Promise<void>;
  /** @returns false where nothing runs any more. @throws TemporalAway */
  cancel(packId: string): Promise<boolean>;
  close(): Promise<void>;
}

const PATIENCE_MS = 10_000;
/** Beside the alarms of cases a pack can wait: Temporal hands out what is more urgent first (1 to 5). */
const LAST = { priorityKey: 5 };

/** Connects when it is first asked. */
export function createPackGateway({ temporal, payloadKeys }: Omit<GatewayOptions, 'db' | 'log'>): PackGateway {
  const calls = new Calls();
  const connection = Connection.lazy({ address: temporal.address, interceptors: calls.interceptors() });
  const client = new Client({
    ...{ connection, namespace: temporal.namespace, dataConverter: dataConverter(payloadKeys) },
    ...temporalSpans(),
  });

  async function reach<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await calls.run(() => client.withDeadline(Date.now() + PATIENCE_MS, ask));
    } catch (error) {
      throw isTemporalAway(error) ? new TemporalAway('Temporal cannot be reached', { cause: error }) : error;
    }
  }

  return {
    async start(packId) {
      const input: PackInput = { packId };
      try {
        await reach(() =>
          client.workflow.start(PACK_WORKFLOW, {
            workflowId: packWorkflowId(packId),
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            taskQueue: temporal.taskQueue,
            args: [input],
            priority: LAST,
          }),
        );
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    },
    async cancel(packId) {
      try {
        await reach(() => client.workflow.getHandle(packWorkflowId(packId)).cancel());
        return true;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
    async close() {
      await calls.over(LAST_CALLS_MS);
      await connection.close();
    },
  };
}
