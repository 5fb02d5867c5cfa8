/** Reports from other systems (12345、12355、学校、医院) by a key of their own: into the queue, and what became of them. */
import { type Request, type Response, Router } from 'express';
import { looksOf } from '../../domain/reports/model';
import { databaseNow } from '../../store/clock';
import { queueReport, readReport } from '../../store/reports/queue';
import type { ApiDeps } from '../deps';
import { notFound, unprocessable } from '../problem';
import { settleSoon } from '../report-watch';
import { sourceOf } from '../request';
import { isUuid } from '../schemas/common';
import { momentOf, WHOSE } from '../schemas/report';
import { type IntakeBody, intakeAnswer, intakeBody } from '../schemas/reports';
import { parse } from '../validate';
import { intakeAnswerOf } from './report-answer';

/** The key's own station, or for a key of the bureau the one that the report names. @throws Problem 422 */
async function stationFor({ db }: ApiDeps, own: string | null, named: string | undefined): Promise<string> {
  const path = 'stationId';
  if (own !== null) {
    if (named !== undefined && named !== own) throw unprocessable([{ path, message: 'the key is another station’s' }]);
    return own;
  }
  if (named === undefined) throw unprocessable([{ path, message: 'required: the key is for every station' }]);
  const station = await db.station.findUnique({ where: { id: named } });
  if (!station || station.bureau) throw unprocessable([{ path, message: 'must be a station' }]);
  return station.id;
}

/** @throws Problem 422 */
function happenedAt({ occurredAt, clock }: IntakeBody, now: number): number | undefined {
  if (occurredAt === undefined) return undefined;
  const moment = momentOf(occurredAt, clock);
  if (moment === undefined) throw unprocessable([{ path: 'occurredAt', message: WHOSE }]);
  if (moment > now) throw unprocessable([{ path: 'occurredAt', message: 'must not lie in the future' }]);
  return moment;
}

const report = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const source = sourceOf(req);
  const body = parse(intakeBody, req.body);
  const stationId = await stationFor(deps, source.stationId, body.stationId);
  const receivedAt = await databaseNow(deps.db);
  const occurredAt = happenedAt(body, receivedAt);
  const { type, risk, child, reporter, narrative, triggers = [] } = body;
  const byChild = reporter?.role === 'child';
  const row = await queueReport(deps, {
    ...{ id: req.operationId, stationId, via: 'key', sourceId: source.id, policy: deps.screening },
    ...{ type, risk, triggers, doubts: [], receivedAt, occurredAt, child, reporter, narrative },
    looks: looksOf({ type, risk, triggers, byChild, doubts: [] }),
  });
  await settleSoon(deps, row);
  res.status(201).json(intakeAnswerOf({ ...row, source }));
};

/** A source sees its own reports alone. */
const look = (deps: ApiDeps) => async (req: Request<{ id: string }>, res: Response) => {
  const { id } = req.params;
  const row = isUuid(id) ? await readReport(deps.db, id) : undefined;
  if (row?.sourceId !== sourceOf(req).id) throw notFound('there is no such report');
  res.json(intakeAnswerOf(row));
};

/** Mounted at /api/v1/intake, behind authenticateSource(). */
export function createIntakeRouter(deps: ApiDeps): Router {
  const [tag, path, permission] = ['reports', '/api/v1/intake', 'source-key'] as const;
  const schema = intakeAnswer;
  deps.docs.add(
    {
      ...{ method: 'post', path, tag, permission, body: intakeBody },
      summary: 'Report from another system, by its key: into the station’s queue',
      answers: { 201: { description: 'On disk; somebody looks at it by dueAt', schema } },
    },
    {
      ...{ method: 'get', path: `${path}/{id}`, tag, permission },
      summary: 'What became of a report',
      answers: { 200: { description: 'Waiting, accepted or not', schema } },
    },
  );
  return Router().post('/', report(deps)).get('/:id', look(deps));
}
