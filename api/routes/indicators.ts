/** Contracts (合同) and their indicators (指标), each with the records behind it. No name of a child passes here. */
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { type Contract, UNIT_NAMES } from '../../domain/services/contract';
import { behindText } from '../../domain/services/pace';
import { burnUpMoments, dateOf, daysUntil, momentsOf, shareGone } from '../../domain/services/term';
import { rfc3339, rfc3339OrNull } from '../../domain/zone';
import { allEvidence, type Evidence, evidenceOf } from '../../store/services/evidence';
import { type Counted, progressOf, standingsOf } from '../../store/services/figures';
import { sampleOf } from '../../store/services/sample';
import { hiddenFrom } from '../../store/sight';
import type { ApiDeps } from '../deps';
import { inScope, requires } from '../permissions';
import { notFound, unprocessable } from '../problem';
import { type Caller, callerOf } from '../request';
import { itemsOf, pageOf as pageAnswer } from '../schemas/answers';
import { msOf } from '../schemas/common';
import {
  contractAnswer,
  evidenceAnswer,
  evidenceQuery,
  type indicatorAnswer,
  indicatorQuery,
  indicatorsAnswer,
  progressAnswer,
  progressQuery,
} from '../schemas/indicators';
import { sampleAnswer, sampleQuery } from '../schemas/packs';
import { emptyQuery } from '../schemas/queries';
import { parse } from '../validate';
import { cursorMs, decodeCursor, pageOf } from './cursor';

const place = z.strictObject({ at: cursorMs.nullable(), id: z.string().max(200) });

const contractAnswerOf = (contract: Contract, at: number): z.infer<typeof contractAnswer> => {
  const { id, name, buyer, contractor, stationId, term, evaluations, budget, payments } = contract;
  return {
    ...{ id, name, buyer, contractor, stationId, budget },
    term: { from: dateOf(term.fromDay), to: dateOf(term.toDay) },
    evaluations: evaluations.map(({ stage, name: title, day }) => ({
      ...{ stage, name: title, on: dateOf(day), daysLeft: daysUntil(day, at) },
    })),
    payments: payments.map(({ name: what, amount, day }) => ({
      ...{ name: what, amount, on: day === undefined ? null : dateOf(day) },
    })),
    shareGone: Math.round(shareGone(momentsOf(term), at) * 10_000) / 10_000,
  };
};

function indicatorAnswerOf(contract: Contract, counted: Counted): z.infer<typeof indicatorAnswer> {
  const { indicator, figure, standing } = counted;
  const { id, name, part, unit, target, note = null } = indicator;
  const { actual, forecast, horizonDay, state, short } = standing;
  return {
    ...{ id: `${contract.id}.${id}`, name, part, unit, target, note, actual, forecast, state, short },
    unitName: UNIT_NAMES[unit],
    of: figure.whole === undefined ? null : { count: figure.count, whole: figure.whole },
    forecastOn: dateOf(horizonDay),
    warning: state === 'behind' ? behindText(counted) : null,
  };
}

/** The contracts of the caller's stations. */
const contractsOf = (deps: ApiDeps, caller: Caller): Contract[] =>
  deps.contracts.all.filter(({ stationId }) => inScope(caller, stationId));

function contractFor(deps: ApiDeps, caller: Caller, id: string | undefined): Contract {
  const own = contractsOf(deps, caller);
  if (id === undefined) {
    const [only, ...others] = own;
    if (others.length > 0) throw unprocessable([{ path: 'contract', message: 'required: there are several' }]);
    if (only) return only;
  }
  const found = own.find((contract) => contract.id === id);
  if (!found) throw notFound('there is no such contract');
  return found;
}

/** `<contract>.<indicator>` @throws Problem 404 for an unknown one and for another station's alike */
export function indicatorFor(deps: ApiDeps, caller: Caller, id: string) {
  for (const contract of contractsOf(deps, caller)) {
    const indicator = contract.indicators.find((one) => `${contract.id}.${one.id}` === id);
    if (indicator) return { contract, indicator };
  }
  throw notFound('there is no such indicator');
}

const momentOf = (at: string | undefined): number => (at === undefined ? Date.now() : msOf(at));

