/**
 * What screens read, at 1,000, 10,000 and 100,000 cases: the list, by filter too, searches by number, name and phone, the
 * board, a worker's day, one case, its journal. Beside each a bare indexed SELECT through the same driver. What matters is the 95th percentile, and that it hardly
 * grows with the number of cases.
 */
import { WORKER } from '../http';
import { timed } from '../harness/rounds';
import { alone, compared, type Row } from '../harness/row';
import { median, type Pair, quantile } from '../harness/stats';
import type { Bed } from '../bed';
import type { Measure, Setup } from '../measure';
import { seed, seededId, seededNumber } from '../seed';
import { reportCase } from './report';

interface Read {
  id: string;
  what: string;
  /** The address, for a seeded case and its number. */
  path: (about: { caseId: string; number: string }) => string;
  /** What is asked for by a POST. */
  body?: unknown;
  /** Asked by the duty officer, who sees every station. */
  wide?: boolean;
  /** It answers with more where there is more: no growth is told. */
  sized?: boolean;
}

const CHILD = { name: '柏小舟', phone: '13800001234' };

const READS: readonly Read[] = [
  { id: 'list', what: 'list', path: () => '/api/v1/cases?limit=50' },
  { id: 'filter', what: 'list by risk and state', path: () => '/api/v1/cases?status=open&risk=critical&limit=10' },
  { id: 'search', what: 'search by number', path: ({ number }) => `/api/v1/cases?q=${number}` },
  { id: 'name', what: 'search by a child’s name', path: () => '/api/v1/cases/search', body: { name: CHILD.name } },
  { id: 'phone', what: 'search by phone', path: () => '/api/v1/cases/search', body: { phone: CHILD.phone } },
  {
    id: 'board',
    what: 'board: overdue and open, all stations',
    path: () => '/api/v1/cases?status=open&overdue=true',
    wide: true,
  },
  { id: 'alerts', what: 'board: open alerts, all stations', path: () => '/api/v1/alerts?state=open', wide: true },
  { id: 'work', what: 'a worker’s open steps', path: () => '/api/v1/work', sized: true },
  { id: 'case', what: 'one case', path: ({ caseId }) => `/api/v1/cases/${caseId}` },
  { id: 'timeline', what: 'journal of a case', path: ({ caseId }) => `/api/v1/cases/${caseId}/timeline` },
];

/** Seeded cases of the reader's own station are the multiples of this. */
const OWN = 10;
const P95_MS = 50;

/** Rounds of one read at one size. @returns p95 of each round, and of the bare SELECT beside it, milliseconds */
async function measureRead(bed: Bed, read: Read, size: number, rounds: number, each: number): Promise<Pair[]> {
  const pairs: Pair[] = [];
  const as = read.wide ? dutyOfficer(bed) : WORKER;
  for (let round = 0; round <= rounds; round += 1) {
    const ours: number[] = [];
    const bare: number[] = [];
    for (let i = 0; i < each; i += 1) {
      const n = OWN * (1 + ((i * 37 + round) % (size / OWN)));
      const caseId = await seededId(bed.pool, n);
      const path = read.path({ caseId, number: seededNumber(n) });
      ours.push(await timed(() => bed.http.ask(read.body ? 'POST' : 'GET', path, read.body, { as })));
      bare.push(
        await timed(() =>
          bed.pool.query({ name: 'bare', text: 'SELECT * FROM cases WHERE id = $1', values: [caseId] }),
        ),
      );
    }
    // The first round warms both.
    if (round > 0) pairs.push({ ours: quantile(ours, 0.95), yardstick: quantile(bare, 0.95) });
  }
  return pairs;
}

function dutyOfficer({ stack }: Bed): string {
  const found = stack.accounts.find(({ role }) => role === 'duty_officer');
  if (found === undefined) throw new Error('no duty officer among the made-up people');
  return found.username;
}

async function run({ effort, bed, say }: Setup): Promise<Row[]> {
  const on = await bed();
  const { rounds, quick } = effort;
  const [each, sizes] = quick ? [5, [100, 200]] : [40, [1_000, 10_000, 100_000]];
  const rows: Row[] = [];
  const first = new Map<string, Pair[]>();
  let seeded = 0;
  await reportCase(on, CHILD);
  for (const size of sizes) {
    say(`seeding ${size}`);
    await seed(on, seeded + 1, size);
    seeded = size;
    const at = size.toLocaleString('en-GB');
    for (const read of READS) {
      say(`${read.what} at ${at}`);
      const pairs = await measureRead(on, read, size, rounds, each);
      const must = { of: 'ours', most: P95_MS } as const;
      rows.push(
        compared({ id: `${read.id}-${size}`, what: `${read.what}, ${at} cases, p95`, unit: 'ms', must }, pairs),
      );
      if (size === sizes[0]) first.set(read.id, pairs);
      if (size === sizes.at(-1) && !read.sized) rows.push(growth(read, first.get(read.id) ?? pairs, pairs));
    }
  }
  return rows;
}

/** How much slower at the end than at the beginning. Beside a bare SELECT of half a millisecond it would be the clock that is told. */
function growth({ id, what }: Read, small: Pair[], large: Pair[]): Row {
  const before = median(small.map(({ ours }) => ours));
  const must = { of: 'ours', most: 2 } as const;
  return alone(
    { id: `${id}-growth`, what: `${what}: growth from the smallest to the largest`, unit: '×', must },
    large.map(({ ours }) => ours / before),
  );
}

export const reads: Measure = { id: 'reads', title: '读取 · lists, search and pages', run };
