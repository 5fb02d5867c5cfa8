import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { type Db, openDb } from '../../store/db';
import { keyRing } from '../../store/keys';
import { createVault, type Vault, VaultItemUnknown, VaultKeyUnknown, VaultSealBroken } from '../../store/vault';
import { infra, type TestDatabase } from '../support/infra';

const KEY = randomBytes(32).toString('base64');
let database: TestDatabase;
let db: Db;
let vault: Vault;
let subjectId: string;

beforeAll(async () => {
  database = await (await infra()).createDatabase();
  db = openDb(database.url, 4);
  vault = createVault({ db, keys: keyRing(KEY) });
  subjectId = await vault.newSubject(db);
}, 600_000);
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
});

const seal = (value: unknown, caseId = 'case-1') => vault.seal(db, { subjectId, caseId, kind: 'note', value });
const flipped = (bytes: Uint8Array, at: number, bit: number): Uint8Array<ArrayBuffer> => {
  const copy = new Uint8Array(bytes);
  copy[at % copy.length] = (copy[at % copy.length] ?? 0) ^ (1 << bit);
  return copy;
};

test('what is sealed opens as it was', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      const id = await seal(value);
      expect(await vault.openItem(db, id)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 40 },
  );
});

test('a flipped bit does not open, wherever it is', async () => {
  const id = await seal({ story: '虚构' });
  const { sealed } = await db.vaultItem.findUniqueOrThrow({ where: { id } });
  await fc.assert(
    fc.asyncProperty(fc.nat(sealed.length - 1), fc.nat(7), async (at, bit) => {
      await db.vaultItem.update({ where: { id }, data: { sealed: flipped(sealed, at, bit) } });
      await expect(vault.openItem(db, id)).rejects.toThrow(VaultSealBroken);
    }),
    { numRuns: 40 },
  );
});

test("another row's ciphertext, another kind, case or child do not open", async () => {
  const [one, two] = [await seal('one'), await seal('two')];
  const first = await db.vaultItem.findUniqueOrThrow({ where: { id: one } });
  await db.vaultItem.update({ where: { id: two }, data: { sealed: first.sealed } });
  await expect(vault.openItem(db, two)).rejects.toThrow(VaultSealBroken);
  const other = await vault.newSubject(db);
  for (const data of [{ kind: 'child' }, { caseId: 'case-2' }, { subjectId: other }]) {
    await db.vaultItem.update({ where: { id: one }, data });
    await expect(vault.openItem(db, one)).rejects.toThrow(VaultSealBroken);
    const { kind, caseId } = first;
    await db.vaultItem.update({ where: { id: one }, data: { kind, caseId, subjectId } });
  }
  expect(await vault.openItem(db, one)).toBe('one');
});

test('a truncated entry and a broken wrapped key do not open', async () => {
  const id = await seal('x');
  await db.vaultItem.update({ where: { id }, data: { sealed: new Uint8Array(5) } });
  await expect(vault.openItem(db, id)).rejects.toThrow(VaultSealBroken);
  const child = await vault.newSubject(db);
  const item = await vault.seal(db, { subjectId: child, caseId: 'c', kind: 'child', value: 1 });
  const { wrapped } = await db.vaultKey.findUniqueOrThrow({ where: { subjectId: child } });
  await db.vaultKey.update({ where: { subjectId: child }, data: { wrapped: flipped(wrapped, 30, 0) } });
  await expect(vault.openItem(db, item)).rejects.toThrow(VaultSealBroken);
});

test('another key-encryption key is named as unknown; an older one in the ring still opens', async () => {
  const id = await seal('kept');
  const next = randomBytes(32).toString('base64');
  await expect(createVault({ db, keys: keyRing(next) }).openItem(db, id)).rejects.toThrow(VaultKeyUnknown);
  expect(await createVault({ db, keys: keyRing(next, [KEY]) }).openItem(db, id)).toBe('kept');
});

test('a case opens whole, and a repeated entry is one', async () => {
  const child = await vault.newSubject(db);
  const of = { subjectId: child, caseId: 'case-whole' };
  await vault.seal(db, { ...of, kind: 'child', value: { name: '虚构' } });
  await vault.seal(db, { ...of, kind: 'narrative', value: 'text' });
  await vault.seal(db, { ...of, kind: 'note', value: 'first', id: 'note-1' });
  await vault.seal(db, { ...of, kind: 'note', value: 'second try', id: 'note-1' });
  const opened = await vault.openCase(db, 'case-whole');
  expect(opened).toMatchObject({ child: { name: '虚构' }, narrative: 'text' });
  expect(opened.reporter).toBeUndefined();
  expect(opened.items.get('note-1')).toBe('first');
  expect(opened.items.size).toBe(3);
});

test('a destroyed child leaves nothing to open', async () => {
  const child = await vault.newSubject(db);
  const id = await vault.seal(db, { subjectId: child, caseId: 'gone', kind: 'child', value: 1 });
  await db.$transaction((tx) => vault.destroySubject(tx, child));
  await expect(vault.openItem(db, id)).rejects.toThrow(VaultItemUnknown);
  await expect(vault.seal(db, { subjectId: child, caseId: 'gone', kind: 'note', value: 1 })).rejects.toThrow(
    VaultItemUnknown,
  );
});

test('nothing readable lies in the tables', async () => {
  const id = await seal({ name: '显而易见的名字', idNumber: '110101201501010000' });
  const row = await db.vaultItem.findUniqueOrThrow({ where: { id } });
  const stored = Buffer.from(row.sealed).toString('latin1');
  expect(stored).not.toContain('110101201501010000');
  expect(stored).not.toContain(Buffer.from('显而易见').toString('latin1'));
});
