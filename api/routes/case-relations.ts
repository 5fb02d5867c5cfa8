/** Cases that have to do with one another: candidates (疑似同一儿童), joining (并案) and splitting (拆分), links (关联). */
import { type Request, type Response, Router } from 'express';
import type { LinkKind } from '../../domain/custody';
import { TRIGGERS } from '../../domain/model';
import { rfc3339, rfc3339OrNull } from '../../domain/zone';
import { readCase, type WholeCase } from '../../store/cases';
import { candidatesOf, childOf } from '../../store/child-index';
import { childrenOf, endLink, joinedHere, linksOf, makeLink, reportsOf, type SeenLink } from '../../store/relations';
import { type ChildData, linkCase, readChild, unlinkCase } from '../../store/services/children';
import { householdsOf } from '../../store/services/households';
import { hiddenFrom } from '../../store/sight';
import type { ApiDeps } from '../deps';
import { allow, requires, scopeOf } from '../permissions';
import { unprocessable } from '../problem';
import { type Caller, callerOf } from '../request';
import { caseAnswer, itemsOf } from '../schemas/answers';
import { joinBody, linkBody, nothingBody, possibleAnswer, relationsAnswer, splitBody } from '../schemas/relations';
import type { RelationsAnswer } from '../schemas/relations';
import { parse } from '../validate';
import { actorOf, answerOf, carryOut, caseInScope, seal } from './case-access';
import { joinedAnswer } from './case-answer';
import { known } from './hidden-others';
import { refused } from './service-access';

type CaseRequest = Request<{ id: string }>;
type LinkRequest = Request<{ id: string; linkId: string }>;

/** The other case that a body names: one of the same station that the caller may know of, or it looks like none. @throws Problem 422 */
async function otherCase(deps: ApiDeps, req: Request, row: WholeCase, id: string, path: string): Promise<WholeCase> {
  if (id === row.id) throw unprocessable([{ path, message: 'must be another case' }]);
  const other = await readCase(deps.db, id);
  const hidden = await hiddenFrom(deps.db, callerOf(req).staffId);
  if (other?.stationId !== row.stationId || hidden.includes(other.id))
    throw unprocessable([{ path, message: 'there is no such case in this station' }]);
  if (row.drill || other.drill) throw refused('CaseIsDrill', 'a drill has to do with nobody');
  return other;
}

async function relationsOf(deps: ApiDeps, caller: Caller, row: WholeCase): Promise<RelationsAnswer> {
  const { db } = deps;
  const [here, links, reports, children] = await Promise.all([
    known(deps, caller, await joinedHere(db, row.id)),
    known(deps, caller, await linksOf(db, row.id)),
    reportsOf(db, row.id),
    childrenOf(db, [row.id]),
  ]);
  const childId = children.get(row.id);
  const child = childId === undefined ? undefined : await readChild(db, childId);
  const household = child && (await householdsOf(db, [child.id])).get(child.id);
  return {
    joinedInto: joinedAnswer(row),
    joinedHere: here,
    links: links.map(({ madeAt, endedAt, ...link }) => ({
      ...link,
      madeAt: rfc3339(madeAt),
      endedAt: rfc3339OrNull(endedAt),
    })),
    child: child ? { id: child.id, number: child.number } : null,
    household: household ?? null,
    reports: reports.map((one) => ({ ...one, receivedAt: rfc3339(one.receivedAt) })),
  };
}

const relations = (deps: ApiDeps) => async (req: CaseRequest, res: Response) => {
  res.json(await relationsOf(deps, callerOf(req), await caseInScope(deps, req)));
};

const possible = (deps: ApiDeps) => async (req: CaseRequest, res: Response) => {
  const row = await caseInScope(deps, req);
  res.json({ items: await candidatesOf(deps.db, row.id, scopeOf(callerOf(req))) });
};

/** A word of the API's own to a case beside the one that the request is about: under an id of its own, said once. */
async function sayTo(
  deps: ApiDeps,
  req: Request,
  caseId: string,
  order: Parameters<typeof carryOut>[3],
  what: string,
): Promise<void> {
  await deps.cases.command(caseId, { ...order, actor: actorOf(callerOf(req)) }, `${req.operationId}/${what}`);
}

