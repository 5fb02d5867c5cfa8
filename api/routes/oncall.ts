/** Who is on duty (谁在值班), why, who comes next, and the roster as a calendar. */
import { type Request, type Response, Router } from 'express';
import type { OnDuty, Roster, Rung } from '../../domain/roster/model';
import { explainedGaps } from '../../domain/roster/gap';
import { onDuty } from '../../domain/roster/on-duty';
import { LOOK_AHEAD, nextHandOver, shifts } from '../../domain/roster/timeline';
import { DAY, rfc3339 } from '../../domain/zone';
import { dutyPhones } from '../../store/contacts';
import { listChanges } from '../../store/roster-journal';
import { bureauIds, reachableAmong } from '../../store/roster-names';
import { readRoster, rungsOf } from '../../store/roster-read';
import { type RosterWarning, rosterWarnings } from '../../store/roster-warnings';
import type { ApiDeps } from '../deps';
import { requires, scopeOf } from '../permissions';
import { unprocessable } from '../problem';
import { callerOf, type Caller } from '../request';
import { itemsOf } from '../schemas/answers';
import { msOf } from '../schemas/common';
import { changeAnswer, changesQuery, oncallAnswer, oncallQuery, rosterAnswer, rosterQuery } from '../schemas/roster';
import { stationQuery, warningAnswer } from '../schemas/roster';
import { parse } from '../validate';
import { atOf, named, stationsAsked, type Named } from './roster-access';

const SHOWN_DAYS = 31;
const MOST_DAYS = 100;

/** The rungs that a question is about; without a station the bureau's duty is added, since it answers for all. */
async function rungsAsked(deps: ApiDeps, caller: Caller, station: string | undefined): Promise<Rung[]> {
  const asked = await stationsAsked(deps, caller, station);
  if (asked === 'all' || station !== undefined) return rungsOf(deps.db, asked);
  return rungsOf(deps.db, [...new Set([...asked, ...(await bureauIds(deps.db))])]);
}

/** Of the stations whose roster the caller works with. */
async function warningsFor(
  deps: ApiDeps,
  caller: Caller,
  station: string | undefined,
  at: number,
): Promise<RosterWarning[]> {
  const scope = scopeOf(caller);
  const all = await rosterWarnings(deps.db, { at, ...(station !== undefined && { stationId: station }) });
  return scope === 'all' ? all : all.filter((one) => scope.stationIds.includes(one.stationId));
}

const warningShown = ({ from, until, ...rest }: RosterWarning, names: Named) => ({
  ...rest,
  ...(rest.staffId !== undefined && { name: names.name(rest.staffId) }),
  ...(from !== undefined && { from: rfc3339(from) }),
  ...(until !== undefined && { until: rfc3339(until) }),
});

/** So that names of people who are only warned about are looked up too. */
const asDuty = (staffId: string): OnDuty => ({ staffId, why: { kind: 'override', overrideId: '', insteadOf: [] } });
const asDuties = (all: RosterWarning[]): OnDuty[] =>
  all.flatMap(({ staffId }) => (staffId === undefined ? [] : [asDuty(staffId)]));

async function rung(deps: ApiDeps, roster: Roster, one: Rung, at: number) {
  const people = onDuty(roster, one, at);
  const phones = await dutyPhones(deps.db, one);
  return { ...one, people, dutyPhone: phones.length > 0, next: nextHandOver(roster, one, at) };
}

const oncall = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const { at: asked, station } = parse(oncallQuery, req.query);
  const caller = callerOf(req);
  const at = asked === undefined ? Date.now() : msOf(asked);
  const rungs = await rungsAsked(deps, caller, station);
  const stationIds = rungs.map((one) => one.stationId);
  const roster = await readRoster(deps.db, { stationIds }, { from: at, until: at + LOOK_AHEAD });
  const found = await Promise.all(rungs.map((one) => rung(deps, roster, one, at)));
  const warnings = await warningsFor(deps, caller, station, at);
  const everybody = found.flatMap((one) => [...one.people, ...(one.next?.people ?? [])]);
  const names = await named(deps.db, [...everybody, ...asDuties(warnings)]);
  const reached = await reachableAmong(
    deps.db,
    everybody.map((one) => one.staffId),
  );
  res.json({
    at: rfc3339(at),
    items: found.map(({ people, next, ...one }) => ({
      ...one,
      people: people.map((person) => ({ ...names.person(person), reachable: reached.has(person.staffId) })),
      next: next
        ? { at: rfc3339(next.at), people: next.people.map(({ staffId }) => ({ staffId, name: names.name(staffId) })) }
        : null,
    })),
    warnings: warnings.map((one) => warningShown(one, names)),
  });
};

