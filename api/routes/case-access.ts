/** The way of every write to a case: find it in the caller's scope, lock away the words, ask the workflow, read back. */
import type { Request } from 'express';
import type { Command } from '../../domain/messages';
import type { Actor } from '../../domain/model';
import { maySee } from '../../domain/sight';
import { readCase, type WholeCase } from '../../store/cases';
import { shieldOf } from '../../store/sight';
import { peopleOf, readFormer } from '../../store/transfers';
import { VaultItemUnknown, type VaultKind } from '../../store/vault';
import type { ApiDeps } from '../deps';
import { allow, inScope, scopeOf } from '../permissions';
import { conflict, forbidden, gone, notFound, type Problem, unprocessable } from '../problem';
import { type Caller, callerOf } from '../request';
import type { CaseAnswer } from '../schemas/answers';
import { isUuid } from '../schemas/common';
import { caseAnswer } from './case-answer';
import { withoutHiddenNumber } from './hidden-others';

type Without<C> = C extends Command ? Omit<C, 'actor' | 'asSupervisor'> : never;
/** A command before it is said who gives it. */
export type Order = Without<Command>;

const NO_CASE = 'there is no such case';

export const actorOf = (caller: Caller): Actor => ({ kind: 'staff', id: caller.staffId });

/** Another station's case: looks like an unknown one, and is written to the access log. */
export const outOfScope = (caseId: string, nothing = NO_CASE): Problem =>
  notFound(nothing, { action: 'case:out-of-scope', caseId });

/**
 * What a caller may know of looks, where they may not, like what is unknown; and the refusal is on the record. Most cases have
 * no shield, and of those the rows say so themselves.
 * @throws Problem 404
 */
export async function demandSight(
  deps: ApiDeps,
  caller: Caller,
  row: { id: string; stationId: string; restricted: boolean; conflicted: boolean },
  nothing = NO_CASE,
): Promise<void> {
  const own = inScope(caller, row.stationId);
  if (own && !row.restricted && !row.conflicted) return;
  const shield = await shieldOf(deps.db, row.id);
  if (maySee({ staffId: caller.staffId, inScope: own }, shield, Date.now())) return;
  throw own ? notFound(nothing, { action: 'case:shielded', caseId: row.id }) : outOfScope(row.id, nothing);
}

/** Who may not know of a case cannot work it (限定知悉、回避); broken glass is over too soon for that. @throws Problem 422 */
export async function demandKnowing(deps: ApiDeps, caseId: string, staffId: string): Promise<void> {
  const shield = { ...(await shieldOf(deps.db, caseId)), glass: [] };
  if (maySee({ staffId, inScope: true }, shield, Date.now())) return;
  throw unprocessable([{ path: 'staffId', message: 'must be somebody who may know of the case' }]);
}

/**
 * Broken glass (紧急查阅) is for reading and acting: who may know of a case for good is decided by those who may themselves, as long as
 * one of them is there.
 * @throws Problem 403
 */
export async function demandLasting(deps: ApiDeps, caller: Caller, row: WholeCase): Promise<void> {
  const shield = await shieldOf(deps.db, row.id);
  const { staffId } = caller;
  if (maySee({ staffId, inScope: inScope(caller, row.stationId) }, { ...shield, glass: [] }, Date.now())) return;
  const shutOut = shield.conflicts.some((one) => one.staffId === staffId);
  const others = await deps.db.staff.count({ where: { id: { in: [...shield.named] }, active: true } });
  if (shutOut || others > 0 || !shield.restricted)
    throw forbidden('who broke the glass does not decide who may know of the case', {
      action: 'case:restrict',
      caseId: row.id,
    });
}

/**
 * Who stands in (代管) has the case already: to be given it for good would change nothing, and it would go back all the same.
 * @throws Problem 409
 */
export function demandForGood(row: WholeCase, staffId: string): void {
  const { cover } = peopleOf(row);
  if (!cover?.begun || row.assigneeId !== staffId) return;
  const message = 'the case is theirs while they stand in, and goes back by itself; end the cover first';
  throw conflict('CoverHolds', message, { possible: ['end the cover'] });
}