/** The one that goes on hears first: should anything fail then, the same request again ends what it began. */
const join = (deps: ApiDeps) => async (req: CaseRequest, res: Response) => {
  const row = await caseInScope(deps, req);
  const { intoId, reason } = parse(joinBody, req.body);
  const into = await otherCase(deps, req, row, intoId, 'intoId');
  if (row.joinedInto !== null && row.joinedInto !== into.id)
    throw refused('CaseJoined', `the case goes on as ${row.joinedNumber ?? 'another one'}`, ['split']);
  // What would hold the joined case back is found before the other one is told anything.
  const waiting = row.referrals.filter(({ state }) => ['sent', 'opened', 'received', 'accepted'].includes(state));
  if (row.joinedInto === null && waiting.length > 0) {
    const ways = [...waiting.map(({ id }) => `revoke ${id}`), 'join the other way round'];
    throw refused('ReferralsOpen', 'partners still have to answer', ways);
  }
  const reasonId = await seal(deps, row, 'reason', reason, req.operationId);
  await sayTo(deps, req, into.id, { do: 'take_in', otherId: row.id, otherNumber: row.number, reasonId }, 'take-in');
  const news = TRIGGERS.filter((one) => row.triggers.includes(one) && !into.triggers.includes(one));
  for (const trigger of news) await sayTo(deps, req, into.id, { do: 'learn_trigger', trigger }, `learn/${trigger}`);
  const joined = await carryOut(deps, req, row.id, {
    do: 'join_into',
    intoId: into.id,
    intoNumber: into.number,
    reasonId,
  });
  res.json(answerOf(deps, joined));
};

const split = (deps: ApiDeps) => async (req: CaseRequest, res: Response) => {
  const row = await caseInScope(deps, req);
  const { reason } = parse(splitBody, req.body);
  const reasonId = await seal(deps, row, 'reason', reason, req.operationId);
  // As with joining, the one that goes on hears first: until the other one has been told, it still says whom to tell.
  if (row.joinedInto !== null) {
    const order = { do: 'let_go', otherId: row.id, otherNumber: row.number, reasonId } as const;
    await sayTo(deps, req, row.joinedInto, order, 'let-go');
  }
  const again = await carryOut(deps, req, row.id, { do: 'split_off', reasonId });
  res.json(answerOf(deps, again));
};

/**
 * One child, many cases: both go to the same entry of the register. Where neither has one, an entry is made by whoever may,
 * if the name is known; otherwise the link alone says it.
 */
async function sameChild(deps: ApiDeps, req: Request, row: WholeCase, other: WholeCase): Promise<void> {
  const { db, register, vault } = deps;
  const caller = callerOf(req);
  const { staffId } = caller;
  const children = await childrenOf(db, [row.id, other.id]);
  const known = children.get(row.id) ?? children.get(other.id);
  if (children.size === 2 && children.get(row.id) !== children.get(other.id)) {
    const ways = ['correct one of the two in the register', 'link as sibling'];
    throw refused('ChildrenDiffer', 'the register has them as two children', ways);
  }
  const child =
    known === undefined
      ? await entryFor(deps, caller, row, req.operationId, await dataOf())
      : await readChild(db, known);
  if (!child || child.stationId !== row.stationId) return;
  for (const one of [row, other]) await linkCase(db, child, { caseId: one.id, staffId });

  async function dataOf(): Promise<ChildData> {
    const [mine, theirs] = [await childOf(db, vault, row.id), await childOf(db, vault, other.id)];
    return { ...theirs, ...mine };
  }
  async function entryFor(of: ApiDeps, who: Caller, about: WholeCase, id: string, data: ChildData) {
    const found = await register.find(of.db, about.stationId, data);
    if (found || !allow(who, 'register:write') || !data.name) return found;
    const { stationId } = about;
    return of.db.$transaction((tx) => register.enter(tx, { id, stationId, data, staffId, at: Date.now() }));
  }
}

const link = (deps: ApiDeps) => async (req: CaseRequest, res: Response) => {
  const row = await caseInScope(deps, req);
  const { caseId, kind } = parse(linkBody, req.body);
  const other = await otherCase(deps, req, row, caseId, 'caseId');
  const { staffId } = callerOf(req);
  const against: Partial<Record<LinkKind, LinkKind[]>> = {
    same_child: ['not_same', 'sibling'],
    sibling: ['same_child'],
    not_same: ['same_child'],
  };
  const open = (await linksOf(deps.db, row.id)).filter((one) => one.caseId === other.id && one.endedAt === null);
  const standing = open.find((one) => against[kind]?.includes(one.kind));
  if (standing) throw refused('CasesLinked', `the two are linked as ${standing.kind}`, [`end ${standing.id}`]);
  if (kind === 'same_child') await sameChild(deps, req, row, other);
  const id = req.operationId;
  if (!(await makeLink(deps.db, { id, kind, caseId: row.id, otherId: other.id, madeBy: staffId }))) {
    const before = open.find((one) => one.kind === kind);
    throw refused('CasesLinked', `the two are linked as ${kind} already`, before && [`end ${before.id}`]);
  }
  await tellBoth(deps, req, row, { id, kind, caseId: other.id, number: other.number }, 'link_case');
  res.status(201).json(await relationsOf(deps, callerOf(req), await caseInScope(deps, req)));
};