const calendar = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const { from: first, to: last, station } = parse(rosterQuery, req.query);
  const from = first === undefined ? Date.now() : msOf(first);
  const to = last === undefined ? from + SHOWN_DAYS * DAY : msOf(last);
  if (to <= from) throw unprocessable([{ path: 'to', message: 'must lie after from' }]);
  if (to - from > MOST_DAYS * DAY) throw unprocessable([{ path: 'to', message: `must lie within ${MOST_DAYS} days` }]);
  const rungs = await rungsAsked(deps, callerOf(req), station);
  const stationIds = rungs.map((one) => one.stationId);
  const roster = await readRoster(deps.db, { stationIds }, { from, until: to });
  const found = rungs.map((one) => ({
    one,
    all: shifts(roster, one, from, to),
    open: explainedGaps(roster, one, from, to),
  }));
  const away = found.flatMap(({ open }) => open.flatMap(({ why }) => why.away));
  const names = await named(deps.db, [...found.flatMap(({ all }) => all), ...away.map(asDuty)]);
  res.json({
    from: rfc3339(from),
    to: rfc3339(to),
    items: found.map(({ one, all, open }) => ({
      ...one,
      shifts: all.map((shift) => ({ ...names.person(shift), ...spanShown(shift) })),
      gaps: open.map(({ why, ...gap }) => ({
        ...spanShown(gap),
        cause: why.cause,
        away: why.away.map((staffId) => ({ staffId, name: names.name(staffId) })),
      })),
    })),
  });
};
const spanShown = ({ from, until }: { from: number; until: number }) => ({
  from: rfc3339(from),
  until: rfc3339(until),
});

const warnings = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const { station } = parse(stationQuery, req.query);
  const caller = callerOf(req);
  await stationsAsked(deps, caller, station);
  const all = await warningsFor(deps, caller, station, Date.now());
  const names = await named(deps.db, asDuties(all));
  res.json({ items: all.map((one) => warningShown(one, names)) });
};

const changes = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const { before, limit } = parse(changesQuery, req.query);
  const scope = scopeOf(callerOf(req));
  const rows = await listChanges(deps.db, scope, limit, before === undefined ? undefined : BigInt(before));
  res.json({ items: rows.map(({ id, at, ...rest }) => ({ ...rest, id: String(id), at: atOf(at) })) });
};

/** `GET /oncall`, `/roster`, `/roster/warnings`, `/roster/changes` */
export function createOncallRouter(deps: ApiDeps): Router {
  const shared = { method: 'get', tag: 'roster', permission: 'roster:read' } as const;
  deps.docs.add(
    {
      ...shared,
      path: '/api/v1/oncall',
      summary: 'Who is on duty at a moment, why, who is next, and what will go wrong',
      query: oncallQuery,
      answers: { 200: { description: 'By station and role', schema: oncallAnswer } },
    },
    {
      ...shared,
      path: '/api/v1/roster',
      summary: 'Shifts and gaps of a stretch of time, for a calendar',
      query: rosterQuery,
      answers: { 200: { description: 'By station and role', schema: rosterAnswer } },
    },
    {
      ...shared,
      path: '/api/v1/roster/warnings',
      summary: 'Gaps, people without a phone and unverified numbers in the next seven days',
      query: stationQuery,
      answers: { 200: { description: 'Warnings', schema: itemsOf(warningAnswer) } },
    },
    {
      ...shared,
      path: '/api/v1/roster/changes',
      summary: 'Who changed what of roster and contacts',
      permission: 'roster:edit',
      query: changesQuery,
      answers: { 200: { description: 'Changes, newest first', schema: itemsOf(changeAnswer) } },
    },
  );
  return Router()
    .get('/oncall', requires('roster:read'), oncall(deps))
    .get('/roster', requires('roster:read'), calendar(deps))
    .get('/roster/warnings', requires('roster:read'), warnings(deps))
    .get('/roster/changes', requires('roster:edit'), changes(deps));
}
