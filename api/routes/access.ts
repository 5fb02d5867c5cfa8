/** Who looked at a case (查阅记录), and odd patterns among all looks (异常查阅). */
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { rfc3339 } from '../../domain/zone';
import type { AccessLog } from '../../prisma/generated/client';
import { listFindings } from '../../store/access-findings';
import { listAccess, logAccess } from '../../store/access-log';
import { namesOf } from '../../store/cases';
import type { ApiDeps } from '../deps';
import { requires, scopeOf } from '../permissions';
import { callerOf } from '../request';
import { type AccessFinding, accessFinding, type AccessLine, accessLine, accessQuery } from '../schemas/access';
import { itemsOf, pageOf as pageAnswer } from '../schemas/answers';
import { emptyQuery } from '../schemas/queries';
import { parse } from '../validate';
import { caseInScope } from './case-access';
import { groundOf } from './case-view';
import { decodeCursor, pageOf } from './cursor';

const place = z.strictObject({ before: z.string().regex(/^\d{1,18}$/) });
const FINDINGS = 200;

const lineOf = (row: AccessLog, names: Map<string, string>): AccessLine => ({
  at: rfc3339(row.at),
  staffId: row.staffId,
  name: row.staffId === null ? null : (names.get(row.staffId) ?? null),
  action: row.action,
  allowed: row.allowed,
  ground: accessLine.shape.ground.parse(row.ground),
  address: row.address,
});

const access = (deps: ApiDeps) => async (req: Request<{ id: string }>, res: Response) => {
  const caller = callerOf(req);
  const row = await caseInScope(deps, req);
  const query = parse(accessQuery, req.query);
  const after = decodeCursor(place, query.cursor);
  const rows = await listAccess(deps.db, row.id, {
    before: after && BigInt(after.before),
    take: query.limit + 1,
  });
  // Asking who looked is on the record as well.
  const { userId, staffId } = caller;
  const asked = { userId, staffId, action: 'access:read', caseId: row.id, allowed: true, address: req.ip };
  await logAccess(deps.db, { ...asked, ground: groundOf(caller, row) });
  const { page, nextCursor } = pageOf(rows, query.limit, ({ id }) => ({ before: String(id) }));
  const staff = [...new Set(page.flatMap((line) => line.staffId ?? []))];
  const names = await namesOf(deps.db, { staff, partners: [] });
  res.json({ items: page.map((line) => lineOf(line, names)), nextCursor });
};

const findings = (deps: ApiDeps) => async (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  const found = await listFindings(deps.db, scopeOf(callerOf(req)), FINDINGS);
  const items = found.map((one): AccessFinding => {
    const { id, who, name, count, since, foundAt } = one;
    const kind = accessFinding.shape.kind.parse(one.kind);
    return { id, kind, who, name, count, since: rfc3339(since), foundAt: rfc3339(foundAt) };
  });
  res.json({ items });
};

/** `GET /cases/{id}/access`, `GET /access/findings` */
export function createAccessRouter(deps: ApiDeps): Router {
  deps.docs.add(
    {
      method: 'get',
      path: '/api/v1/cases/{id}/access',
      summary: 'Who looked at the case, and who was refused, newest first',
      tag: 'access',
      permission: 'access:read',
      query: accessQuery,
      answers: { 200: { description: 'One page', schema: pageAnswer(accessLine) } },
    },
    {
      method: 'get',
      path: '/api/v1/access/findings',
      summary: 'Odd patterns in who looked at files: many files, or many refusals, within an hour',
      tag: 'access',
      permission: 'access:read',
      answers: { 200: { description: 'The newest 200', schema: itemsOf(accessFinding) } },
    },
  );
  return Router()
    .get('/cases/:id/access', requires('access:read'), access(deps))
    .get('/access/findings', requires('access:read'), findings(deps));
}
