/** A station's page for everybody (/help/{station}), its thanks and its poster. Whoever writes here may be a frightened child. */
import { createHmac } from 'node:crypto';
import { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express';
import { rateLimit } from 'express-rate-limit';
import { doubtsOf, looksOf } from '../../domain/reports/model';
import { databaseNow } from '../../store/clock';
import { queueReport } from '../../store/reports/queue';
import type { ApiDeps } from '../deps';
import { asProblem } from '../failure';
import { operationIdOf } from '../idempotency';
import { createFormSeals } from '../pages/form-seal';
import { FOOTER, helpPage, thanksPage } from '../pages/help';
import { messagePage } from '../pages/layout';
import { posterPage } from '../pages/poster';
import { notFound, unprocessable } from '../problem';
import { settleSoon } from '../report-watch';
import { helpBody, readHelp, saysSomething } from '../schemas/help';
import { parse } from '../validate';
import { isSandbox, sendPage } from './page-reply';

type HelpRequest = Request<{ station: string }>;

const HOUR_MS = 60 * 60_000;
/** A school sends its whole class behind one address; a machine sends more. */
const MINUTES_WORTH = 20;

const CALL = '如果孩子现在有危险，请马上拨打 110；也可以拨打 12345 或 12355。';
const SAY: Record<number, string> = {
  422: '还没有写内容。请写一写发生了什么，或者在哪里能找到孩子，几个字也可以。',
  429: `这个网络在短时间内发送得太多，这一条还没有送出，写的内容都在下面，请过一会儿再发送。${CALL}`,
  503: `系统暂时繁忙，这一条还没有送出，写的内容都在下面，请再点一次发送。${CALL}`,
};
const NOT_SENT = `这一条没有送出，写的内容都在下面，请再试一次。${CALL}`;

const keptOf = (req: Request): Record<string, string> => {
  const fields = Object.entries((req.body ?? {}) as Record<string, unknown>);
  return Object.fromEntries(fields.filter((field): field is [string, string] => typeof field[1] === 'string'));
};

/** Mounted at /help, behind the form's body parser and the check that the form is our own. */
export function createHelpPagesRouter(deps: ApiDeps): Router {
  const { config, db } = deps;
  const sandbox = isSandbox(deps);
  const seals = createFormSeals(config.authSecret);
  const about = (stationId: string): string => `help/${stationId}`;

  /** @throws Problem 404: the bureau has no page, and neither has a station that is none */
  async function stationOf(req: HelpRequest) {
    const station = await db.station.findUnique({ where: { id: req.params.station } });
    if (!station || station.bureau) throw notFound('there is no such page');
    return station;
  }

  const form = (res: Response, status: number, station: { id: string; name: string }, more: object = {}): void => {
    const seal = seals.make(about(station.id), Date.now());
    sendPage(res, status, helpPage({ sandbox, stationId: station.id, stationName: station.name, seal, ...more }));
  };

  /** A double tap on one showing is one report; the same form with other words is another. */
  const idOf = (stationId: string, body: object): string => {
    const words = createHmac('sha256', config.authSecret).update(JSON.stringify(body)).digest('base64url');
    return operationIdOf({ caller: about(stationId), key: words });
  };

  const send = async (req: HelpRequest, res: Response): Promise<void> => {
    const station = await stationOf(req);
    const body = parse(helpBody, req.body);
    if (!saysSomething(body)) throw unprocessable([{ path: 'what', message: SAY[422] ?? '' }]);
    const receivedAt = await databaseNow(db);
    // Odd signs are marked for whoever looks at it, and refuse nothing.
    const ageMs = seals.ageOf(about(station.id), body.seal, Date.now());
    const doubts = doubtsOf({ ageMs, trapped: body.website !== '' });
    const { inDanger, byChild, ...report } = readHelp(body);
    const looks = looksOf({ type: report.type, triggers: [], inDanger, byChild, doubts });
    const row = await queueReport(deps, {
      ...{ id: idOf(station.id, body), stationId: station.id, via: 'page', policy: deps.screening },
      ...{ ...report, triggers: [], looks, doubts, receivedAt },
    });
    await settleSoon(deps, row);
    res.redirect(303, `/help/${station.id}/thanks/${row.number}`);
  };

  /** Whatever went wrong, what was written is still there, and whom to call. */
  const failed: ErrorRequestHandler = async (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    const problem = asProblem(error);
    if (problem.status >= 500) {
      const cause = problem.cause instanceof Error ? problem.cause.name : typeof problem.cause;
      deps.log.error({ requestId: req.requestId, failure: problem.type, cause }, 'help page failed');
    }
    res.set(problem.headers);
    const id = String(req.params['station'] ?? '');
    if (req.method === 'POST' && problem.status !== 404 && /^[\w.:-]{1,120}$/.test(id)) {
      const station = await db.station.findUnique({ where: { id } }).catch(() => null);
      const words = SAY[problem.status] ?? NOT_SENT;
      return form(res, problem.status, { id, name: station?.name ?? '工作站' }, { problem: words, kept: keptOf(req) });
    }
    const title = problem.status === 404 ? '没有找到这个页面' : '暂时打不开';
    sendPage(res, problem.status, messagePage({ title, sandbox, footer: FOOTER }, [CALL]));
  };

  const often: RequestHandler = rateLimit({
    windowMs: HOUR_MS,
    limit: Math.max(1, Math.ceil(config.ratePerMinute / MINUTES_WORTH)),
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (req, res, next) => {
      stationOf(req as HelpRequest)
        .then((station) => form(res, 429, station, { problem: SAY[429], kept: keptOf(req) }))
        .catch(next);
    },
  });

  document(deps);
  return Router()
    .get('/:station', async (req: HelpRequest, res) => form(res, 200, await stationOf(req)))
    .post('/:station', often, send, failed)
    .get('/:station/thanks/:number', async (req: Request<{ station: string; number: string }>, res) => {
      const { name } = await stationOf(req);
      const { number } = req.params;
      if (!/^[A-Z]\d{5}$/.test(number)) throw notFound('there is no such page');
      sendPage(res, 200, thanksPage({ sandbox, stationName: name, number }));
    })
    .get('/:station/poster', async (req: HelpRequest, res) => {
      const { id, name } = await stationOf(req);
      sendPage(res, 200, await posterPage({ sandbox, stationName: name, url: `${config.publicUrl}/help/${id}` }));
    })
    .use(failed);
}

function document({ docs }: ApiDeps): void {
  const [tag, path] = ['public pages', '/help/{station}'];
  const page = { 200: { description: 'A page' } };
  docs.add(
    { method: 'get', path, tag, summary: 'A station’s page for reports by anybody (强制报告)', answers: page },
    {
      ...{ method: 'post', path, tag, summary: 'Report: into the station’s queue', body: helpBody },
      answers: {
        303: { description: 'Taken; to the thanks, with the receipt’s number' },
        422: { description: 'Nothing was written: the form again' },
        429: { description: 'Too many from one address: the form again with what was written, and whom to call' },
      },
    },
    { method: 'get', path: `${path}/thanks/{number}`, tag, summary: 'Thanks, and a receipt', answers: page },
    { method: 'get', path: `${path}/poster`, tag, summary: 'The poster with the QR code, to print', answers: page },
  );
}
