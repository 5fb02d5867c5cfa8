import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import { logSignIn } from '../../store/access-log';
import { type AccountAction, noteAccount } from '../../store/account-journal';
import { beginTry, type Guessed, trySucceeded } from '../../store/sign-in-attempts';
import { endOlderSessions, endSessions } from '../../store/sessions';
import { takeCode } from '../../store/used-codes';
import type { ApiDeps } from '../deps';
import { mountedAt } from '../log';
import { forbidden, notFound, Problem, tooMany, unauthorized } from '../problem';
import { isSameOrigin, isWrite, mediaTypes } from '../security';
import { parse } from '../validate';
import { AUTH_PATH } from './auth';
import { codeHashes } from './code-hash';
import { asWebRequest, bodyOf, said, type Said } from './exchange';
import { beginText, giveBackupCodes, labelled, type Person, personAt, personOf } from './factor';
import * as open from './open';
import { demandPassword } from './password';
import { addressOf, placeOf, rememberPlace } from './place';

const MOST_BYTES = 16 * 1024;

/** What is written down about a change of somebody's own account. */
const NOTED: Partial<Record<string, AccountAction>> = {
  [open.CHANGE_PASSWORD]: 'password.change',
  [open.DISABLE]: 'factor.disable',
  [open.NEW_BACKUP_CODES]: 'backup-codes.make',
  [open.NEW_KEY]: 'key.make',
  '/api-key/delete': 'key.delete',
  '/revoke-other-sessions': 'sessions.end',
};

const wrongCode = (): Problem =>
  new Problem(401, 'InvalidCode', 'Refused', 'this code is wrong, was used before, or is over');

/** One request to better-auth. */
interface Asked {
  req: Request;
  res: Response;
  path: string;
  body: Record<string, unknown>;
}

/**
 * Puts sign-in (登录) at /api/auth in front of the body parsers. Around better-auth: only the listed paths and fields, counted
 * tries, passwords that nobody else has, a second factor by the role's rule, and no token in an answer.
 */