/** The case that the address names. @throws Problem 404 for an unknown one and for one that is not to be known alike */
export const caseInScope = (deps: ApiDeps, req: Request<{ id: string }>): Promise<WholeCase> =>
  namedCase(deps, req, req.params.id);

/** {@link caseInScope} for a case that something else names. */
export async function namedCase(deps: ApiDeps, req: Request, id: string): Promise<WholeCase> {
  const row = isUuid(id) ? await readCase(deps.db, id) : undefined;
  if (!row) throw notFound(NO_CASE);
  await demandSight(deps, callerOf(req), row);
  return withoutHiddenNumber(deps, callerOf(req), row);
}

/** A case as the caller may read it. */
export interface Readable {
  row: WholeCase;
  /** The case is at another station by now (移交): only what this one did is shown, up to that entry and that time. */
  former?: { untilSeq: number; leftAt: Date; wall: Date };
}

/** The case that the address names, or what a station that had it did. @throws Problem 404 like {@link caseInScope} */
export const caseToRead = (deps: ApiDeps, req: Request<{ id: string }>): Promise<Readable> =>
  namedToRead(deps, req, req.params.id);

/** {@link caseToRead} for a case that something else names. */
export async function namedToRead(deps: ApiDeps, req: Request, id: string): Promise<Readable> {
  const row = isUuid(id) ? await readCase(deps.db, id) : undefined;
  if (!row) throw notFound(NO_CASE);
  const caller = callerOf(req);
  const scope = scopeOf(caller);
  if (scope !== 'all' && !inScope(caller, row.stationId)) {
    const shield = await shieldOf(deps.db, row.id);
    const sees = (own: boolean): boolean => maySee({ staffId: caller.staffId, inScope: own }, shield, Date.now());
    // Broken glass opens the case as it is; a shield stands before what it was as well.
    const former = !sees(false) && sees(true) ? await readFormer(deps.db, row.id, scope.stationIds) : undefined;
    // Files are dated by the wall's clock, which a case's own may be ahead of.
    if (former) {
      const wall = new Date(former.leftAt.getTime() - Number(former.row.clockAheadMs));
      return { row: former.row, former: { ...former, wall } };
    }
  }
  await demandSight(deps, caller, row);
  return { row: await withoutHiddenNumber(deps, caller, row) };
}

/**
 * Locks a free text away. A repetition of the request finds it under the same id.
 * @returns the id of the vault's entry
 */
export const seal = (
  deps: ApiDeps,
  row: { id: string; subjectId: string },
  kind: VaultKind,
  text: string,
  operationId: string,
): Promise<string> =>
  deps.vault
    .seal(deps.db, { id: operationId, subjectId: row.subjectId, caseId: row.id, kind, value: text })
    .catch((error: unknown) => {
      if (!(error instanceof VaultItemUnknown)) throw error;
      throw gone('CaseErased', 'the time of this case is over: its key was destroyed, and nothing can be added');
    });

/** {@link seal} for a note that may be missing. */
export const sealNote = async (
  deps: ApiDeps,
  row: { id: string; subjectId: string },
  note: string | undefined,
  operationId: string,
): Promise<string | undefined> => (note === undefined ? undefined : seal(deps, row, 'note', note, operationId));

/** The case as its rows stand now. @throws Problem 404 */
export async function reread(deps: ApiDeps, caseId: string): Promise<WholeCase> {
  const row = await readCase(deps.db, caseId);
  if (!row) throw notFound(NO_CASE);
  return row;
}

export const answerOf = (deps: ApiDeps, row: WholeCase): CaseAnswer => caseAnswer(row, deps.policies.current.names);

/**
 * Gives the workflow a command in the caller's name, and reads the case once the journal holds what came of it.
 * @param operationId of its own where the request has given another command before
 */
export async function carryOut(
  deps: ApiDeps,
  req: Request,
  caseId: string,
  order: Order,
  operationId = req.operationId,
): Promise<WholeCase> {
  const caller = callerOf(req);
  const command: Command = { ...order, actor: actorOf(caller), asSupervisor: allow(caller, 'case:lower-risk') };
  await deps.cases.command(caseId, command, operationId);
  return withoutHiddenNumber(deps, caller, await reread(deps, caseId));
}
