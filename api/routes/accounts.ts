/** Accounts of staff (账号管理): who may sign in as what. An administrator never learns a password; each change is written down. */
import { type Request, type Response, Router } from 'express';
import { factorsFor } from '../../domain/sign-in';
import { rfc3339, rfc3339OrNull } from '../../domain/zone';
import { noteAccount } from '../../store/account-journal';
import { type AccountRow, addStaff, changeAccount, listAccounts, readAccount, resetFactor } from '../../store/accounts';
import { endSessions, listSessions } from '../../store/sessions';
import { isHeld, unlock } from '../../store/sign-in-attempts';
import { giveSetupLink, giveSignIn } from '../auth/sign-ins';
import type { ApiDeps } from '../deps';
import { inScope, requires, scopeOf } from '../permissions';
import { conflict, notFound } from '../problem';
import { callerOf } from '../request';
import { type AccountAnswer, accountBody, accountPatch, type SetupLinkAnswer } from '../schemas/accounts';
import { emptyQuery } from '../schemas/queries';
import { parse } from '../validate';
import { sessionShown } from './account';
import { describeAccounts } from './accounts-docs';
import { accountEvents, demandGrant, demandStation } from './accounts-access';

type ById = Request<{ id: string }>;

const shown = async ({ db, signInRules }: ApiDeps, row: AccountRow): Promise<AccountAnswer> => {
  const rule = signInRules[row.role];
  return {
    ...{ staffId: row.staffId, username: row.username, name: row.name, active: row.active, ready: row.ready },
    ...{ role: row.role as AccountAnswer['role'], stationId: row.stationId, stationName: row.stationName },
    secondFactor: rule ? factorsFor(rule, row.factors) : [],
    sessions: row.sessions,
    lastUsedAt: rfc3339OrNull(row.lastUsedAt),
    setupLinkUntil: rfc3339OrNull(row.linkUntil),
    held: await isHeld(db, row.username ?? row.staffId),
  };
};

/** An account within the caller's scope. @throws Problem 404 for an unknown one and for another station's alike */
async function accountOf({ db }: ApiDeps, req: ById): Promise<AccountRow> {
  const row = await readAccount(db, req.params.id);
  if (row && inScope(callerOf(req), row.stationId)) return row;
  throw notFound('there is no such account', row && { action: 'account:manage' });
}

/** One that the caller may change: not one's own, and nobody's who sees more than the caller's station. */
async function changeable(deps: ApiDeps, req: ById): Promise<AccountRow> {
  const row = await accountOf(deps, req);
  demandGrant(callerOf(req), row.role);
  return row;
}

/** A sign-in to work on. @throws Problem 409 where there is none */
function userOf({ userId }: AccountRow): string {
  if (userId === null) throw conflict('NoSignIn', 'this person has no sign-in yet: make a set-up link first');
  return userId;
}

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  const rows = await listAccounts(deps.db, scopeOf(callerOf(req)));
  res.json({ items: await Promise.all(rows.map((row) => shown(deps, row))) });
};

const create = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const { staffId, name, role, stationId } = parse(accountBody, req.body);
  const caller = callerOf(req);
  await demandStation(deps, caller, stationId);
  demandGrant(caller, role);
  const made = await deps.db.$transaction(async (tx) => {
    if (!(await addStaff(tx, { id: staffId, name, role, stationId }))) return false;
    const about = { staffId: caller.staffId, subjectId: staffId, stationId };
    await noteAccount(tx, { ...about, action: 'account.create', data: { role } });
    return true;
  });
  if (!made) throw conflict('AccountKnown', 'somebody has this name already: choose another one');
  await giveSignIn(deps, { staffId, name, role });
  const row = await readAccount(deps.db, staffId);
  if (!row) throw notFound();
  res.status(201).json(await shown(deps, row));
};