async function tellBoth(
  deps: ApiDeps,
  req: Request,
  row: WholeCase,
  { id: linkId, kind, caseId, number }: Pick<SeenLink, 'id' | 'kind' | 'caseId' | 'number'>,
  verb: 'link_case' | 'unlink_case',
): Promise<void> {
  await sayTo(deps, req, row.id, { do: verb, linkId, kind, otherId: caseId, otherNumber: number }, 'one');
  await sayTo(deps, req, caseId, { do: verb, linkId, kind, otherId: row.id, otherNumber: row.number }, 'other');
}

/** Ends a link. That of one child takes this case off the child's entry; the other one keeps it. */
const unlink = (deps: ApiDeps) => async (req: LinkRequest, res: Response) => {
  const row = await caseInScope(deps, req);
  parse(nothingBody, req.body);
  const links = await known(deps, callerOf(req), await linksOf(deps.db, row.id));
  const found = links.find((one) => one.id === req.params.linkId);
  const open = links.filter((one) => one.endedAt === null).map(({ id }) => `end ${id}`);
  if (!found) throw refused('LinkUnknown', 'the case has no such link', open);
  if (found.endedAt !== null) throw refused('LinkOver', 'the link has ended already', open);
  const { staffId } = callerOf(req);
  await tellBoth(deps, req, row, found, 'unlink_case');
  if (found.kind === 'same_child') await unlinkCase(deps.db, row, staffId);
  await endLink(deps.db, found.id, staffId);
  res.json(await relationsOf(deps, callerOf(req), await caseInScope(deps, req)));
};

function document({ docs }: ApiDeps): void {
  const [tag, path] = ['same child', '/api/v1/cases/{id}'];
  const seen = { description: 'What the case has to do with others', schema: relationsAnswer };
  const done = { 200: { description: 'The case', schema: caseAnswer } };
  docs.add(
    {
      ...{ method: 'get', path: `${path}/possible`, tag, permission: 'case:read' },
      summary: 'Cases of the caller’s stations that may be about the same child, found by keyed clues',
      answers: { 200: { description: 'The strongest first', schema: itemsOf(possibleAnswer) } },
    },
    {
      ...{ method: 'get', path: `${path}/relations`, tag, permission: 'case:read' },
      summary: 'Joined cases, links, the child’s entry in the register, its household, reports of the queue',
      answers: { 200: seen },
    },
    {
      ...{ method: 'post', path: `${path}/join`, tag, permission: 'case:approve', body: joinBody, answers: done },
      summary: 'Join this case into another one, which goes on: this one’s clocks stop, its history stays',
    },
    {
      ...{ method: 'post', path: `${path}/split`, tag, permission: 'case:approve', body: splitBody, answers: done },
      summary: 'Split a joined case off again: what was to do is to do, by the deadlines of then',
    },
    {
      ...{ method: 'post', path: `${path}/links`, tag, permission: 'case:work', body: linkBody },
      summary: 'Link with another case of the station: same child, sibling, same incident, or not the same after all',
      answers: { 201: seen },
    },
    {
      ...{ method: 'post', path: `${path}/links/{linkId}/end`, tag, permission: 'case:work', body: nothingBody },
      summary: 'End a link',
      answers: { 200: seen },
    },
  );
}

/** `/cases/{id}/possible`, `/relations`, `/join`, `/split`, `/links` */
export function createCaseRelationsRouter(deps: ApiDeps): Router {
  document(deps);
  return Router()
    .get('/cases/:id/possible', requires('case:read'), possible(deps))
    .get('/cases/:id/relations', requires('case:read'), relations(deps))
    .post('/cases/:id/join', requires('case:approve'), join(deps))
    .post('/cases/:id/split', requires('case:approve'), split(deps))
    .post('/cases/:id/links', requires('case:work'), link(deps))
    .post('/cases/:id/links/:linkId/end', requires('case:work'), unlink(deps));
}
