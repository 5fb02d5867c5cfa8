/** Where cases and reports stand (运行状态): what their workflows have to be begun again from. */
import type { CaseInput } from '../../domain/messages';
import type { CaseState } from '../../domain/model';
import { isWaiting, type ReportState } from '../../domain/reports/model';
import type { Tx } from '../db';

/** A line of states.jsonl. */
export interface StateLine {
  of: 'case' | 'report';
  id: string;
  /** The last entry of the journal that the state holds. */
  seq: number;
  /** Null: a closed case of which nothing is due any more and whose workflow is not there; it can be read. */
  state: CaseState | null;
}

export interface Standing {
  of: 'case' | 'report';
  id: string;
  number: string;
  /** How far the rows are. */
  rev: number;
  /** What it was started with. */
  input: CaseInput;
  /** Has time still something to do with it? */
  lives: boolean;
}

interface StandingRow {
  id: string;
  number: string;
  rev: number;
  input: unknown;
  lives: boolean;
}

/** Every case of a station, and every report that waits. */
export async function standings(tx: Tx, stationId: string): Promise<Standing[]> {
  const cases = await tx.$queryRaw<StandingRow[]>`
    SELECT id, number, rev, input, status <> 'closed' OR next_due_at IS NOT NULL AS lives
    FROM cases WHERE station_id = ${stationId} ORDER BY number`;
  const reports = await tx.$queryRaw<(StandingRow & { state: string })[]>`
    SELECT id, number, rev, input, state, true AS lives FROM reports WHERE station_id = ${stationId} ORDER BY number`;
  const of = (what: Standing['of'], rows: StandingRow[]): Standing[] =>
    rows.map(({ id, number, rev, input, lives }) => ({
      ...{ of: what, id, number, rev, lives },
      input: input as CaseInput,
    }));
  return [
    ...of('case', cases),
    ...of(
      'report',
      reports.filter(({ state }) => isWaiting(state as ReportState)),
    ),
  ];
}
