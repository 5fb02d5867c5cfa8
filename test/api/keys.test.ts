/** Keys are replaced while the system reads and writes: nothing is lost, and what is replaced opens nothing any more. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../cli/keys/main';
import { readConfig } from '../../api/config';
import { keysOf } from '../../runtime/keys';
import { payloadKeys } from '../../runtime/payload-codec';
import { type Db, openDb } from '../../store/db';
import { eraseSubject } from '../../store/erasures';
import { keyRing, ringOf } from '../../store/keys';
import { type Kms, localKms, VaultKeyUnknown } from '../../store/kms';
import { createRobots, readRobot } from '../../store/robots';
import { keyUse, renewSubject, rewrap } from '../../store/rotate';
import { createRegister, REGISTER_INDEX } from '../../store/services/children';
import { createVault, VaultItemUnknown, VaultSealBroken } from '../../store/vault';
import { infra, type TestDatabase } from '../support/infra';
import { httpKms, startKms } from '../support/kms-server';

const key = (): string => randomBytes(32).toString('base64');
let database: TestDatabase;
let db: Db;
let folder: string;
beforeAll(async () => {
  database = await (await infra()).createDatabase();
  db = openDb(database.url, 8);
  folder = mkdtempSync(join(tmpdir(), 'shouwang-keys-'));
}, 600_000);
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async () => {
  await db.vaultItem.deleteMany();
  await db.vaultKey.deleteMany();
});

const note = (subjectId: string, value: unknown) => ({ subjectId, caseId: 'c', kind: 'note' as const, value });

test('children’s keys are wrapped anew in batches while others read and write; the old key is of no use then', async () => {
  const [old, next] = [key(), key()];
  const before = createVault({ db, keys: keyRing(old) });
  const items: string[] = [];
  for (let i = 0; i < 30; i += 1) items.push(await before.seal(db, note(await before.newSubject(db), i)));
  const ring = keyRing(next, [old]);
  const during = createVault({ db, keys: ring });
  const busy = new AbortController();
  const working = (async () => {
    for (let i = 0; !busy.signal.aborted; i += 1) {
      expect(await during.openItem(db, items[i % 30] ?? '')).toBe(i % 30);
      items.push(await before.seal(db, note(await before.newSubject(db), `late ${i}`)));
    }
  })();
  const seen: number[] = [];
  const rotate = () => rewrap(db, { kms: localKms(ring), keys: ring }, { batch: 7, progress: (n) => seen.push(n) });
  const first = await rotate();
  busy.abort();
  await working;
  // What an older process wrapped meanwhile is left for the next run.
  const second = await rotate();
  expect(first.children + second.children).toBe(items.length);
  expect(seen.length).toBeGreaterThan(4);
  expect(await keyUse(db)).toEqual([{ kekId: ring.current, children: items.length, robots: 0, others: 0 }]);
  const after = createVault({ db, keys: keyRing(next) });
  for (const [i, id] of items.slice(0, 30).entries()) expect(await after.openItem(db, id)).toBe(i);
  await expect(before.openItem(db, items[0] ?? '')).rejects.toThrow(VaultKeyUnknown);
  expect((await rotate()).children).toBe(0);
});

test('a child gets a new data key while notes are sealed: all of them open, and the old key opens none', async () => {
  const ring = keyRing(key());
  const kms = localKms(ring);
  const vault = createVault({ db, kms });
  const subjectId = await vault.newSubject(db);
  const ids = new Map<string, number>();
  for (let i = 0; i < 5; i += 1) ids.set(await vault.seal(db, note(subjectId, i)), i);
  const kept = await db.vaultKey.findUniqueOrThrow({ where: { subjectId } });
  await Promise.all([
    ...Array.from({ length: 12 }, () => renewSubject(db, kms, subjectId)),
    ...Array.from({ length: 20 }, async (_, i) => ids.set(await vault.seal(db, note(subjectId, 100 + i)), 100 + i)),
    ...Array.from({ length: 20 }, () => vault.openCase(db, 'c')),
  ]);
  for (const [id, value] of ids) expect(await vault.openItem(db, id)).toBe(value);
  const { version } = await db.vaultKey.findUniqueOrThrow({ where: { subjectId } });
  expect(version).toBe(13);
  await db.vaultKey.update({ where: { subjectId }, data: { wrapped: kept.wrapped } });
  await expect(vault.openItem(db, [...ids.keys()][0] ?? '')).rejects.toThrow(VaultSealBroken);
  await expect(renewSubject(db, kms, 'nobody')).rejects.toThrow(VaultItemUnknown);
});

test('a key management service is one more implementation: the key never comes to us, and rotates there', async () => {
  const server = await startKms();
  try {
    const kms: Kms = httpKms(server.url, 'kms-1');
    const vault = createVault({ db, kms });
    const { key: row, items } = await vault.sealNew('c', [{ kind: 'child', value: { name: '虚构' } }]);
    await db.vaultKey.create({ data: row });
    await db.vaultItem.createMany({ data: items });
    await vault.seal(db, note(row.subjectId, '记录'));
    expect(await vault.openCase(db, 'c')).toMatchObject({ child: { name: '虚构' } });
    const next = httpKms(server.url, server.newKey());
    expect(await rewrap(db, { kms: next, keys: keyRing(key()) }, { batch: 10 })).toMatchObject({ children: 1 });
    const { kekId, wrapped } = await db.vaultKey.findUniqueOrThrow({ where: { subjectId: row.subjectId } });
    expect(kekId).toBe('kms-2');
    expect(await createVault({ db, kms: next }).openCase(db, 'c')).toMatchObject({ child: { name: '虚构' } });
    expect(server.asked.filter((one) => one.do === 'unwrap' && one.kekId === 'kms-1').length).toBeGreaterThan(0);
    const broken = wrapped.with(30, (wrapped[30] ?? 0) ^ 1);
    await db.vaultKey.update({ where: { subjectId: row.subjectId }, data: { wrapped: broken } });
    await expect(createVault({ db, kms: next }).openCase(db, 'c')).rejects.toThrow(VaultSealBroken);
    await db.vaultKey.update({ where: { subjectId: row.subjectId }, data: { kekId: 'kms-9' } });
    await expect(createVault({ db, kms: next }).openCase(db, 'c')).rejects.toThrow(VaultKeyUnknown);
  } finally {
    await server.stop();
  }
});

describe('npm run keys', () => {
  const said: string[] = [];
  beforeEach(() => {
    said.length = 0;
    for (const stream of ['log', 'error'] as const)
      jest.spyOn(console, stream).mockImplementation((...words: unknown[]) => void said.push(words.join(' ')));
  });
  afterEach(() => jest.restoreAllMocks());
  const keys = (env: object, ...args: string[]) => run(args, { DATABASE_URL: database.url, ...env });

  test('separates, rotates and renews, robots and register with it; every step may be repeated', async () => {
    const [old, next] = [key(), key()];
    const vault = createVault({ db, keys: keyRing(old) });
    await db.station.create({ data: { id: 's', name: '演示站' } });
    const robots = createRobots(keyRing(old));
    await db.robot.create({ data: robots.seal({ id: 'r', stationId: 's', kind: 'wecom', name: '群' }, { key: 'k' }) });
    const first = keysOf({ vaultKey: old });
    const register = createRegister({ vault, secret: first.index(REGISTER_INDEX) });
    const data = { name: '虚构', idNumber: '65400220160504002X' };
    await db.$transaction((tx) => register.enter(tx, { id: 'child', stationId: 's', data, staffId: 'x', at: 1 }));

    const file = join(folder, 'separate.env');
    expect(await keys({ VAULT_KEY: old }, 'separate', '--to', file)).toBe(0);
    expect(await keys({ VAULT_KEY: old }, 'separate', '--to', file)).toBe(1);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    const own = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    // Links and payloads go on as they were; the index has a key that leads nowhere else.
    const apart = keysOf({ vaultKey: next, linkKey: own['LINK_KEY'], indexKey: own['INDEX_KEY'] });
    expect(apart.links).toEqual(first.links);
    expect(payloadKeys(next, own['PAYLOAD_KEYS'])[0]).toEqual(payloadKeys(old)[0]);
    expect(apart.index('register')).not.toEqual(first.index('register'));
    const env = { ...own, VAULT_KEY: next, VAULT_KEYS_OLD: old };
    expect(await keys(env, 'reindex')).toBe(0);
    const again = createRegister({ vault, secret: apart.index(REGISTER_INDEX) });
    expect(await again.find(db, 's', data)).toMatchObject({ id: 'child' });
    expect(await register.find(db, 's', data)).toBeUndefined();

    expect(await keys({ ...own, VAULT_KEY: next }, 'rotate')).toBe(1);
    expect(said.join('\n')).toContain('VAULT_KEYS_OLD');
    expect(await keys(env, 'rotate', '--batch', '1')).toBe(0);
    expect(await keys(env, 'status')).toBe(0);
    expect(said.at(-1)).toMatch(/当前 current {2}儿童密钥 children 1 {2}机器人 robots 1 {2}其他 others 0$/);
    const row = await readRobot(db, 'r');
    expect(row && createRobots(keyRing(next)).open(row)).toEqual({ key: 'k' });
    expect(await keys({ ...own, VAULT_KEY: next }, 'renew', 'A0404')).toBe(1);
    for (const wrong of [[], ['turn'], ['rotate', '--to', 'x'], ['renew'], ['rotate', '--batch', '0']])
      expect(await keys(env, ...wrong)).toBe(2);
    expect(said.join('\n')).not.toContain(next);
    await db.registeredChild.deleteMany();
  });

  test('a restored database loses again what stands on the list of erased keys', async () => {
    const vaultKey = key();
    const vault = createVault({ db, keys: ringOf(keysOf({ vaultKey })) });
    const [gone, here] = [await vault.newSubject(db), await vault.newSubject(db)];
    const item = await vault.seal(db, note(gone, '演示'));
    const backup = await db.vaultKey.findMany();
    const sealed = await db.vaultItem.findMany();
    await db.$transaction((tx) => eraseSubject(tx, vault, gone));
    const list = join(folder, 'erased');
    expect(await keys({ VAULT_KEY: vaultKey }, 'erased', '--to', list)).toBe(0);
    expect(readFileSync(list, 'utf8')).toBe(`${gone}\n`);
    // The backup comes back with the key in it.
    await db.vaultKey.deleteMany();
    await db.vaultKey.createMany({ data: backup });
    await db.vaultItem.createMany({ data: sealed });
    expect(await vault.openItem(db, item)).toBe('演示');
    expect(await keys({ VAULT_KEY: vaultKey }, 'erase-again', list)).toBe(0);
    await expect(vault.openItem(db, item)).rejects.toThrow(VaultItemUnknown);
    expect(await db.vaultKey.findMany({ select: { subjectId: true } })).toEqual([{ subjectId: here }]);
    writeFileSync(list, '<html>');
    expect(await keys({ VAULT_KEY: vaultKey }, 'erase-again', list)).toBe(1);
  });

  test('nothing starts with a second VAULT_KEY while something still derives from the first', () => {
    const env = {
      DATABASE_URL: 'postgres://x/y',
      TEMPORAL_ADDRESS: 'x:1',
      VAULT_KEY: key(),
      AUTH_SECRET: 'x'.repeat(32),
      CARRIER_SECRET: 'x'.repeat(16),
    };
    expect(() => readConfig({ ...env, VAULT_KEYS_OLD: key() })).toThrow(
      'LINK_KEY, INDEX_KEY, PAYLOAD_KEYS still derive',
    );
    const own = { LINK_KEY: key(), INDEX_KEY: key(), PAYLOAD_KEYS: key() };
    const old = key();
    expect(readConfig({ ...env, ...own, VAULT_KEYS_OLD: old }).vaultKeysOld).toEqual([old]);
    expect(() => readConfig({ ...env, ...own, VAULT_KEYS_OLD: 'short' })).toThrow('VAULT_KEYS_OLD');
  });
});
