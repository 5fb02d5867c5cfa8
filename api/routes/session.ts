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
  permissions: z.array(z.enum(PERMISSIONS)),
});

/** Who is signed in, and what that allows. */
export function createSessionRouter({ docs }: ApiDeps): Router {
  docs.add({
    method: 'get',
    path: '/api/v1/me',
    summary: '当前登录人 · Who is signed in',
    tag: 'sign-in',
    permission: 'signed-in',
    answers: { 200: { description: 'The caller', schema: Me } },
  });
  const router = express.Router();
  router.get('/me', (req, res) => {
    const { staffId, name, role, stationId } = callerOf(req);
    res.json({ staffId, name, role, stationId, permissions: [...GRANTS[role]] } satisfies z.infer<typeof Me>);
  });
  return router;
}
