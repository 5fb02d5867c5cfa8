/** What changes, as it changes (server-sent events): ids, numbers and codes, never what was written. */
import { type Request, type Response, Router } from 'express';
import type { RecentEvent } from '../../store/recent';
import type { ApiDeps } from '../deps';
import type { News } from '../live';
import { maySee } from '../../domain/sight';
import { allow, inScope, requires } from '../permissions';
import { type Caller, callerOf } from '../request';

/** Proxies let go of connections on which nothing comes. */
const BEAT_MS = 15_000;
/** Then the client has to ask again, and with it whether its sign-in still holds: who is shut out is so within a minute. */
const LIFE_MS = 45_000;
const AGAIN_MS = 1_000;

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

const stream = (deps: ApiDeps) => (req: Request, res: Response) => {
  const caller = callerOf(req);
  res.locals.endless = true;
  res.status(200).set({ 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' });
  res.flushHeaders();
  res.write(`retry: ${AGAIN_MS}\nevent: hello\ndata: {}\n\n`);
  const tellLists = (news: News): void => {
    for (const list of listsOf(caller, news, Date.now())) res.write(`event: ${list}\ndata: {}\n\n`);
  };
  // What a client reads anew when it begins leaves these out: reading an offer's reason is on the record.
  tellLists(deps.live.lately());
  const end = (): void => void res.end();
  const stop = deps.live.listen(
    (news) => {
      const { staffId } = caller;
      const now = Date.now();
      const mine = news.events.filter(({ stationId, shield }) =>
        maySee({ staffId, inScope: inScope(caller, stationId) }, shield, now),
      );
      for (const change of changesOf(mine)) res.write(`event: case\ndata: ${JSON.stringify(change)}\n\n`);
      tellLists(news);
    },
    end,
    caller.userId,
  );
  const beat = setInterval(() => res.write(': beat\n\n'), BEAT_MS);
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
    answers: {
      200: {
        description:
          'text/event-stream of `event: case` with caseId, number, risk, drill and kinds; `event: reports` and `event: transfers` say that these lists changed',
      },
    },
  });
  return Router().get('/stream', requires('case:read'), stream(deps));
}