const change = (deps: ApiDeps) => async (req: ById, res: Response) => {
  const row = await changeable(deps, req);
  const wanted = parse(accountPatch, req.body);
  const caller = callerOf(req);
  const onlyName = Object.keys(wanted).every((key) => key === 'name');
  if (row.staffId === caller.staffId && !onlyName) {
    throw conflict('OwnAccount', 'nobody changes their own role, station or access: ask another administrator');
  }
  if (wanted.stationId !== undefined) await demandStation(deps, caller, wanted.stationId);
  if (wanted.role !== undefined) demandGrant(caller, wanted.role);
  if ((await changeAccount(deps.db, row, wanted, caller.staffId)) === 'last-admin') {
    throw conflict('LastAdmin', 'the last administrator stays: name another one first');
  }
  if (!onlyName && row.userId !== null) deps.live.endOf(row.userId);
  const after = await readAccount(deps.db, row.staffId);
  res.json(await shown(deps, after ?? row));
};

const setupLink = (deps: ApiDeps) => async (req: ById, res: Response) => {
  const row = await changeable(deps, req);
  if (!row.active) throw conflict('AccountDisabled', 'this account is disabled: enable it first');
  const { staffId, stationId, name, role } = row;
  await giveSignIn(deps, { staffId, name, role });
  const by = callerOf(req).staffId;
  const { url, expiresAt } = await giveSetupLink(deps.db, deps.config.publicUrl, { staffId, stationId, by });
  const answer: SetupLinkAnswer = { url, expiresAt: rfc3339(expiresAt) };
  // What is kept for a repetition of the request holds no link: it is shown this once, and stored nowhere.
  await res.locals.settle?.(201, { ...answer, url: null });
  res.status(201).json(answer);
};

const reset = (deps: ApiDeps) => async (req: ById, res: Response) => {
  const row = await changeable(deps, req);
  const userId = userOf(row);
  await deps.db.$transaction(async (tx) => {
    await resetFactor(tx, userId);
    const about = { staffId: callerOf(req).staffId, subjectId: row.staffId, stationId: row.stationId };
    await noteAccount(tx, { ...about, action: 'factor.reset' });
  });
  deps.live.endOf(userId);
  res.json(await shown(deps, (await readAccount(deps.db, row.staffId)) ?? row));
};

const free = (deps: ApiDeps) => async (req: ById, res: Response) => {
  const row = await accountOf(deps, req);
  await deps.db.$transaction(async (tx) => {
    await unlock(tx, row.username ?? row.staffId);
    const about = { staffId: callerOf(req).staffId, subjectId: row.staffId, stationId: row.stationId };
    await noteAccount(tx, { ...about, action: 'account.unlock' });
  });
  res.json(await shown(deps, row));
};

const sessions = (deps: ApiDeps) => async (req: ById, res: Response) => {
  const row = await accountOf(deps, req);
  const found = row.userId === null ? [] : await listSessions(deps.db, row.userId);
  res.json({ items: found.map((one) => sessionShown(one, callerOf(req).sessionId)) });
};

const endAll = (deps: ApiDeps) => async (req: ById, res: Response) => {
  const row = await changeable(deps, req);
  const ended = row.userId === null ? 0 : await endSessions(deps.db, row.userId, callerOf(req).sessionId);
  const about = { staffId: callerOf(req).staffId, subjectId: row.staffId, stationId: row.stationId };
  await noteAccount(deps.db, { ...about, action: 'sessions.end', data: { ended } });
  if (row.userId !== null) deps.live.endOf(row.userId);
  res.json({ ended });
};

/** `/accounts` */
export function createAccountsRouter(deps: ApiDeps): Router {
  describeAccounts(deps);
  const manage = requires('account:manage');
  const help = requires('account:unlock');
  return Router()
    .get('/accounts', help, list(deps))
    .post('/accounts', manage, create(deps))
    .get('/accounts/journal', manage, accountEvents(deps))
    .patch('/accounts/:id', manage, change(deps))
    .post('/accounts/:id/setup-link', manage, setupLink(deps))
    .post('/accounts/:id/reset-factor', manage, reset(deps))
    .post('/accounts/:id/unlock', help, free(deps))
    .get('/accounts/:id/sessions', manage, sessions(deps))
    .delete('/accounts/:id/sessions', manage, endAll(deps));
}
