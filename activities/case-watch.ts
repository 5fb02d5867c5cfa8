/** The audit's way to the case workflows: which run, which answer, and how one is begun again. */
import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { caseWorkflowId } from '../domain/ids';
import { CASE_WORKFLOW, COMMAND_UPDATE, STATE_QUERY } from '../domain/messages';
import type { CaseInput, Command, CommandAnswer } from '../domain/messages';
import { type CaseState, SYSTEM } from '../domain/model';
import { slim } from '../domain/project';

export interface CaseWatch {
  /** Ids of cases whose workflow runs, as the server's list has it: some seconds behind. */
  listed(): Promise<Set<string>>;
  /** Does a workflow run for the case? The server's own word, never behind. */
  runs(caseId: string): Promise<boolean>;
  /** The case looks again and writes its rows anew. `silent`: it did not answer in time. */
  nudge(caseId: string, nudge: Nudge): Promise<'answered' | 'silent'>;
  /** The state in which the last workflow ended; undefined: the server does not have it any more. */
  lastState(caseId: string): Promise<CaseState | undefined>;
  /** Starts a workflow; nothing happens where one runs. */
  start(caseId: string, input: CaseInput): Promise<void>;
}

export interface Nudge {
  /** The same for a retry, so that it is carried out once. */
  id: string;
  why: string;
  /** Alerts that go on at once, because nobody was told of them. */
  tellNow: string[];
}

const RUNNING = `WorkflowType = '${CASE_WORKFLOW}' AND ExecutionStatus = 'Running'`;
const PAGE = 1_000;
const ID_PREFIX = caseWorkflowId('');
/** A workflow that is well answers within milliseconds; a worker that catches up after an outage takes longer. */
const ANSWER_MS = 10_000;
/** Reading an ended workflow replays all of its last run. */
const REPLAY_MS = 20_000;

/** The audit's way to the workflows of cases, through a client of Temporal's. */
export function createCaseWatch(client: Client, taskQueue: string): CaseWatch {
  const handleOf = (caseId: string) => client.workflow.getHandle(caseWorkflowId(caseId));
  const within = <T>(ms: number, ask: () => Promise<T>): Promise<T> => client.withDeadline(Date.now() + ms, ask);

  return {
    async listed() {
      const ids = new Set<string>();
      for await (const { workflowId } of client.workflow.list({ query: RUNNING, pageSize: PAGE }))
        ids.add(workflowId.slice(ID_PREFIX.length));
      return ids;
    },

    async runs(caseId) {
      try {
        return (await within(ANSWER_MS, () => handleOf(caseId).describe())).status.name === 'RUNNING';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },

    async nudge(caseId, { id, why, tellNow }) {
      const command: Command = { do: 'nudge', actor: SYSTEM, why, tellNow };
      const options = { args: [command] as [Command], updateId: id };
      try {
        await within(ANSWER_MS, () =>
          handleOf(caseId).executeUpdate<CommandAnswer, [Command]>(COMMAND_UPDATE, options),
        );
        return 'answered';
      } catch (error) {
        // Whatever kept it from answering is what the audit reports; the server's own absence ends the audit elsewhere.
        if (error instanceof Error) return 'silent';
        throw error;
      }
    },

    async lastState(caseId) {
      try {
        return await within(REPLAY_MS, () => handleOf(caseId).query<CaseState>(STATE_QUERY));
      } catch (error) {
        // Its history is over the time that Temporal keeps it, or cannot be replayed.
        if (error instanceof Error) return undefined;
        throw error;
      }
    },

    async start(caseId, { state }) {
      try {
        await client.workflow.start(CASE_WORKFLOW, {
          workflowId: caseWorkflowId(caseId),
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          taskQueue,
          args: [{ state: slim(state) } satisfies CaseInput],
        });
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    },
  };
}
