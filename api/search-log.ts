/** Searches by name (按姓名检索) on the record: who, when, from where, and whether for one's own name; never the words. */
import type { Request } from 'express';
import { isOwnName, SEARCH, SEARCH_OWN } from '../domain/access-patterns';
import { logAccess } from '../store/access-log';
import type { ApiDeps } from './deps';
import { callerOf } from './request';

/** A part of a case number, of an id or of a phone: no name. */
const NO_NAME = /^[A-Za-z]?[\d\s+-]*$/;

/** Call it wherever words are searched for, before the search. */
export async function logSearch(deps: Pick<ApiDeps, 'db'>, req: Request, words: string | undefined): Promise<void> {
  if (words === undefined || NO_NAME.test(words.normalize('NFKC').trim())) return;
  const { userId, staffId, name } = callerOf(req);
  const action = isOwnName(words, name) ? SEARCH_OWN : SEARCH;
  await logAccess(deps.db, { userId, staffId, action, allowed: true, address: req.ip });
}