export function mountAuth(app: Express, deps: ApiDeps): void {
  const { auth, config, db } = deps;
  const { publicUrl } = config;
  const hashes = codeHashes(config.authSecret);
  const raw = express.raw({ type: () => true, limit: MOST_BYTES, inflate: false });

  const ask = async ({ req, body }: Asked, changed = body): Promise<Said> =>
    said(await auth.handler(asWebRequest(req, publicUrl, addressOf(req), changed)));

  /** Counts a try before better-auth judges it. @throws Problem 429 */
  async function guarded(guessed: Guessed, asked: Asked, userId?: string, changed = asked.body): Promise<Said> {
    const place = await placeOf(db, asked.req, publicUrl, userId);
    const wait = await beginTry(db, guessed, place.name, place.known);
    if (wait > 0) throw tooMany(wait, `too many wrong ${guessed.what}s for this account from here; wait a little`);
    const answer = await ask(asked, changed);
    if (answer.ok) await trySucceeded(db, guessed, place.name);
    return answer;
  }

  async function signIn(asked: Asked): Promise<void> {
    const { req, res, body } = asked;
    const username = String(body['username']);
    const address = addressOf(req);
    const user = await db.user.findUnique({ where: { username: username.trim().toLowerCase() }, select: { id: true } });
    const answer = await guarded({ what: 'password', username }, asked, user?.id);
    const person = answer.ok && user ? await personOf(deps, user.id) : undefined;
    await logSignIn(db, { username, allowed: person !== undefined, address });
    if (!answer.ok) return answer.pass(res);
    if (!user || !person) {
      // Right, and of somebody who is not let in any more: they learn no more than from a wrong one.
      if (user) await endSessions(db, user.id);
      throw new Problem(401, 'InvalidUsernameOrPassword', 'Refused', 'Invalid username or password');
    }
    if ('twoFactorRedirect' in answer.body) {
      return answer.pass(res, { twoFactorMethods: [...person.methods, 'backup'] });
    }
    await rememberPlace(db, { req, res, publicUrl, userId: user.id });
    answer.pass(res);
  }

  async function code(asked: Asked, person: Person): Promise<void> {
    const { req, res, path, body } = asked;
    const { userId, username, caller } = person;
    const given = String(body['code']).normalize('NFKC').replaceAll(/\s/g, '');
    if (path === open.VERIFY_TEXT && !(caller ? person.allowed : person.methods).includes('text')) throw wrongCode();
    if (!(await takeCode(db, userId, `${path} ${given}`))) throw wrongCode();
    const startedAt = new Date();
    const changed = { code: path === open.VERIFY_BACKUP ? hashes.of(given) : given };
    const answer = await guarded({ what: 'code', username }, asked, userId, changed);
    if (!caller) await logSignIn(db, { username, allowed: answer.ok, address: addressOf(req), step: 'code' });
    if (!answer.ok) return answer.pass(res);
    if (!caller) {
      await rememberPlace(db, { req, res, publicUrl, userId });
      return answer.pass(res);
    }
    // Set up just now: what else was signed in by the password alone ends.
    if (path !== open.VERIFY_BACKUP) await endOlderSessions(db, userId, startedAt, caller.sessionId);
    const backupCodes = path === open.VERIFY_TEXT ? await giveBackupCodes(deps, userId, hashes) : undefined;
    await note(person, 'factor.enable', { by: path === open.VERIFY_TEXT ? 'text' : 'totp' });
    answer.pass(res, backupCodes && { backupCodes });
  }

  const note = ({ staffId, stationId }: Person, action: AccountAction, data = {}): Promise<void> =>
    noteAccount(db, { staffId, subjectId: staffId, stationId, action, data });

  /** Everything that somebody signed in does with their own sign-in. */
  async function own(asked: Asked, person: Person): Promise<void> {
    const { res, path, body } = asked;
    const { userId, username, caller } = person;
    if (caller?.mustEnrol && open.FOR_WHOLE.has(path))
      throw forbidden('set up the second factor of this sign-in first');
    if (path === open.CHANGE_PASSWORD) {
      demandPassword(String(body['newPassword']), [username, caller?.name ?? ''], 'newPassword');
    }
    const changed = path === open.CHANGE_PASSWORD ? { ...body, revokeOtherSessions: true } : body;
    const answer = open.WITH_PASSWORD.has(path)
      ? await guarded({ what: 'password', username }, asked, userId, changed)
      : await ask(asked, changed);
    const action = NOTED[path];
    if (answer.ok && action) await note(person, action);
    const uri = answer.body['totpURI'];
    answer.pass(
      res,
      path === open.ENABLE && typeof uri === 'string' ? { totpURI: labelled(uri, username) } : undefined,
    );
  }

  const ownPagesOnly: RequestHandler = (req, _res, next) => {
    if (isWrite(req) && !isSameOrigin(req, config, req.headers.cookie === undefined))
      throw forbidden('this request came from another site');
    next();
  };

  app.all(`${AUTH_PATH}/{*any}`, mountedAt(''), ownPagesOnly, mediaTypes('application/json'), raw, async (req, res) => {
    const path = req.path.slice(AUTH_PATH.length);
    const schema = open.schemaOf(req.method, path);
    if (!schema) throw notFound();
    const asked: Asked = { req, res, path, body: parse(schema, bodyOf(req)) as Record<string, unknown> };
    if (path === open.SIGN_IN) return signIn(asked);
    const person = await personAt(deps, req);
    if (path === open.SEND_TEXT || open.WITH_CODE.has(path)) {
      if (!person) throw unauthorized();
      if (open.WITH_CODE.has(path)) return code(asked, person);
      const tail = await beginText(deps, person);
      return (await ask(asked)).pass(res, { phoneTail: tail });
    }
    if (open.FOR_ANYBODY.has(path)) return (await ask(asked)).pass(res);
    if (!person?.caller) throw unauthorized();
    return own(asked, person);
  });
}
