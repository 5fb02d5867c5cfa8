/** The verifier's rules: whatever is done to a journal is named, and an untouched one is not accused. */
import fc from 'fast-check';
import type { CaseEvent } from '../../domain/model';
import { isOwnName, oddPatterns as odd, SEARCH, SEARCH_OWN, type Look } from '../../domain/access-patterns';
import { type AnchorRow, AnchorWalk, anchorHash, type Head, hex, sealWith } from '../../store/proof/anchor';
import { type ChainRow, ChainWalk, type Fault } from '../../store/proof/chain';
import { chainHash, GENESIS } from '../../store/journal';
import { keyRing } from '../../store/keys';

const CASE = '00000000-0000-4000-8000-000000000001';

const actors = fc.constantFrom('staff', 'partner', 'system');
const entry = fc.record({
  at: fc.integer({ min: 0, max: 4e12 }),
  actorKind: actors,
  actorId: fc.string(),
  kind: fc.string(),
  data: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean())),
});
type Entry = { at: number; actorKind: string; actorId: string; kind: string; data: unknown };

/** A journal as the product writes it. */
function write(entries: Entry[], from: { seq: number; hash: Uint8Array } = { seq: 0, hash: GENESIS }): ChainRow[] {
  let prevHash = from.hash;
  return entries.map(({ at, actorKind, actorId, kind, data }, i) => {
    const seq = from.seq + i + 1;
    const event = { seq, at, actor: { kind: actorKind, id: actorId }, kind, data } as CaseEvent;
    const hash = chainHash(prevHash, CASE, event);
    const row = { seq, at: new Date(at), actorKind, actorId, kind, data, prevHash, hash };
    prevHash = hash;
    return row;
  });
}

type Heads = ReadonlyMap<number, { hash: Uint8Array; day: string }>;
function walk(rows: ChainRow[], rev: number, heads: Heads = new Map()): Fault[] {
  const one = new ChainWalk({ caseId: CASE, number: 'A0001', rev, heads });
  for (const row of rows) one.step(row);
  return one.end();
}
const headOf = (row: ChainRow | undefined): Heads =>
  new Map(row ? [[row.seq, { hash: row.hash, day: '2026-11-24' }]] : []);

const journals = fc.array(entry, { minLength: 3, maxLength: 12 });

test('a journal as it was written has no fault', () => {
  fc.assert(
    fc.property(journals, fc.nat(11), (entries, n) => {
      const rows = write(entries);
      expect(walk(rows, rows.length, headOf(rows[n % rows.length]))).toEqual([]);
    }),
  );
});

test('a changed word is named by its entry', () => {
  fc.assert(
    fc.property(journals, fc.nat(11), fc.string({ minLength: 1 }), (entries, n, more) => {
      const rows = write(entries);
      const at = n % rows.length;
      const changed = rows.map((row, i) => (i === at ? { ...row, actorId: row.actorId + more } : row));
      expect(walk(changed, rows.length)).toMatchObject([{ kind: 'changed', seq: at + 1, caseId: CASE }]);
    }),
  );
});

test('a removed entry is named, also the last one', () => {
  fc.assert(
    fc.property(journals, fc.nat(11), (entries, n) => {
      const rows = write(entries);
      const at = n % rows.length;
      const faults = walk(rows.toSpliced(at, 1), rows.length);
      expect(faults[0]).toMatchObject({ seq: at + 1, kind: at === rows.length - 1 ? 'cut_off' : 'removed' });
    }),
  );
});

test('two entries that changed places are named', () => {
  fc.assert(
    fc.property(journals, fc.nat(10), (entries, n) => {
      const rows = write(entries);
      const a = n % (rows.length - 1);
      const [one, two] = [rows[a], rows[a + 1]];
      if (!one || !two) throw new Error('no rows');
      const swapped = rows.with(a, { ...two, seq: one.seq }).with(a + 1, { ...one, seq: two.seq });
      expect(walk(swapped, rows.length).map(({ seq }) => seq)).toEqual(expect.arrayContaining([a + 1, a + 2]));
    }),
  );
});