const contracts = (deps: ApiDeps) => (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  const now = Date.now();
  res.json({ items: contractsOf(deps, callerOf(req)).map((contract) => contractAnswerOf(contract, now)) });
};

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const query = parse(indicatorQuery, req.query);
  const at = momentOf(query.at);
  const contract = contractFor(deps, callerOf(req), query.contract);
  const counted = await standingsOf(deps.db, contract, at);
  res.json({
    contract: contractAnswerOf(contract, at),
    asOf: rfc3339(at),
    items: counted.map((one) => indicatorAnswerOf(contract, one)),
  });
};

const evidenceAnswerOf = ({ at, ...same }: Evidence) => ({ ...same, at: rfc3339OrNull(at) });

const evidence = (deps: ApiDeps) => async (req: Request<{ id: string }>, res: Response) => {
  const { contract, indicator } = indicatorFor(deps, callerOf(req), req.params.id);
  const query = parse(evidenceQuery, req.query);
  const hidden = await hiddenFrom(deps.db, callerOf(req).staffId);
  const page = { after: decodeCursor(place, query.cursor), take: query.limit + 1, hidden };
  const rows = await evidenceOf(deps.db, contract, indicator, momentOf(query.at), page);
  const { page: items, nextCursor } = pageOf(rows, query.limit, ({ at, id }) => ({ at: at && at.getTime(), id }));
  res.json({ items: items.map(evidenceAnswerOf), nextCursor });
};

const sample = (deps: ApiDeps) => async (req: Request<{ id: string }>, res: Response) => {
  const { contract, indicator } = indicatorFor(deps, callerOf(req), req.params.id);
  const { seed, size, at: asked } = parse(sampleQuery, req.query);
  const at = momentOf(asked);
  const all: Evidence[] = [];
  for await (const page of allEvidence(deps.db, contract, indicator, at)) all.push(...page);
  const items = sampleOf(all, seed, size).map(evidenceAnswerOf);
  res.json({ id: req.params.id, seed, asOf: rfc3339(at), of: all.length, items });
};

const progress = (deps: ApiDeps) => async (req: Request<{ id: string }>, res: Response) => {
  const { contract, indicator } = indicatorFor(deps, callerOf(req), req.params.id);
  const { at } = parse(progressQuery, req.query);
  const points = await progressOf(deps.db, contract, indicator, burnUpMoments(contract.term, momentOf(at)));
  const { fromDay, toDay } = contract.term;
  res.json({
    ...{ id: req.params.id, target: indicator.target, term: { from: dateOf(fromDay), to: dateOf(toDay) } },
    items: points.map((point) => ({ at: rfc3339(point.at), actual: point.actual })),
  });
};

/** `GET /contracts`, `GET /indicators`, `GET /indicators/{id}/records`, `GET /indicators/{id}/progress` */
export function createIndicatorsRouter(deps: ApiDeps): Router {
  const [tag, permission] = ['indicators', 'indicator:read'] as const;
  deps.docs.add(
    {
      ...{ method: 'get', path: '/api/v1/contracts', summary: 'Contracts of the stations in scope', tag, permission },
      answers: { 200: { description: 'Those that end last first', schema: itemsOf(contractAnswer) } },
    },
    {
      ...{ method: 'get', path: '/api/v1/indicators', summary: 'Where a contract stands', tag, permission },
      query: indicatorQuery,
      answers: { 200: { description: 'Target, actual, forecast of each', schema: indicatorsAnswer } },
    },
    {
      ...{ method: 'get', path: '/api/v1/indicators/{id}/records', summary: 'The records behind an indicator', tag },
      ...{ permission, query: evidenceQuery },
      answers: { 200: { description: 'One page, newest first', schema: pageAnswer(evidenceAnswer) } },
    },
    {
      ...{
        method: 'get',
        path: '/api/v1/indicators/{id}/sample',
        summary: 'A random sample, the same for a seed',
        tag,
      },
      ...{ permission, query: sampleQuery },
      answers: { 200: { description: 'The records drawn', schema: sampleAnswer } },
    },
    {
      ...{
        method: 'get',
        path: '/api/v1/indicators/{id}/progress',
        summary: 'How an indicator grew, month by month',
        tag,
      },
      ...{ permission, query: progressQuery },
      answers: { 200: { description: 'The figure at the end of each month, and now', schema: progressAnswer } },
    },
  );
  return Router()
    .get('/contracts', requires(permission), contracts(deps))
    .get('/indicators', requires(permission), list(deps))
    .get('/indicators/:id/records', requires(permission), evidence(deps))
    .get('/indicators/:id/sample', requires(permission), sample(deps))
    .get('/indicators/:id/progress', requires(permission), progress(deps));
}
