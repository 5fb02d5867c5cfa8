/** Recorded histories: every run of a case's workflow as JSON, from its first to its newest. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { temporal } from '@temporalio/proto';
import { caseWorkflowId } from '../../domain/ids';
import { PROJECT } from '../../sandbox/config';
import { EncryptingCodec, openWithin, type PayloadKeys } from '../../runtime/payload-codec';
import { infra } from './infra';

export interface Run {
  runId: string;
  events: number;
  /** As stored under test/histories and read by the replayer. */
  json: string;
  /** Every byte of it as Temporal has it, and with its payloads opened. */
  bytes: { kept: Uint8Array; clear: Uint8Array };
}

/** All runs of one case, following each continue-as-new. @param keys that its payloads are encrypted with */
export async function runsOf(caseId: string, keys: PayloadKeys): Promise<Run[]> {
  const { temporalAddress, namespace } = await infra();
  const connection = await Connection.connect({ address: temporalAddress });
  try {
    const codec = new EncryptingCodec(keys);
    const client = new Client({ connection, namespace });
    const workflowId = caseWorkflowId(caseId);
    const { workflowExecutionInfo } = (await client.workflow.getHandle(workflowId).describe()).raw;
    const runs: Run[] = [];
    for (let runId = workflowExecutionInfo?.firstRunId ?? ''; runId !== '';) {
      const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      const events = history.events ?? [];
      const kept = temporal.api.history.v1.History.encode(history).finish();
      openWithin(events, codec);
      const clear = temporal.api.history.v1.History.encode(history).finish();
      runs.push({ runId, events: events.length, json: historyToJSON(history), bytes: { kept, clear } });
      runId = events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? '';
    }
    return runs;
  } finally {
    await connection.close();
  }
}

/**
 * With RECORD=1 writes the history of one workflow's newest run to test/histories, its payloads opened, to be replayed by
 * every later version. @param keys that its payloads are encrypted with
 */
export async function recordHistory(
  client: Client,
  workflowId: string,
  name: string,
  keys: PayloadKeys,
): Promise<void> {
  if (process.env['RECORD'] !== '1') return;
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  openWithin(history.events ?? [], new EncryptingCodec(keys));
  writeFileSync(join(PROJECT, `test/histories/${name}.json.gz`), gzipSync(historyToJSON(history)));
}