test('a journal written anew from some entry on is caught by the anchor', () => {
  fc.assert(
    fc.property(journals, fc.nat(11), (entries, n) => {
      const rows = write(entries);
      const at = n % rows.length;
      const heads = headOf(rows.at(-1));
      const before = rows[at - 1];
      const other = entries.slice(at).map((one, i) => (i === 0 ? { ...one, kind: `${one.kind}!` } : one));
      const anew = write(other, before ?? { seq: 0, hash: GENESIS });
      const forged = [...rows.slice(0, at), ...anew];
      expect(walk(forged, rows.length)).toEqual([]);
      expect(walk(forged, rows.length, heads)).toMatchObject([{ kind: 'rewritten', seq: rows.length }]);
      // Cut short, and the case's row with it.
      expect(walk(rows.slice(0, -1), rows.length - 1, heads)).toMatchObject([{ kind: 'cut_off', seq: rows.length }]);
    }),
  );
});

describe('anchors', () => {
  const keys = keyRing(Buffer.alloc(32, 1).toString('base64'));
  const none = { last: 0n, count: 0, hash: new Uint8Array(32) };
  const made = (day: string, prevHash: Uint8Array, heads: Head[], ring = keys): AnchorRow => {
    const hash = anchorHash({ day, prevHash, heads, access: none });
    const access = { accessLast: 0n, accessCount: 0, accessHash: none.hash };
    return { day, prevHash, count: heads.length, ...access, hash, ...sealWith(ring, hash) };
  };
  const heads = [
    { caseId: 'b', seq: 3, hash: new Uint8Array([1]) },
    { caseId: 'a', seq: 7, hash: new Uint8Array([2]) },
  ];
  const first = made('2026-11-23', GENESIS, heads);
  const second = made('2026-11-24', first.hash, []);
  const check = (rows: [AnchorRow, Head[]][], kept = new Map<string, string>()) => {
    const walk = new AnchorWalk(keys, kept);
    for (const [row, of] of rows) walk.step(row, of, none);
    return walk.end(new Set(rows.map(([{ day }]) => day))).map(({ kind, day }) => `${kind} ${day}`);
  };

  test('as they were made have no fault, in whatever order the heads come', () => {
    const kept = new Map([['2026-11-23', hex(first.hash)]]);
    expect(
      check(
        [
          [first, heads.toReversed()],
          [second, []],
        ],
        kept,
      ),
    ).toEqual([]);
  });

  test('a head changed, a day taken away, another key, a line of the access log', () => {
    const other = heads.map((head) => ({ ...head, seq: head.seq + 1 }));
    expect(
      check([
        [first, other],
        [second, []],
      ]),
    ).toEqual(['anchor_changed 2026-11-23']);
    expect(check([[second, []]])).toEqual(['anchor_changed 2026-11-24']);
    const forged = made('2026-11-23', GENESIS, other, keyRing(Buffer.alloc(32, 2).toString('base64')));
    expect(check([[{ ...forged, keyId: first.keyId }, other]])).toEqual(['seal_broken 2026-11-23']);
    const walk = new AnchorWalk(undefined, new Map());
    walk.step(first, heads, { ...none, count: 1 });
    expect(walk.faults).toMatchObject([{ kind: 'access_log_changed', day: '2026-11-23' }]);
  });

  test('a chain made anew with the right key is caught by what was kept outside', () => {
    const anew = made('2026-11-23', GENESIS, []);
    const kept = new Map([
      ['2026-11-22', hex(first.hash)],
      ['2026-11-23', hex(first.hash)],
    ]);
    expect(check([[anew, []]], kept)).toEqual(['anchor_not_kept 2026-11-23', 'anchor_removed 2026-11-22']);
  });
});

