/** What an anchor (锚) is made of, and how it is held against what is there. Pure. */
import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { canonical, GENESIS } from '../journal';
import type { KeyRing } from '../keys';
import type { Fault } from './chain';

export interface Head {
  caseId: string;
  seq: number;
  hash: Uint8Array;
}

/** The access log since the anchor before. */
export interface AccessDigest {
  last: bigint;
  count: number;
  hash: Uint8Array;
}

export interface AnchorContent {
  day: string;
  prevHash: Uint8Array;
  heads: Head[];
  access: AccessDigest;
}

/** An anchor as it is stored, its heads aside. */
export interface AnchorRow {
  day: string;
  prevHash: Uint8Array;
  count: number;
  accessLast: bigint;
  accessCount: number;
  accessHash: Uint8Array;
  hash: Uint8Array;
  seal: Uint8Array;
  keyId: string;
}

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (data: Buffer): Uint8Array<ArrayBuffer> => new Uint8Array(data);
const byCase = (a: Head, b: Head): number => (a.caseId < b.caseId ? -1 : 1);

/** SHA-256 over the day, the anchor before, and the sorted heads. */
export function anchorHash({ day, prevHash, heads, access }: AnchorContent): Uint8Array<ArrayBuffer> {
  const said = {
    day,
    prev: hex(prevHash),
    heads: heads.toSorted(byCase).map(({ caseId, seq, hash }) => [caseId, seq, hex(hash)]),
    access: [String(access.last), access.count, hex(access.hash)],
  };
  return bytes(createHash('sha256').update(canonical(said)).digest());
}

/** Under a key that whoever owns the database does not have: nobody else can make an anchor. */
function sealOf(key: Buffer, hash: Uint8Array): Uint8Array<ArrayBuffer> {
  const own = Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), 'journal anchors', 32));
  return bytes(createHmac('sha256', own).update(hash).digest());
}

/** @throws RangeError for a ring without its current key, which keyRing() never makes */
export function sealWith(keys: KeyRing, hash: Uint8Array): { seal: Uint8Array<ArrayBuffer>; keyId: string } {
  const key = keys.byId.get(keys.current);
  if (!key) throw new RangeError('a ring without its current key');
  return { seal: sealOf(key, hash), keyId: keys.current };
}

export interface AccessLine {
  id: bigint;
  at: Date;
  userId: string | null;
  staffId: string | null;
  action: string;
  caseId: string | null;
  allowed: boolean;
  address: string | null;
  ground: string | null;
}

/** Adds lines of the access log to a digest one page at a time. */
export class AccessHasher {
  private readonly sha = createHash('sha256');
  private count = 0;

  add({ id, at, userId, staffId, action, caseId, allowed, address, ground }: AccessLine): void {
    const said = { id: String(id), at: at.getTime(), userId, staffId, action, caseId, allowed, address, ground };
    this.sha.update(canonical(said)).update('\n');
    this.count += 1;
  }

  digest(last: bigint): AccessDigest {
    return { last, count: this.count, hash: bytes(this.sha.digest()) };
  }
}

const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b);

/** Holds the anchors against each other and against what they cover; given in order of day. */
export class AnchorWalk {
  readonly faults: Fault[] = [];
  /** Anchors whose key is not among ours: neither right nor wrong. */
  unknownKeys = 0;
  private prevHash: Uint8Array = GENESIS;

  /**
   * @param keys without any, seals are not looked at
   * @param kept day → hash in hex, of anchors kept outside
   */
  constructor(
    private readonly keys: KeyRing | undefined,
    private readonly kept: ReadonlyMap<string, string>,
  ) {}

  step(row: AnchorRow, heads: Head[], access: AccessDigest): void {
    const { day, accessLast: last, accessCount: count, accessHash } = row;
    const say = (kind: Fault['kind'], says: string): void => void this.faults.push({ kind, day, says });
    const hash = anchorHash({ day, prevHash: row.prevHash, heads, access: { last, count, hash: accessHash } });
    if (!same(hash, row.hash) || heads.length !== row.count) {
      say('anchor_changed', `the anchor of ${day} is not what was written`);
    } else if (!same(row.prevHash, this.prevHash)) {
      say('anchor_changed', `the anchor of ${day} does not follow the one before it as it stands`);
    }
    if (access.count !== count || !same(access.hash, accessHash)) {
      say(
        'access_log_changed',
        `the access log up to the anchor of ${day}: ${access.count} lines, ${count} were anchored`,
      );
    }
    this.checkSeal(row, say);
    const outside = this.kept.get(day);
    if (outside !== undefined && outside !== hex(row.hash)) {
      say('anchor_not_kept', `the anchor of ${day} is not the one that was kept outside`);
    }
    this.prevHash = row.hash;
  }

  private checkSeal({ day, keyId, hash, seal }: AnchorRow, say: (kind: Fault['kind'], says: string) => void): void {
    if (!this.keys) return;
    const key = this.keys.byId.get(keyId);
    if (!key) this.unknownKeys += 1;
    else if (!same(sealOf(key, hash), seal)) say('seal_broken', `the anchor of ${day} was not made by this system`);
  }

  /** After the last anchor. @param days those that are there */
  end(days: ReadonlySet<string>): Fault[] {
    const gone = [...this.kept.keys()].filter((day) => !days.has(day));
    const faults = gone.map((day): Fault => ({ kind: 'anchor_removed', day, says: `the anchor of ${day} is gone` }));
    return [...this.faults, ...faults];
  }
}
