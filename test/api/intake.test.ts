/** Taking a report in one statement: the number that the database makes is the one that the rules make. */
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { ApiDeps } from '../../api/deps';
import { takeCase } from '../../api/routes/case-intake';
import { caseNumber } from '../../domain/ids';
import { type Db, openDb } from '../../store/db';
import { type Intake, takeReport } from '../../store/intake';
import { chainHash } from '../../store/journal';
import { keyRing } from '../../store/keys';
import { loadPolicies } from '../../store/policies';
import { livePolicies } from '../../store/policy-versions';
import { createVault, type Vault } from '../../store/vault';
import { infra, type TestDatabase } from '../support/infra';

let database: TestDatabase;
let db: Db;
let vault: Vault;

beforeAll(async () => {
  database = await (await infra()).createDatabase();
  db = openDb(database.url, 4);
  vault = createVault({ db, keys: keyRing(randomBytes(32).toString('base64')) });
  await db.station.create({ data: { id: 'one', name: '测试站' } });
}, 600_000);
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
});

const intake = (caseId: string): Intake => {
  const at = Date.now();
  return {
    ...{ caseId, stationId: 'one', policyVersion: '1', at, drill: false },
    facts: { type: 'neglect', risk: 'low', receivedAt: at, triggers: [], guardianIsSuspect: false },
    ladder: { rungs: [], repeatMs: 1, ackBuysMs: 1, deliverWithinMs: 1 },
    planned: [],
    actor: { kind: 'staff', id: 'w' },
    child: { name: '测试' },
    narrative: '测试',
  };
};

const setCount = (value: number) =>
  db.counter.upsert({ where: { name: 'case' }, create: { name: 'case', value }, update: { value } });

test.each([0, 41, 9_998, 9_999, 79_999, 80_000, 239_998])('after case %i comes the right number', async (count) => {
  await setCount(count);
  const caseId = randomUUID();
  const input = await takeReport(db, vault, intake(caseId));
  const row = await db.caseRow.findUniqueOrThrow({ where: { id: caseId } });
  expect(row.number).toBe(caseNumber(count + 1));
  expect(input?.state.number).toBe(row.number);
  expect(row.input).toEqual(JSON.parse(JSON.stringify(input)));
});

test('no number twice and none left out, however many report at once; the same report again takes none', async () => {
  await setCount(500);
  const ids = Array.from({ length: 30 }, () => randomUUID());
  await Promise.all(ids.map((id) => takeReport(db, vault, intake(id))));
  expect(await takeReport(db, vault, intake(ids[0] ?? ''))).toBeUndefined();
  const rows = await db.caseRow.findMany({ where: { id: { in: ids } }, orderBy: { number: 'asc' } });
  expect(rows.map(({ number }) => number)).toEqual(ids.map((_, i) => caseNumber(501 + i)));
});

test('a report that was planned without a published policy takes no number, whatever else it is', async () => {
  const published = (id: string) => ({
    ...{ id, version: id, name: '测试', files: {}, hash: new Uint8Array(32), replaces: `before-${id}` },
    ...{ state: 'published', proposedBy: 'a', decidedBy: 'b', decidedAt: new Date() },
  });
  await setCount(700);
  const caseId = randomUUID();
  await db.policyVersion.create({ data: { ...published('p1') } });
  await db.policyVersion.create({ data: { ...published('p2'), state: 'proposed', decidedBy: null, decidedAt: null } });
  const planned = (...knownPolicies: string[]) => takeReport(db, vault, { ...intake(caseId), knownPolicies });
  expect(await planned()).toBeUndefined();
  expect(await planned('another')).toBeUndefined();
  expect(await db.caseRow.count({ where: { id: caseId } })).toBe(0);
  // One that is only proposed changes nothing.
  expect((await planned('p1'))?.state.number).toBe(caseNumber(701));
});

test('a policy that another request of this process takes up while a report is planned: the report is planned anew, and taken', async () => {
  const policies = livePolicies(db, loadPolicies(join(process.cwd(), 'policies')), () => undefined);
  await policies.refresh();
  let published = false;
  const sealNew: Vault['sealNew'] = async (...asked) => {
    if (!published) {
      const [id, hash] = ['p3', new Uint8Array(32)];
      const decided = { state: 'published', proposedBy: 'a', decidedBy: 'b', decidedAt: new Date() };
      await db.policyVersion.create({
        data: { id, version: id, name: '测试', files: {}, hash, replaces: 'x', ...decided },
      });
      published = await policies.refresh();
    }
    return vault.sealNew(...asked);
  };
  const deps = { policies, vault: { ...vault, sealNew }, index: { rowsOf: () => [] } } as unknown as ApiDeps;
  const { actor, child, narrative, at, drill } = intake('');
  const caseId = randomUUID();
  const taken = await takeCase(deps, db, {
    ...{ caseId, stationId: 'one', type: 'neglect', receivedAt: at, triggers: [], guardianIsSuspect: false },
    ...{ actor, child, narrative, at, drill },
  });
  expect(published).toBe(true);
  expect(taken?.state.caseId).toBe(caseId);
  expect(await db.caseRow.count({ where: { id: caseId } })).toBe(1);
});

test('the first entries of the journal are chained from nothing', async () => {
  const caseId = randomUUID();
  await takeReport(db, vault, intake(caseId));
  const [first] = await db.event.findMany({ where: { caseId } });
  const { seq = 0, at, kind = '', actorKind, actorId = '', data } = first ?? {};
  const event = {
    seq,
    at: at?.getTime() ?? 0,
    kind,
    actor: { kind: 'staff' as const, id: actorId },
    data: data as Record<string, string>,
  };
  expect(actorKind).toBe('staff');
  expect(Buffer.from(first?.hash ?? []).equals(chainHash(Buffer.alloc(32), caseId, event))).toBe(true);
  const opened = await vault.openCase(db, caseId);
  expect(opened).toMatchObject({ child: { name: '测试' }, narrative: '测试' });
});
