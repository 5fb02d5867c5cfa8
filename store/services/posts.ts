/** Posts (在岗登记): who was employed at the station from when to when, and as what. */
import type { Post } from '../../prisma/generated/client';
import type { Scope } from '../cases';
import type { Db, Tx } from '../db';
import { changesBetween, journalService, type Plain } from './journal';

export type { Post };

export interface PostFields {
  fullTime: boolean;
  childWelfare: boolean;
  startsAt: Date;
  /** The first moment after it; null: still there. */
  endsAt: Date | null;
}

const said = ({ fullTime, childWelfare, startsAt, endsAt }: PostFields): Record<string, Plain> => ({
  ...{ fullTime, childWelfare, startsAt: startsAt.toISOString(), endsAt: endsAt?.toISOString() ?? null },
});

/** A repetition under the same id changes nothing. */
export async function enterPost(
  db: Db,
  post: PostFields & { id: string; stationId: string; staffId: string },
  by: string,
): Promise<void> {
  await db.$transaction(async (tx) => {
    if (await tx.post.findUnique({ where: { id: post.id }, select: { id: true } })) return;
    await tx.post.create({ data: { ...post, enteredBy: by } });
    const { id: entityId, stationId } = post;
    const changes = changesBetween({}, { ...said(post), staffId: post.staffId });
    await journalService(tx, { entity: 'post', entityId, stationId, staffId: by, action: 'entered', changes });
  });
}

/** Corrects or ends a post, or takes it out of every count. */
export async function correctPost(
  db: Db,
  before: Post,
  change: Partial<PostFields> & { withdrawnAt?: Date },
  by: string,
): Promise<void> {
  await db.$transaction(async (tx) => {
    const after = await tx.post.update({ where: { id: before.id }, data: change });
    const withdrawn = (one: Post) => ({ withdrawnAt: one.withdrawnAt?.toISOString() ?? null });
    const changes = changesBetween({ ...said(before), ...withdrawn(before) }, { ...said(after), ...withdrawn(after) });
    if (Object.keys(changes).length === 0) return;
    const action = change.withdrawnAt ? 'withdrawn' : 'corrected';
    const { id: entityId, stationId } = before;
    await journalService(tx, { entity: 'post', entityId, stationId, staffId: by, action, changes });
  });
}

/** Undefined: there is no such post. */
export async function readPost(tx: Tx, id: string): Promise<Post | undefined> {
  return (await tx.post.findUnique({ where: { id } })) ?? undefined;
}

/** All posts of the stations in scope, the newest first; a station has a handful. */
export const listPosts = (tx: Tx, scope: Scope): Promise<Post[]> =>
  tx.post.findMany({
    where: { withdrawnAt: null, ...(scope !== 'all' && { stationId: { in: scope.stationIds } }) },
    orderBy: [{ startsAt: 'desc' }, { id: 'asc' }],
  });
