import { randomUUID } from 'node:crypto';
import type { AccessPattern, Look } from '../domain/access-patterns';
import { DAY, formatBeijing } from '../domain/zone';
import type { AccessLog } from '../prisma/generated/client';
import type { Db, Tx } from './db';
import { makeNotice } from './notices';
import { officers } from './oversight';

/**
 * On what ground somebody was let see (查阅依据): their own case, their station's, duty, oversight, a referral, being named on a
 * restricted case, or broken glass; a case that was theirs (移交前), or is offered to them (移交).
 */
export const GROUNDS = [
  'assigned',
  'station',
  'duty',
  'oversight',
  'referral',
  'named',
  'glass',
  'former',
  'transfer',
] as const;
export type Ground = (typeof GROUNDS)[number];

/** One look at a child's file, or one refusal. */
export interface Access {
  userId?: string;
  staffId?: string;
  /** A permission or a word for what was tried, such as `case:read-child`. */
  action: string;
  caseId?: string;
  allowed: boolean;
  /** Network address of the caller. */
  address?: string;
  /** Absent where it was refused. */
  ground?: Ground;
}

/** Writes a line of the access log (查阅日志), which the database lets nobody change. */
export async function logAccess(tx: Tx, access: Access): Promise<void> {
  await tx.accessLog.create({ data: access });
}

/** What was tried when somebody signed in; `allowed` false: the password was wrong, or there is nobody of that name. */
export const SIGN_IN = 'sign-in';
/** The second step of it. */
const SIGN_IN_CODE = 'sign-in-code';

/** Puts a try to sign in on the record; a name that nobody has is not kept, since it may be a password in the wrong field. */
export async function logSignIn(
  db: Db,
  of: { username: string; allowed: boolean; address: string; step?: 'code' },
): Promise<void> {
  const { username, allowed, address, step } = of;
  const user = await db.user.findUnique({
    where: { username: username.trim().toLowerCase() },
    select: { id: true, staff: { select: { id: true } } },
  });
  await logAccess(db, {
    userId: user?.id,
    staffId: user?.staff?.id,
    action: step ? SIGN_IN_CODE : SIGN_IN,
    allowed,
    address,
  });
}

/** One page of who looked at a case or was refused, newest first. @param before the last line of the page before */
export function listAccess(tx: Tx, caseId: string, page: { before?: bigint; take: number }): Promise<AccessLog[]> {
  const { before, take } = page;
  return tx.accessLog.findMany({
    where: { caseId, ...(before !== undefined && { id: { lt: before } }) },
    orderBy: { id: 'desc' },
    take,
  });
}

/** Lines since a time (milliseconds), as the rules for odd patterns read them. */
export async function looksSince(tx: Tx, since: number): Promise<Look[]> {
  const rows = await tx.accessLog.findMany({
    where: { at: { gte: new Date(since) } },
    select: { at: true, staffId: true, address: true, caseId: true, allowed: true, action: true, ground: true },
    orderBy: { id: 'asc' },
  });
  return rows.map(({ at, staffId, address, ...row }) => ({ ...row, at: at.getTime(), who: staffId ?? address }));
}

/** How long somebody's pattern is one and the same finding. */
const SAME_MS = 12 * 60 * 60_000;
/** Held while findings are written: several API processes look at the same lines. */
const LOCK = 0x5eed_ac10;

export interface AccessFindingMade extends AccessPattern {
  id: string;
}

/** Writes down patterns that were not found within the last half day. @returns those that are new */
export async function addFindings(db: Db, patterns: AccessPattern[], now: number): Promise<AccessFindingMade[]> {
  if (patterns.length === 0) return [];
  return db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${LOCK})`;
    const recent = await tx.accessFinding.findMany({ where: { foundAt: { gte: new Date(now - SAME_MS) } } });
    const isNew = ({ kind, who }: AccessPattern) => !recent.some((one) => one.kind === kind && one.who === who);
    const made = patterns.filter(isNew).map((pattern) => ({ ...pattern, id: randomUUID() }));
    await tx.accessFinding.createMany({ data: made.map((one) => ({ ...one, since: new Date(one.since) })) });
    for (const finding of made) await tellDuty(tx, finding, now);
    return made;
  });
}

/** A mail to each duty officer of the moment; the courier sends it. It says when, and no name. */
async function tellDuty(tx: Tx, { id, since, who }: AccessFindingMade, at: number): Promise<void> {
  const all = (await officers(tx, at)).filter(({ kind, email }) => kind === 'staff' && email !== null);
  // Nobody watches over their own looks while somebody else can.
  const others = all.filter((one) => one.id !== who);
  const notice = { name: `access_odd/${id}`, kind: 'access_odd', channels: ['email'], at, withinMs: DAY } as const;
  for (const person of others.length > 0 ? others : all)
    await makeNotice(tx, person, { ...notice, vars: { time: formatBeijing(since) } });
}
