/** Five hundred cases late in the same second: nothing is lost, no phone gets more than its limits, the worst go first. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { atOnce, timed } from '../../bench/harness/rounds';
import { createCaseGateway } from '../../api/case-gateway';
import { newCase } from '../../domain/case';
import { caseNumber } from '../../domain/ids';
import type { Ladder } from '../../domain/alert';
import type { CaseState, PlannedStep, Risk } from '../../domain/model';
import { payloadKeys } from '../../runtime/payload-codec';
import { loadSecrets } from '../../sandbox/parts/secrets';
import { startStack, type Stack } from '../../sandbox/stack';
import { openDb, type Db } from '../../store/db';
import { reachBy } from '../api/deliver-rig';
import { withinOneDay } from '../support/day';
import { infra, type TestDatabase } from '../support/infra';
import { eventually, type Message, moveIn } from '../support/system';

const CASES = 500;
const PHONES = 10;
const GAP_MS = 2_000;
const A_DAY = 12;
const MINUTE = 60_000;
/** So many are started first, to see how long all of them take on this machine now. */
const PILOTS = 40;
const LEAST_DUE_IN_MS = 4_000;

/** The machine became slower than the pilots had been: what follows would say nothing about the product. */
class StartedTooLate extends Error {
  override name = 'StartedTooLate';
  constructor(ms: number) {
    super(`the last of ${CASES} cases was started ${ms} ms after all of them were due`);
  }
}

let database: TestDatabase;
let db: Db;
let stack: Stack;
let dataDir: string;
let temporal: { address: string; namespace: string; taskQueue: string };

