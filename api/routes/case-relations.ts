/** Cases that have to do with one another: candidates (疑似同一儿童) and links (关联). */
import { type Request, type Response, Router } from 'express';
import type { LinkKind } from '../../domain/custody';
import { rfc3339, rfc3339OrNull } from '../../domain/zone';
import type { WholeCase } from '../../store/cases';
import { candidatesOf, childOf } from '../../store/child-index';
import { childrenOf, endLink, joinedHere, linksOf, makeLink, reportsOf, type SeenLink } from '../../store/relations';
import { type ChildData, linkCase, readChild, unlinkCase } from '../../store/services/children';
import { householdsOf } from '../../store/services/households';
import type { ApiDeps } from '../deps';
import { allow, requires, scopeOf } from '../permissions';
import { type Caller, callerOf } from '../request';
import { itemsOf } from '../schemas/answers';
import { linkBody, nothingBody, possibleAnswer, relationsAnswer } from '../schemas/relations';
import type { RelationsAnswer } from '../schemas/relations';
import { parse } from '../validate';
import { caseInScope } from './case-access';
import { joinedAnswer } from './case-answer';
import { known } from './hidden-others';
import { otherCase, sayTo } from './other-case';
import { refused } from './service-access';

type CaseRequest = Request<{ id: string }>;
type LinkRequest = Request<{ id: string; linkId: string }>;

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

/** `/cases/{id}/possible`, `/relations`, `/links` */
export function createCaseRelationsRouter(deps: ApiDeps): Router {
  document(deps);
  return Router()
    .get('/cases/:id/possible', requires('case:read'), possible(deps))
    .get('/cases/:id/relations', requires('case:read'), relations(deps))
    .post('/cases/:id/links', requires('case:work'), link(deps))
    .post('/cases/:id/links/:linkId/end', requires('case:work'), unlink(deps));
}
