/** What changes, as it changes (server-sent events): ids, numbers and codes, never what was written. */
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { RecentEvent } from '../../store/recent';
import type { ApiDeps } from '../deps';
import type { News } from '../live';
import { maySee } from '../../domain/sight';
import { allow, inScope, requires } from '../permissions';
import { type Caller, callerOf } from '../request';
import { parse } from '../validate';

/** Proxies let go of connections on which nothing comes. */
const BEAT_MS = 15_000;
/** Then the client has to ask again, and with it whether its sign-in still holds: who is shut out is so within a minute. */
const LIFE_MS = 45_000;
const AGAIN_MS = 1_000;

const streamQuery = z.strictObject({
  after: z
    .string()
    .regex(/^\d{0,15}$/, 'must be the id of an event')
    .default('')
    .meta({ description: 'The id of the last event that was heard, where the browser does not say it itself' }),
});

interface Change {
  caseId: string;
  number: string;
  risk: string;
  drill: boolean;
  kinds: string[];
}

/** One line a case, however much happened to it. */
function changesOf(events: RecentEvent[]): Change[] {
  const changes = new Map<string, Change>();
  for (const { caseId, number, risk, drill, kind } of events) {
    const change = changes.get(caseId) ?? { ...{ caseId, number, risk, drill }, kinds: [] };
    if (!change.kinds.includes(kind)) change.kinds.push(kind);
    changes.set(caseId, change);
  }
  return [...changes.values()];
}

/** Lists that changed for this caller, without a word of how: the report queue, and what is offered from station to station. */
function listsOf(caller: Caller, { events, reports }: News, now: number): string[] {
  const queue = allow(caller, 'report:triage') && reports.some(({ stationId }) => inScope(caller, stationId));
  const offers =
    allow(caller, 'case:approve') &&
    events.some(({ stationId, otherStationId: other, shield }) => {
      if (other === undefined) return false;
      const ours = inScope(caller, stationId) || inScope(caller, other);
      return maySee({ staffId: caller.staffId, inScope: ours }, shield, now);
    });
  return [...(queue ? ['reports'] : []), ...(offers ? ['transfers'] : [])];
}

/** When a listener that comes again heard something last, in milliseconds: a browser says so by itself, or the app where it began anew. */
function lastHeard(req: Request): number | undefined {
  const header = req.get('last-event-id') ?? '';
  // Newer than what stands in the address, which stays as it is for all that the browser begins anew by itself.
  const said = /^\d{1,15}$/.test(header) ? { after: header } : {};
  const { after } = parse(streamQuery, { ...req.query, ...said });
  return after === '' ? undefined : Number(after);
}

const stream = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const caller = callerOf(req);
  const after = lastHeard(req);
  // Before the first byte: where it cannot be had now, the listener is told so and comes again.
  const missed = after === undefined ? [] : await deps.live.missed(after);
  if (res.closed) return;
  res.locals.endless = true;
  res.status(200).set({ 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' });
  res.flushHeaders();
  const write = (event: string, data: object = {}): void =>
    void res.write(`id: ${Date.now()}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  res.write(`retry: ${AGAIN_MS}\n`);
  write('hello');
  const tellLists = (news: News): void => {
    for (const list of listsOf(caller, news, Date.now())) write(list);
  };
  const tellCases = (events: RecentEvent[]): void => {
    const { staffId } = caller;
    const now = Date.now();
    const mine = events.filter(({ stationId, shield }) =>
      maySee({ staffId, inScope: inScope(caller, stationId) }, shield, now),
    );
    for (const change of changesOf(mine)) write('case', change);
  };
  // What a client reads anew when it begins leaves these out: reading an offer's reason is on the record.
  const lately = deps.live.lately();
  tellLists(lately);
  if (after !== undefined) tellCases([...missed, ...lately.events]);
  // The last word: from here on it was away.
  const end = (): void => void res.end(`id: ${Date.now()}\n\n`);
  const stop = deps.live.listen(
    (news) => {
      tellCases(news.events);
      tellLists(news);
    },
    end,
    caller.userId,
  );
  const beat = setInterval(() => res.write(`: beat\nid: ${Date.now()}\n\n`), BEAT_MS);
  const life = setTimeout(end, LIFE_MS);
  res.once('close', () => {
    stop();
    clearInterval(beat);
    clearTimeout(life);
  });
};

/** `GET /stream` */
export function createStreamRouter(deps: ApiDeps): Router {
  deps.docs.add({
    method: 'get',
    path: '/api/v1/stream',
    summary: 'Changes of cases as they come (server-sent events); ends within a minute, then connect again',
    tag: 'cases',
    permission: 'case:read',
    query: streamQuery,
    answers: {
      200: {
        description:
          'text/event-stream of `event: case` with caseId, number, risk, drill and kinds; `event: reports` and `event: transfers` say that these lists changed. Who comes again with `Last-Event-ID` or `after` hears first of critical cases that came meanwhile',
      },
    },
  });
  return Router().get('/stream', requires('case:read'), stream(deps));
}
