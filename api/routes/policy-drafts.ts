/** Changing the policy (时限规则): check, compare, propose; somebody else publishes. What does not hold never gets in. */
import { type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import { comparePolicies, type Policy, PolicyInvalid } from '../../domain/policy';
import type { PolicyVersion } from '../../prisma/generated/client';
import { namesOf } from '../../store/cases';
import { type PolicyFiles, policyOf } from '../../store/policies';
import { decideDraft, filesOfRow, listDrafts, propose, readDraft } from '../../store/policy-versions';
import type { ApiDeps } from '../deps';
import { requires } from '../permissions';
import { conflict, forbidden, notFound, unprocessable } from '../problem';
import { callerOf } from '../request';
import { itemsOf } from '../schemas/answers';
import { isUuid } from '../schemas/common';
import {
  checkAnswer,
  compareAnswer,
  compareQuery,
  decisionBody,
  draftAnswer,
  draftFile,
  filesAnswer,
  filesQuery,
  policyFilesBody,
} from '../schemas/policy-drafts';
import { emptyQuery } from '../schemas/queries';
import { parse } from '../validate';
import { atOf } from './roster-access';

type ById = Request<{ id: string }>;
type Listed = Omit<PolicyVersion, 'files'>;
const STATES = ['proposed', 'published', 'refused', 'withdrawn'] as const;

async function shown(deps: ApiDeps, rows: readonly Listed[]): Promise<z.infer<typeof draftAnswer>[]> {
  const staff = rows.flatMap(({ proposedBy, decidedBy }) => [proposedBy, ...(decidedBy === null ? [] : [decidedBy])]);
  const names = await namesOf(deps.db, { staff, partners: [] });
  const person = (id: string) => ({ id, name: names.get(id) ?? null });
  return rows.map((row) => ({
    ...{ id: row.id, version: row.version, name: row.name, replaces: row.replaces },
    hash: Buffer.from(row.hash).toString('hex'),
    state: STATES.find((one) => one === row.state) ?? 'proposed',
    ...{ proposedBy: person(row.proposedBy), proposedAt: atOf(row.proposedAt) },
    decidedBy: row.decidedBy === null ? null : person(row.decidedBy),
    decidedAt: row.decidedAt && atOf(row.decidedAt),
    outdated: row.state === 'proposed' && row.replaces !== deps.policies.current.version,
  }));
}

/** The draft as people read it, beside what it would change; an older schema may not read its text any more. */
async function fileOf(deps: ApiDeps, row: PolicyVersion): Promise<z.infer<typeof draftFile>> {
  const [draft] = await shown(deps, [row]);
  if (!draft) throw notFound();
  const files = filesOfRow(row);
  const base = deps.policies.all.find(({ version }) => version === row.replaces);
  const { policy } = checked(files);
  return { ...draft, files, changes: base && policy ? comparePolicies(base, policy) : null };
}

function checked(files: PolicyFiles): { policy?: Policy; problems: PolicyInvalid['problems'] } {
  try {
    return { policy: policyOf(files), problems: [] };
  } catch (error) {
    if (!(error instanceof PolicyInvalid)) throw error;
    return { problems: error.problems };
  }
}

const check = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const files = parse(policyFilesBody, req.body);
  await deps.policies.refresh();
  const { policy, problems } = checked(files);
  const changes = policy ? comparePolicies(deps.policies.current, policy) : null;
  res.json({ problems, version: policy?.version ?? null, changes } satisfies z.infer<typeof checkAnswer>);
};

const compare = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const { from, to } = parse(compareQuery, req.query);
  await deps.policies.refresh();
  const { all } = deps.policies;
  const there = all.map(({ version }) => version).join(', ');
  const [one, other] = [from, to].map((version) => all.find((policy) => policy.version === version));
  const wrong = [...(one ? [] : ['from']), ...(other ? [] : ['to'])];
  if (!one || !other) throw unprocessable(wrong.map((path) => ({ path, message: `must be one of ${there}` })));
  res.json({ from, to, changes: comparePolicies(one, other) });
};

const texts = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const query = parse(filesQuery, req.query);
  await deps.policies.refresh();
  const { all, current } = deps.policies;
  const { version } = query.version === undefined ? current : (all.find((one) => one.version === query.version) ?? {});
  if (version === undefined) throw notFound('there is no such version');
  res.json({ version, files: deps.policies.filesOf(version) });
};

const add = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const files = parse(policyFilesBody, req.body);
  await deps.policies.refresh();
  const { all, current: inForce } = deps.policies;
  const { policy, problems } = checked(files);
  if (!policy) {
    const errors = problems.map(({ file, line, path, expected }) => ({
      path: `${file}:${line}`,
      message: `${path === '' ? '' : `${path}: `}expected ${expected}`,
    }));
    throw unprocessable(errors);
  }
  if (all.some(({ version }) => version === policy.version))
    throw unprocessable([{ path: 'base.yaml', message: `version: ${policy.version} is taken; give a new one` }]);
  if (comparePolicies(inForce, policy).length === 0)
    throw unprocessable([{ path: 'base.yaml', message: 'changes nothing' }]);
  const { staffId } = callerOf(req);
  const row = await propose(deps.db, { id: req.operationId, policy, files, replaces: inForce.version, staffId });
  res.status(201).json(await fileOf(deps, row));
};

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  await deps.policies.refresh();
  res.json({ items: await shown(deps, await listDrafts(deps.db)) });
};

