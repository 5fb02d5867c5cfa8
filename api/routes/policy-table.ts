/** The policy (时限规则) as people read it, and what a case would have by it before there is one. */
import { type Request, type Response, Router } from 'express';
import { CASE_TYPES, type CaseFacts, RISKS, type Risk, type Trigger } from '../../domain/model';
import { describe, grade, planFrom, type Policy, whenShown } from '../../domain/policy';
import { MINUTE, rfc3339 } from '../../domain/zone';
import type { ApiDeps } from '../deps';
import { requires } from '../permissions';
import { policyTable, type PolicyTable, whatIfAnswer, type WhatIfAnswer, whatIfQuery } from '../schemas/policy-table';
import { emptyQuery } from '../schemas/queries';
import { parse } from '../validate';
import { nameOf } from './case-answer';

const NO_STEP = '—';
const cells = (words: Record<Risk, string>): Record<Risk, string | null> => {
  const cell = (risk: Risk): string | null => (words[risk] === NO_STEP ? null : words[risk]);
  return { critical: cell('critical'), high: cell('high'), medium: cell('medium'), low: cell('low') };
};

function tableOf(policy: Policy): PolicyTable {
  const rows = describe(policy);
  const minutes = (ms: number): number => Math.round(ms / MINUTE);
  return {
    version: policy.version,
    name: policy.name,
    types: CASE_TYPES.map((type) => {
      const { name, usual, least, notes } = policy.types[type];
      return { type, name, usual, least: least.map(({ risk, why }) => ({ risk, why })), notes };
    }),
    rules: policy.rules.flatMap((rule, index) => {
      const row = rows[index];
      if (!row) return [];
      return {
        ...{ kind: rule.kind, name: rule.name, start: rule.start, binds: rule.binds, extendable: rule.extendable },
        due: cells(row.due),
        every: row.every ? cells(row.every) : null,
        when: whenShown(rule.when),
        basis: rule.basis,
      };
    }),
    ladders: Object.fromEntries(
      RISKS.map((risk) => {
        const { rungs, repeatMs, ackBuysMs } = policy.ladders[risk];
        const climbed = rungs.map(({ to, afterMs }) => ({ to, afterMinutes: minutes(afterMs) }));
        return [risk, { rungs: climbed, repeatMinutes: minutes(repeatMs), ackBuysMinutes: minutes(ackBuysMs) }];
      }),
    ) as PolicyTable['ladders'],
  };
}

const whatIf = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const query = parse(whatIfQuery, req.query);
  await deps.policies.refresh();
  const policy = deps.policies.current;
  const receivedAt = query.receivedAt === undefined ? Date.now() : Date.parse(query.receivedAt);
  const triggers = (query.triggers ?? '').split(',').filter((one) => one !== '') as Trigger[];
  const known = {
    ...{ type: query.type, receivedAt },
    triggers: [...new Set(triggers)].map((trigger) => ({ trigger, at: receivedAt })),
    guardianIsSuspect: query.guardianIsSuspect === 'true',
    ...(query.underSix !== undefined && { underSix: query.underSix === 'true' }),
  };
  const { risk, raisedFrom, why } = grade(policy, { ...known, risk: query.risk });
  const facts: CaseFacts = { ...known, risk };
  const steps = planFrom(policy, facts, { start: 'receipt', at: receivedAt, occurrences: {} });
  res.json({
    ...{ risk, raisedFrom: raisedFrom ?? null, why: why ?? null, receivedAt: rfc3339(receivedAt) },
    steps: steps.map(({ id, kind, binds, startAt, dueAt, remindAt, basis, extendable }) => ({
      ...{ id, kind, name: nameOf(policy.names, kind), binds, basis, extendable },
      ...{ startAt: rfc3339(startAt), dueAt: rfc3339(dueAt) },
      remindAt: remindAt === undefined ? null : rfc3339(remindAt),
    })),
  } satisfies WhatIfAnswer);
};

/** `GET /policies/current`, `GET /policies/what-if` */
export function createPolicyTableRouter(deps: ApiDeps): Router {
  const about = { method: 'get', tag: 'policy', permission: 'case:read' } as const;
  deps.docs.add(
    {
      ...about,
      path: '/api/v1/policies/current',
      summary: 'The policy in force as a table',
      answers: { 200: { description: 'Types, rules and ladders', schema: policyTable } },
    },
    {
      ...about,
      path: '/api/v1/policies/what-if',
      summary: 'The deadlines that a case would have; nothing is stored',
      query: whatIfQuery,
      answers: { 200: { description: 'Risk and steps', schema: whatIfAnswer } },
    },
  );
  return Router()
    .get('/policies/current', requires('case:read'), async (req, res) => {
      parse(emptyQuery, req.query);
      await deps.policies.refresh();
      res.json(tableOf(deps.policies.current));
    })
    .get('/policies/what-if', requires('case:read'), whatIf(deps));
}
