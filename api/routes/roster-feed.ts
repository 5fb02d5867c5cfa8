/** The roster for calendars on phones: with a sign-in, or by the token of a person's own subscription. */
import { type Request, type Response, Router } from 'express';
import { shifts } from '../../domain/roster/timeline';
import { addMonths, beijing, fromWall } from '../../domain/zone';
import { endFeed, feedToken, renewFeed, subscriberOf } from '../../store/roster-feed';
import { readRoster, rungsOf } from '../../store/roster-read';
import type { ApiDeps } from '../deps';
import { requires } from '../permissions';
import { unauthorized } from '../problem';
import { callerOf } from '../request';
import { type CalendarEntry, rosterCalendar } from '../roster-calendar';
import { emptyQuery } from '../schemas/queries';
import { feedQuery, subscriptionAnswer } from '../schemas/roster';
import { parse } from '../validate';
import { named } from './roster-access';

const MONTHS_AHEAD = 4;

/** Whole months from the one before: a duty under way keeps its beginning, and the last one its end, from fetch to fetch. */
function shownTimes(now: number): { from: number; until: number } {
  const { year, month } = beijing(now);
  const first = fromWall(year, month, 1);
  return { from: addMonths(first, -1), until: addMonths(first, MONTHS_AHEAD) };
}

async function entriesFor(
  deps: ApiDeps,
  person: { id: string; stationId: string },
  show: 'mine' | 'station',
): Promise<CalendarEntry[]> {
  const { from, until } = shownTimes(Date.now());
  const rungs = await rungsOf(deps.db, [person.stationId]);
  const roster = await readRoster(deps.db, { stationIds: [person.stationId] }, { from, until });
  const found = rungs
    .flatMap((rung) => shifts(roster, rung, from, until).map((shift) => ({ ...shift, rung })))
    .filter((shift) => show === 'station' || shift.staffId === person.id);
  const names = await named(deps.db, found);
  return found.map((shift) => ({ ...shift, ...names.person(shift) }));
}

async function send(deps: ApiDeps, res: Response, person: { id: string; stationId: string }, show: 'mine' | 'station') {
  const entries = await entriesFor(deps, person, show);
  const title = show === 'mine' ? '我的值班' : '值班表';
  res.type('text/calendar').set('Content-Disposition', 'inline; filename="roster.ics"');
  res.send(rosterCalendar(title, entries));
}

/** Answers before anybody signs in where a token comes along; without one the request goes on to the sign-in. */
const subscribed = (deps: ApiDeps) => async (req: Request, res: Response, next: () => void) => {
  if (req.query['token'] === undefined) return next();
  const { token = '', show } = parse(feedQuery, req.query);
  const person = await subscriberOf(deps.db, token);
  if (!person) throw unauthorized();
  await send(deps, res, person, show);
};

const signedIn = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const { show } = parse(feedQuery, req.query);
  const { staffId: id, stationId } = callerOf(req);
  await send(deps, res, { id, stationId }, show);
};

const urlOf = (deps: ApiDeps, token: string): string =>
  `${deps.config.publicUrl.replace(/\/+$/, '')}/api/v1/roster.ics?token=${token}`;

const subscription = (deps: ApiDeps) => async (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  const token = await feedToken(deps.links, deps.db, callerOf(req).staffId);
  res.json({ url: token === undefined ? null : urlOf(deps, token) });
};

/** The address is asked for afterwards: answers to writes are kept, and it is a secret. */
const subscribe = (deps: ApiDeps) => async (req: Request, res: Response) => {
  await renewFeed(deps.links, deps.db, callerOf(req).staffId);
  res.json({ url: null });
};

const unsubscribe = (deps: ApiDeps) => async (req: Request, res: Response) => {
  await endFeed(deps.db, callerOf(req).staffId);
  res.json({ url: null });
};

/** `GET /roster.ics?token=` */
export const createSubscribedRouter = (deps: ApiDeps): Router => Router().get('/roster.ics', subscribed(deps));

/** `GET /roster.ics` with a sign-in, `GET/POST/DELETE /roster/subscription` */
export function createRosterFeedRouter(deps: ApiDeps): Router {
  const shared = { tag: 'roster', permission: 'roster:read' } as const;
  const path = '/api/v1/roster/subscription';
  const answer = { description: 'Its address; null: there is none', schema: subscriptionAnswer };
  deps.docs.add(
    {
      ...shared,
      ...{ method: 'get', path: '/api/v1/roster.ics', query: feedQuery },
      summary: 'The roster as iCalendar; the token of a subscription stands in for a sign-in',
      answers: { 200: { description: 'text/calendar' } },
    },
    { ...shared, method: 'get', path, summary: "One's own subscription", answers: { 200: answer } },
    {
      ...shared,
      ...{ method: 'post', path },
      summary: 'Begin a subscription, or renew it: the old address ends. Ask for the new one afterwards',
      answers: { 200: answer },
    },
    { ...shared, method: 'delete', path, summary: 'End the subscription', answers: { 200: answer } },
  );
  return Router()
    .get('/roster.ics', requires('roster:read'), signedIn(deps))
    .get('/roster/subscription', requires('roster:read'), subscription(deps))
    .post('/roster/subscription', requires('roster:read'), subscribe(deps))
    .delete('/roster/subscription', requires('roster:read'), unsubscribe(deps));
}
