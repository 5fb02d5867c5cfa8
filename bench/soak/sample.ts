/** What is looked at while the load runs: each figure by name, with what it may do. */
import { caseWorkflowId } from '../../domain/ids';
import type { Bed } from '../bed';
import { handlesOf, memoryOf, processWith } from '../harness/process';
import type { Allowance } from './leak';

const MB = 1_048_576;
/** Ten minutes: before that V8 and Go grow because they may. */
const MEMORY: Allowance = { share: 0.1, least: 24, overS: 600 };
const HANDLES: Allowance = { share: 0.1, least: 15, overS: 120 };
const CONNECTIONS: Allowance = { share: 0.1, least: 5, overS: 120 };
/** PostgreSQL's own cleaning begins at a fifth and looks once a minute; three times that was not cleaned in time. */
const DEAD: Allowance = { share: Infinity, least: Infinity, bound: 60 };
const BYTES: Allowance = { share: 0.3, least: 100, overS: 600 };
/** A case's run is followed by a new one well before. */
const EVENTS: Allowance = { share: Infinity, least: Infinity, bound: 2_000 };

/** Tables of which rows change again and again: those that can bloat. */
const TABLES = ['cases', 'steps', 'alerts', 'deliveries'];
/** Of a table with fewer rows the shares say nothing. */
const LEAST_ROWS = 1_000;

export interface Figure {
  name: string;
  unit: string;
  value: number;
  may: Allowance;
}

interface TableRow {
  name: string;
  live: string;
  dead: string;
  bytes: string;
}

async function tablesOf({ pool }: Bed): Promise<Figure[]> {
  const { rows } = await pool.query<TableRow>(
    `SELECT relname AS name, n_live_tup AS live, n_dead_tup AS dead, pg_total_relation_size(relid) AS bytes
     FROM pg_stat_user_tables WHERE relname = ANY($1)`,
    [TABLES],
  );
  return rows
    .filter(({ live }) => Number(live) >= LEAST_ROWS)
    .flatMap(({ name, live, dead, bytes }) => [
      {
        ...{ name: `dead rows, ${name}`, unit: '%', may: DEAD },
        value: (100 * Number(dead)) / (Number(live) + Number(dead)),
      },
      { name: `bytes a row, ${name}`, unit: 'B', value: Number(bytes) / Number(live), may: BYTES },
    ]);
}

async function connectionsOf({ pool }: Bed): Promise<Figure[]> {
  const { rows } = await pool.query<{ name: string; count: string }>(
    `SELECT usename AS name, count(*) AS count FROM pg_stat_activity WHERE usename IN ('shouwang', 'temporal') GROUP BY 1`,
  );
  return rows.map(({ name, count }) => ({
    ...{ name: `connections, ${name}`, unit: '', value: Number(count), may: CONNECTIONS },
  }));
}

/** The longest history among cases that are written to all the time. */
async function historiesOf({ client }: Bed, caseIds: readonly string[]): Promise<Figure[]> {
  const all = await Promise.all(caseIds.map((id) => client.workflow.getHandle(caseWorkflowId(id)).describe()));
  const longest = Math.max(0, ...all.map(({ historyLength }) => historyLength));
  return [{ name: 'events in the longest run', unit: '', value: longest, may: EVENTS }];
}

function processesOf({ stack, dataDir }: Bed): Figure[] {
  const own = (['api', 'worker', 'carrier'] as const).map((name): [string, number] => [name, stack.part(name).pid]);
  const temporal = processWith('temporal-server', dataDir);
  const all: [string, number][] = temporal === undefined ? own : [...own, ['temporal', temporal]];
  return all.flatMap(([name, pid]): Figure[] => [
    { name: `memory, ${name}`, unit: 'MB', value: memoryOf(pid) / MB, may: MEMORY },
    { name: `handles, ${name}`, unit: '', value: handlesOf(pid), may: HANDLES },
  ]);
}

/** One look at everything. @param busiest cases that are written to all the time */
export async function look(bed: Bed, busiest: readonly string[]): Promise<Figure[]> {
  const parts = await Promise.all([tablesOf(bed), connectionsOf(bed), historiesOf(bed, busiest)]);
  return [...processesOf(bed), ...parts.flat()];
}