beforeAll(async () => {
  // One of the limits is a day's.
  await withinOneDay(450_000);
  const servers = await infra();
  const field = await servers.createField();
  database = field;
  db = openDb(database.url, 5);
  dataDir = mkdtempSync(join(tmpdir(), 'shouwang-storm-'));
  await moveIn(dataDir, field);
  const { temporalAddress, namespace } = servers;
  temporal = { address: temporalAddress, namespace, taskQueue: servers.taskQueue('storm') };
  stack = await startStack({
    ...{ dataDir, databaseUrl: database.url, temporalAddress, namespace, taskQueue: temporal.taskQueue },
    env: { SMS_LIMITS: `${GAP_MS / 1000}s:1,day:${A_DAY}` },
  });
}, 900_000);
afterAll(async () => {
  await stack?.stop();
  await db?.$disconnect();
  await database?.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** One rung only, and no second round while the test looks. */
const LADDER: Ladder = {
  rungs: [{ to: 'worker', afterMs: 0, channels: ['sms', 'email'] }],
  repeatMs: 60 * MINUTE,
  ackBuysMs: 30 * MINUTE,
  // A thousand messages take a machine that does other things beside some minutes.
  deliverWithinMs: 6 * MINUTE,
};

const riskOf = (n: number): Risk => (n % 10 === 9 ? 'critical' : n % 2 === 0 ? 'high' : 'medium');

function lateAt(dueAt: number, n: number): CaseState {
  const now = Date.now();
  const step: PlannedStep = {
    id: 'first_contact',
    kind: 'first_contact',
    binds: 'station',
    start: 'receipt',
    startAt: now,
    dueAt,
    extendable: true,
    basis: { kind: 'judgement', figure: '演示' },
  };
  const { state } = newCase(
    {
      caseId: randomUUID(),
      number: caseNumber(5_000 + n),
      stationId: 'xinhua',
      policyVersion: 'storm',
      facts: { type: 'neglect', risk: riskOf(n), receivedAt: now, triggers: [], guardianIsSuspect: false },
      ladder: LADDER,
      planned: [step],
    },
    now,
    { kind: 'staff', id: 'storm' },
  );
  return { ...state, assigneeId: `storm_${n % PHONES}` };
}

const rowOf = (state: CaseState) => ({
  id: state.caseId,
  number: state.number,
  stationId: state.stationId,
  type: 'neglect',
  risk: state.facts.risk,
  status: 'open',
  policyVersion: state.policyVersion,
  subjectId: state.caseId,
  assigneeId: state.assigneeId ?? null,
  reportedBy: 'storm',
  receivedAt: new Date(),
  // Of tomorrow, so that nobody but this test starts it.
  reportedAt: new Date(Date.now() + 24 * 60 * MINUTE),
  input: JSON.parse(JSON.stringify({ state })),
  rev: 0,
});

test('500 cases due in one second', async () => {
  const people = Array.from({ length: PHONES }, (_, n) => ({
    id: `storm_${n}`,
    stationId: 'xinhua',
    name: '演示',
    role: 'social_worker',
  }));
  await db.staff.createMany({ data: people });
  const phoneOf = (n: number): string => `1390000000${n}`;
  for (const [n, { id: staffId }] of people.entries())
    await reachBy(db, { staffId }, { phone: phoneOf(n), email: `storm${n}@shouwang.invalid` });
  const gateway = createCaseGateway({
    db,
    log: pino({ level: 'silent' }),
    temporal,
    payloadKeys: payloadKeys(loadSecrets(dataDir).vaultKey),
  });
  const start = async (of: CaseState[]): Promise<void> => {
    await db.caseRow.createMany({ data: of.map(rowOf) });
    await atOnce(of.length, 20, (n) =>
      // A busy server is asked again, as the API's sweep does.
      eventually(
        () => gateway.start(of[n]?.caseId ?? ''),
        (state) => state === 'running',
      ),
    );
  };
  // All have to sleep when the second comes: a case that is started late goes out of turn.
  const tomorrow = Date.now() + 24 * 60 * MINUTE;
  const pilots = Array.from({ length: PILOTS }, (_, n) => lateAt(tomorrow, CASES + n));
  const pilotMs = await timed(() => start(pilots));
  const dueAt = Math.round(Date.now() + LEAST_DUE_IN_MS + 4 * pilotMs * (CASES / PILOTS));
  const states = Array.from({ length: CASES }, (_, n) => lateAt(dueAt, n));
  await start(states);
  if (Date.now() > dueAt) throw new StartedTooLate(Date.now() - dueAt);
  await gateway.close();

  const open = () => db.delivery.count({ where: { state: { in: ['pending', 'sending'] } } });
  const made = () => db.delivery.count();
  await eventually(
    async () => [await made(), await open()],
    ([all, still]) => all === 2 * CASES && still === 0,
    300_000,
  );

  const rows = await db.delivery.findMany();
  expect(rows.filter((row) => row.state !== 'sent' && row.state !== 'delivered').map((row) => row.code)).toEqual([]);
  const messages = (await (await fetch(`${stack.url}/sandbox/messages`)).json()) as Message[];
  expect(messages.filter((one) => one.status === 'rejected')).toEqual([]);

  for (const [n, { id }] of people.entries()) {
    const texts = messages.filter((one) => one.channel === 'sms' && one.to === `+86${phoneOf(n)}`);
    const times = texts.map((one) => Date.parse(one.at)).sort((a, b) => a - b);
    for (const [i, time] of times.entries())
      if (i > 0) expect(time - (times[i - 1] ?? 0)).toBeGreaterThanOrEqual(GAP_MS);
    expect(times.length).toBeLessThanOrEqual(A_DAY);
    // Every message is a text of its own, or counted in one.
    const own = rows.filter((row) => row.personId === id && row.channel === 'sms');
    expect(own).toHaveLength(CASES / PHONES);
    expect(own.filter((row) => row.bundledIn === null)).toHaveLength(texts.length);
  }
  // A mail whose answer was lost goes out again under the same Message-ID: the first one counts.
  const mailed = messages.filter((one) => one.channel === 'email').flatMap((one) => one.caseIds);
  const mails = [...new Set(mailed)];
  expect(mails).toHaveLength(CASES);
  const critical = new Set(states.filter((one) => one.facts.risk === 'critical').map((one) => one.caseId));
  const places = mails.flatMap((id, place) => (critical.has(id) ? [place] : []));
  // Mails have no limit, so their order is the order of the work: without precedence this would be half of all.
  const mean = places.reduce((sum, place) => sum + place, 0) / places.length;
  expect(places).toHaveLength(critical.size);
  expect(mean).toBeLessThan(CASES / 4);
}, 420_000);
