import express, { type Router } from 'express';
import { z } from 'zod';
import type { ApiDeps } from '../deps';
import { GRANTS, PERMISSIONS, ROLES } from '../permissions';
import { callerOf } from '../request';

const Me = z.object({
  staffId: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  stationId: z.string(),
  stationName: z.string(),
  /** Does the station stand for the bureau (民政局)? */
  bureau: z.boolean(),
  /** Everything here is made up, and every page says so. */
  sandbox: z.boolean(),
  /** A second factor has to be set up before anything else is open. */
  mustEnrol: z.boolean(),
  permissions: z.array(z.enum(PERMISSIONS)),
});

/** Who is signed in, and what that allows. */
export function createSessionRouter({ docs, db, config }: ApiDeps): Router {
  docs.add({
    method: 'get',
    path: '/api/v1/me',
    summary: '当前登录人 · Who is signed in',
    tag: 'sign-in',
    permission: 'signed-in',
    answers: { 200: { description: 'The caller', schema: Me } },
  });
  const router = express.Router();
  router.get('/me', async (req, res) => {
    const { staffId, name, role, stationId, bureau, mustEnrol = false } = callerOf(req);
    const station = await db.station.findUnique({ where: { id: stationId }, select: { name: true } });
    const who = { staffId, name, role, stationId, stationName: station?.name ?? stationId, bureau };
    const sandbox = config.sandbox !== undefined;
    res.json({ ...who, sandbox, mustEnrol, permissions: [...GRANTS[role]] } satisfies z.infer<typeof Me>);
  });
  return router;
}
