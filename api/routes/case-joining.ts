/** Two cases that turn out to be one: joined (并案), so that one goes on for both, and split again (拆分). */
import { type Request, type Response, Router } from 'express';
import { TRIGGERS } from '../../domain/model';
import type { WholeCase } from '../../store/cases';
import type { ApiDeps } from '../deps';
import { asProblem } from '../failure';
import { requires } from '../permissions';
import { caseAnswer } from '../schemas/answers';
import { joinBody, splitBody } from '../schemas/relations';
import { parse } from '../validate';
import { answerOf, carryOut, caseInScope, seal } from './case-access';
import { otherCase, sayTo } from './other-case';
import { refused } from './service-access';

type CaseRequest = Request<{ id: string }>;

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
  res.json(answerOf(deps, await joinInto(deps, req, { row, into, reasonId })));
};

interface Joining {
  row: WholeCase;
  into: WholeCase;
  reasonId: string;
}

/**
 * Two cases may be joined into each other at the same time: then each has taken the other one in, and neither is joined (the rules
 * refuse it, or both would be closed and nobody would watch the child). Of the two, the case of the lesser id is the one that is
 * joined all the same, whoever was first: its request takes back what the other one had begun. That is safe, because what this
 * request has told the other case keeps that one from being joined here, and it is never taken back by a request for the other way.
 */
async function joinInto(deps: ApiDeps, req: Request, { row, into, reasonId }: Joining): Promise<WholeCase> {
  const order = { do: 'join_into', intoId: into.id, intoNumber: into.number, reasonId } as const;
  try {
    return await carryOut(deps, req, row.id, order);
  } catch (error) {
    if (asProblem(error).type !== 'JoinsCross') throw error;
    const goes = row.id < into.id;
    const [told, other] = goes ? [row, into] : [into, row];
    const back = { do: 'let_go', otherId: other.id, otherNumber: other.number, reasonId } as const;
    await sayTo(deps, req, told.id, back, 'let-go');
    if (!goes) throw error;
    return carryOut(deps, req, row.id, order, `${req.operationId}/again`);
  }
}

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

/** `/cases/{id}/join`, `/split` */
export function createCaseJoiningRouter(deps: ApiDeps): Router {
  const [tag, path] = ['same child', '/api/v1/cases/{id}'];
  const done = { 200: { description: 'The case', schema: caseAnswer } };
  deps.docs.add(
    {
      ...{ method: 'post', path: `${path}/join`, tag, permission: 'case:approve', body: joinBody, answers: done },
      summary: 'Join this case into another one, which goes on: this one’s clocks stop, its history stays',
    },
    {
      ...{ method: 'post', path: `${path}/split`, tag, permission: 'case:approve', body: splitBody, answers: done },
      summary: 'Split a joined case off again: what was to do is to do, by the deadlines of then',
    },
  );
  return Router()
    .post('/cases/:id/join', requires('case:approve'), join(deps))
    .post('/cases/:id/split', requires('case:approve'), split(deps));
}
