/** Behind a set-up link (设置链接): who holds it sets a password, once. Nobody is signed in here; the token is the credential. */
import { type Request, type Response, Router } from 'express';
import { noteAccount } from '../../store/account-journal';
import { type AccountRow, putPassword, readAccount } from '../../store/accounts';
import { endSessions } from '../../store/sessions';
import { findSetupLink, useSetupLink } from '../../store/setup-links';
import { unlock } from '../../store/sign-in-attempts';
import type { Tx } from '../../store/db';
import { demandPassword } from '../auth/password';
import type { ApiDeps } from '../deps';
import { gone } from '../problem';
import * as schemas from '../schemas/accounts';
import { parse } from '../validate';

const over = () => gone('SetupLinkOver', 'this link is unknown, used or over: ask for a new one');

/** An account that can be set up. @throws Problem 410 */
async function ready(tx: Tx, staffId: string | undefined): Promise<AccountRow & { userId: string; username: string }> {
  const row = staffId === undefined ? undefined : await readAccount(tx, staffId);
  const { userId, username } = row ?? {};
  if (!row?.active || !userId || !username) throw over();
  return { ...row, userId, username };
}

const open =
  ({ db }: ApiDeps) =>
  async (req: Request, res: Response) => {
    const { token } = parse(schemas.setupOpenBody, req.body);
    const { username, name, role } = await ready(db, await findSetupLink(db, token));
    res.json({ username, name, role });
  };

const finish =
  ({ db, auth }: ApiDeps) =>
  async (req: Request, res: Response) => {
    const { token, password } = parse(schemas.setupBody, req.body);
    const { username, name } = await ready(db, await findSetupLink(db, token));
    demandPassword(password, [username, name], 'password');
    const hash = await (await auth.$context).password.hash(password);
    await db.$transaction(async (tx) => {
      const { staffId, stationId, userId } = await ready(tx, await useSetupLink(tx, token));
      await putPassword(tx, userId, hash);
      await endSessions(tx, userId);
      await unlock(tx, username);
      await noteAccount(tx, { staffId, subjectId: staffId, stationId, action: 'setup-link.use' });
    });
    const answer: schemas.SetupAnswer = { username };
    res.json(answer);
  };

/** `POST /open`, `POST /finish` */
export function createSetupRouter(deps: ApiDeps): Router {
  const shared = { method: 'post', tag: 'sign-in' } as const;
  deps.docs.add(
    {
      ...shared,
      ...{ path: '/api/setup/open', body: schemas.setupOpenBody },
      summary: 'Whose set-up link this is',
      answers: { 200: { description: 'The account', schema: schemas.setupOpenAnswer } },
    },
    {
      ...shared,
      ...{ path: '/api/setup/finish', body: schemas.setupBody },
      summary: 'Set the password; the link is used up, and every session ends',
      answers: { 200: { description: 'The name to sign in with', schema: schemas.setupAnswer } },
    },
  );
  return Router().post('/open', open(deps)).post('/finish', finish(deps));
}