describe('odd looks', () => {
  const LIMITS = { files: 30, refusals: 10, ownName: 1 };
  const oddPatterns = (looks: Look[], now: number) => odd(looks, now, LIMITS);
  const NOW = Date.UTC(2026, 10, 24);
  const look = (i: number, more: Partial<Look> = {}): Look => ({
    ...{ at: NOW - i * 1000, who: 'a', caseId: `c${i}`, allowed: true, action: 'case:read-child' },
    ...more,
  });
  const many = (n: number, more: Partial<Look> = {}) => Array.from({ length: n }, (_, i) => look(i, more));

  test('thirty files in an hour by one person, or ten refusals', () => {
    expect(oddPatterns(many(30), NOW)).toMatchObject([{ kind: 'many_files', who: 'a', count: 30 }]);
    expect(oddPatterns(many(10, { allowed: false }), NOW)).toMatchObject([{ kind: 'many_refusals', count: 10 }]);
  });

  test('fewer, the same file again, an older hour, figures without the child, two people: nothing', () => {
    expect(oddPatterns(many(29), NOW)).toEqual([]);
    expect(oddPatterns(many(60, { caseId: 'c' }), NOW)).toEqual([]);
    expect(oddPatterns(many(60, { at: NOW - 3_600_001 }), NOW)).toEqual([]);
    expect(oddPatterns(many(60, { action: 'case:read' }), NOW)).toEqual([]);
    expect(oddPatterns([...many(20), ...many(20, { who: 'b' })], NOW)).toEqual([]);
    expect(oddPatterns(many(60, { who: null }), NOW)).toEqual([]);
    expect(oddPatterns(many(60, { allowed: false, action: 'sign-in' }), NOW)).toEqual([]);
    expect(oddPatterns(many(60, { ground: 'assigned' }), NOW)).toEqual([]);
    expect(oddPatterns(many(60, { action: SEARCH, caseId: null }), NOW)).toEqual([]);
  });

  test('registered children are files too; one search for one’s own name is enough', () => {
    expect(oddPatterns(many(30, { action: 'register:read', ground: 'station' }), NOW)).toHaveLength(1);
    const own = look(1, { action: SEARCH_OWN, caseId: null });
    expect(oddPatterns([own], NOW)).toMatchObject([{ kind: 'own_name', who: 'a', count: 1 }]);
  });

  test('no pattern holds without as many lines as its figure, whatever else is in the log', () => {
    const lines = fc.array(
      fc.record({
        at: fc.integer({ min: NOW - 4_000_000, max: NOW + 1_000 }),
        who: fc.constantFrom('a', 'b', null),
        caseId: fc.constantFrom('c1', 'c2', 'c3', null),
        allowed: fc.boolean(),
        action: fc.constantFrom('case:read-child', 'case:read', 'register:read', SEARCH_OWN, 'sign-in'),
        ground: fc.constantFrom('assigned', 'station', null),
      }),
    );
    fc.assert(
      fc.property(lines, (looks) => {
        for (const { kind, who, count } of odd(looks, NOW, { files: 2, refusals: 3, ownName: 1 })) {
          const own = looks.filter((one) => one.who === who && one.at <= NOW && one.at >= NOW - 3_600_000);
          expect(own.length).toBeGreaterThanOrEqual(count);
          expect(count).toBeGreaterThanOrEqual({ many_files: 2, many_refusals: 3, own_name: 1 }[kind]);
        }
      }),
    );
  });

  test('one’s own name is known in whatever spelling, and a single character is nobody’s', () => {
    for (const asked of ['沈芒种', ' 沈 芒种', '芒种', '沈芒种的孩子', '沈·芒种'])
      expect(isOwnName(asked, '沈芒种')).toBe(true);
    for (const asked of ['沈', '芒', '', '林立春', '沈立秋']) expect(isOwnName(asked, '沈芒种')).toBe(false);
    fc.assert(
      fc.property(fc.string({ minLength: 2 }), (name) => {
        if ([...name.normalize('NFKC').replaceAll(/[\s·.]/g, '')].length >= 2) expect(isOwnName(name, name)).toBe(true);
      }),
    );
  });
});
