/** Recorded histories: every run of a case's workflow as JSON, from its first to its newest. */
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { caseWorkflowId } from '../../domain/ids';
import { infra } from './infra';

export interface Run {
  runId: string;
  events: number;
  /** As stored under test/histories and read by the replayer. */
  json: string;
}

/** All runs of one case, following each continue-as-new. */
export async function runsOf(caseId: string): Promise<Run[]> {
  const { temporalAddress, namespace } = await infra();
  const connection = await Connection.connect({ address: temporalAddress });
  try {
    const client = new Client({ connection, namespace });
    const workflowId = caseWorkflowId(caseId);
    const { workflowExecutionInfo } = (await client.workflow.getHandle(workflowId).describe()).raw;
    const runs: Run[] = [];
    for (let runId = workflowExecutionInfo?.firstRunId ?? ''; runId !== '';) {
      const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      const events = history.events ?? [];
      runs.push({ runId, events: events.length, json: historyToJSON(history) });
      runId = events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? '';
    }
    return runs;
  } finally {
    await connection.close();
  }
}
