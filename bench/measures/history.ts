/**
 * A year of one critical case, its clock moved: every step done when somebody is reminded of it, each tenth late enough for
 * the ladder to climb. How long its runs' histories get, and what they weigh.
 */
import { caseWorkflowId } from '../../domain/ids';
import { dataConverter, payloadKeys } from '../../runtime/payload-codec';
import { moveClock } from '../../sandbox/routes/case-clock';
import { receiptsAwaited } from '../../store/told';
import type { StepAnswer } from '../../api/schemas/answers';
import type { Bed } from '../bed';
import { alone, type Row } from '../harness/row';
import type { Measure, Setup } from '../measure';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const isOpen = ({ state }: StepAnswer): boolean => state !== 'done' && state !== 'cancelled';

/** Lives through `days` of a case. @returns its id */
async function live(
  { http, client, connection, db, secrets }: Bed,
  days: number,
  say: (remark: string) => void,
): Promise<string> {
  const body = { type: 'physical_abuse', risk: 'critical', child: { birthDate: '2017-05-04' }, narrative: '测试' };
  let seen = await http.ask('POST', '/api/v1/cases', body);
  const { id } = seen;
  const t0 = Date.parse(seen.receivedAt);
  const converter = dataConverter(payloadKeys(secrets.vaultKey));
  let ahead = 0;
  const clock = (): number => Date.now() + ahead;
  const forwardTo = async (at: number): Promise<void> => {
    if (at > clock()) {
      const server = { connection, namespace: client.options.namespace, dataConverter: converter };
      ahead = await moveClock(server, id, Math.ceil((at - clock()) / 1000), () => receiptsAwaited(db, id, 1_500));
    }
  };
  for (let turn = 0; clock() < t0 + days * DAY; turn += 1) {
    const next = seen.steps.filter(isOpen).sort((a, b) => Date.parse(a.dueAt) - Date.parse(b.dueAt))[0];
    if (next === undefined) break;
    const late = turn % 10 === 9;
    await forwardTo(late ? Date.parse(next.dueAt) + 25 * MINUTE : Date.parse(next.remindAt ?? next.startAt) + 1_000);
    seen = await http.ask('POST', `/api/v1/cases/${id}/steps/${next.id}/complete`, { outcome: 'done' });
    if (turn % 20 === 0) say(`day ${Math.round((clock() - t0) / DAY)} of ${days}`);
  }
  return id;
}

interface Run {
  events: number;
  bytes: number;
}

/** Each run of the case's workflow, the oldest first. */
async function runsOf({ client }: Bed, caseId: string): Promise<Run[]> {
  const workflowId = caseWorkflowId(caseId);
  const described = await client.workflow.getHandle(workflowId).describe();
  const runs: Run[] = [];
  for (let runId = described.raw.workflowExecutionInfo?.firstRunId ?? ''; runId !== '';) {
    const handle = client.workflow.getHandle(workflowId, runId);
    const [{ historySize }, { events }] = await Promise.all([handle.describe(), handle.fetchHistory()]);
    runs.push({ events: events?.length ?? 0, bytes: historySize ?? 0 });
    runId = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? '';
  }
  return runs;
}

async function run({ effort, bed, say }: Setup): Promise<Row[]> {
  const on = await bed();
  const runs = await runsOf(on, await live(on, effort.quick ? 3 : 365, say));
  const sum = (of: (one: Run) => number): number => runs.reduce((total, one) => total + of(one), 0);
  return [
    alone(
      {
        id: 'history-run',
        what: 'a year’s critical case: events in its longest run',
        unit: 'events',
        must: { of: 'ours', most: 2_000 },
      },
      [Math.max(...runs.map(({ events }) => events))],
    ),
    alone({ id: 'history-year', what: `a year’s critical case: events in its ${runs.length} runs`, unit: 'events' }, [
      sum(({ events }) => events),
    ]),
    alone({ id: 'history-bytes', what: 'a year’s critical case: its histories', unit: 'kB' }, [
      sum(({ bytes }) => bytes) / 1000,
    ]),
  ];
}

export const history: Measure = { id: 'year', title: '一年的个案 · a year of a case', run };