/** @throws Problem 404 */
async function draftOf(deps: ApiDeps, { params: { id } }: ById): Promise<PolicyVersion> {
  const row = isUuid(id) ? await readDraft(deps.db, id) : null;
  if (!row) throw notFound('there is no such draft');
  await deps.policies.refresh();
  return row;
}

const look = (deps: ApiDeps) => async (req: ById, res: Response) => {
  res.json(await fileOf(deps, await draftOf(deps, req)));
};

const OUTDATED = 'another version is in force by now: propose it anew on top of that';

async function settle(deps: ApiDeps, row: PolicyVersion, state: 'published' | 'refused' | 'withdrawn', by: string) {
  const decided = await decideDraft(deps.db, row.id, { state, staffId: by });
  if (decided === 'outdated') throw conflict('PolicyOutdated', OUTDATED);
  if (!decided) throw conflict('PolicyDecided', 'this version was decided on before');
  await deps.policies.refresh();
  return decided;
}

const decide = (deps: ApiDeps) => async (req: ById, res: Response) => {
  const { approve } = parse(decisionBody, req.body);
  const { staffId } = callerOf(req);
  const row = await draftOf(deps, req);
  if (row.proposedBy === staffId) {
    throw forbidden('somebody other than the proposer decides', { action: 'policy:approve' });
  }
  if (approve && row.state === 'proposed') {
    if (row.replaces !== deps.policies.current.version) throw conflict('PolicyOutdated', OUTDATED);
    // It held when it was proposed; a newer program may ask for more.
    if (!checked(filesOfRow(row)).policy) throw conflict('PolicyInvalid', 'it does not hold any more: propose it anew');
  }
  res.json(await fileOf(deps, await settle(deps, row, approve ? 'published' : 'refused', staffId)));
};

const withdraw = (deps: ApiDeps) => async (req: ById, res: Response) => {
  const { staffId } = callerOf(req);
  const row = await draftOf(deps, req);
  if (row.proposedBy !== staffId) throw forbidden('whoever proposed it takes it back');
  res.json(await fileOf(deps, await settle(deps, row, 'withdrawn', staffId)));
};

/** `/policies/check`, `/policies/compare`, `/policies/files`, `/policies/drafts` */
export function createPolicyDraftsRouter(deps: ApiDeps): Router {
  const propose = { tag: 'policy', permission: 'policy:propose' } as const;
  const path = '/api/v1/policies';
  const one = { description: 'The draft', schema: draftFile };
  deps.docs.add(
    {
      ...propose,
      ...{ method: 'post', path: `${path}/check`, body: policyFilesBody },
      summary: 'Does this policy hold, and what would it change? Nothing is stored',
      answers: { 200: { description: 'Problems by file and line, or the changes', schema: checkAnswer } },
    },
    {
      ...propose,
      ...{ method: 'get', path: `${path}/compare`, permission: 'case:read', query: compareQuery },
      summary: 'What differs between two versions: which row, which figure, from what to what',
      answers: { 200: { description: 'The changes', schema: compareAnswer } },
    },
    {
      ...propose,
      ...{ method: 'get', path: `${path}/files`, permission: 'case:read', query: filesQuery },
      summary: 'The texts of a version; of the one in force, where none is named',
      answers: { 200: { description: 'The texts', schema: filesAnswer } },
    },
    {
      ...propose,
      ...{ method: 'get', path: `${path}/drafts` },
      summary: 'Every version that was proposed, newest first',
      answers: { 200: { description: 'Without their texts', schema: itemsOf(draftAnswer) } },
    },
    {
      ...propose,
      ...{ method: 'post', path: `${path}/drafts`, body: policyFilesBody },
      summary: 'Propose a new version',
      answers: { 201: one },
    },
    {
      ...propose,
      ...{ method: 'get', path: `${path}/drafts/{id}`, summary: 'One with its texts and what it changes' },
      answers: { 200: one },
    },
    {
      ...propose,
      ...{ method: 'post', path: `${path}/drafts/{id}/decision`, permission: 'policy:approve', body: decisionBody },
      summary: 'Publish what somebody else proposed, or refuse it; new cases begin with it from then on',
      answers: { 200: one },
    },
    {
      ...propose,
      ...{ method: 'delete', path: `${path}/drafts/{id}`, summary: 'Take a proposal back' },
      answers: { 200: one },
    },
  );
  return Router()
    .post('/policies/check', requires('policy:propose'), check(deps))
    .get('/policies/compare', requires('case:read'), compare(deps))
    .get('/policies/files', requires('case:read'), texts(deps))
    .get('/policies/drafts', requires('policy:propose'), list(deps))
    .post('/policies/drafts', requires('policy:propose'), add(deps))
    .get('/policies/drafts/:id', requires('policy:propose'), look(deps))
    .post('/policies/drafts/:id/decision', requires('policy:approve'), decide(deps))
    .delete('/policies/drafts/:id', requires('policy:propose'), withdraw(deps));
}
