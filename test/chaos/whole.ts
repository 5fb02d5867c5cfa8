/** After a run: is the journal whole, and do the rows that screens read say what the workflows hold? */
import { Client, Connection } from '@temporalio/client';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { caseWorkflowId } from '../../domain/ids';
import { STATE_QUERY, type CaseSeen } from '../../domain/messages';
import { dataConverter, payloadKeys } from '../../runtime/payload-codec';
import { loadSecrets } from '../../sandbox/parts/secrets';
import { keyRing } from '../../store/keys';
import { verify } from '../../store/proof/verify';
import type { Town } from './town';

/** Faults of the journal's chains by name; none: it is whole. */
export async function journalFaults(town: Town): Promise<string[]> {
  const keys = keyRing(loadSecrets(town.dataDir).vaultKey);
  const { faults } = await town.persist(() => verify(town.db, { keys, kept: new Map() }));
  return faults.map((fault) => JSON.stringify(fault));
}

/** Cases of which rows and workflow say different things. */
export async function disagreements(town: Town): Promise<string[]> {
  const { frontend } = JSON.parse(readFileSync(join(town.dataDir, 'temporal-ports.json'), 'utf8')) as {
    frontend: number;
  };
  const connection = await town.persist(() => Connection.connect({ address: `127.0.0.1:${frontend}` }));
  const keys = payloadKeys(loadSecrets(town.dataDir).vaultKey);
  const client = new Client({ connection, namespace: 'shouwang', dataConverter: dataConverter(keys) });
  try {
    const rows = await town.db.caseRow.findMany({ select: { id: true, number: true } });
    const found: string[] = [];
    for (const { id, number } of rows) {
      if (
        !(await town
          .persist(
            () => agrees(town, client, id),
            (same) => same,
          )
          .catch(() => false))
      )
        found.push(`${number}: rows and workflow differ`);
    }
    return found;
  } finally {
    await connection.close();
  }
}

/** A moment between a workflow's change and its record is no disagreement: it is looked at again. */
async function agrees(town: Town, client: Client, caseId: string): Promise<boolean> {
  const state = await client.workflow.getHandle(caseWorkflowId(caseId)).query<CaseSeen>(STATE_QUERY);
  const row = await town.db.caseRow.findUniqueOrThrow({ where: { id: caseId } });
  const steps = await town.db.stepRow.findMany({ where: { caseId } });
  const alerts = await town.db.alertRow.findMany({ where: { caseId } });
  const last = await town.db.event.findFirst({ where: { caseId }, orderBy: { seq: 'desc' } });
  const stepsOf = (list: readonly { id: string; state: string; dueAt: Date | number }[]): string =>
    list
      .map((one) => `${one.id} ${one.state} ${Number(one.dueAt)}`)
      .sort()
      .join();
  const alertsOf = (list: readonly { id: string; state: string; round: number; rung: number }[]): string =>
    list
      .map((one) => `${one.id} ${one.state} ${one.round} ${one.rung}`)
      .sort()
      .join();
  return (
    row.rev === state.seq &&
    last?.seq === state.seq &&
    row.status === state.status &&
    stepsOf(steps) === stepsOf(state.steps) &&
    alertsOf(alerts) === alertsOf(state.alerts)
  );
}
