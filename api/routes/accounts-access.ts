/** Who may give which role, and the record of it. */
import type { Request, Response } from 'express';
import { rfc3339 } from '../../domain/zone';
import { listAccountEvents } from '../../store/account-journal';
import { readPlace } from '../../store/roster-names';
import type { ApiDeps } from '../deps';
import { inScope, scopeOf } from '../permissions';
import { forbidden, unprocessable } from '../problem';
import { type Caller, callerOf } from '../request';
import { accountEventQuery, type AccountEventAnswer } from '../schemas/accounts';
import { parse } from '../validate';

/** They see every station, or give accounts themselves. */
const BUREAU_ALONE = new Set(['duty_officer', 'admin']);

/** @throws Problem 403 for a station's administrator who would give more than the station has */
export function demandGrant(caller: Caller, role: string): void {
  if (!caller.bureau && BUREAU_ALONE.has(role)) {
    throw forbidden('the bureau gives and changes this role', { action: 'account:manage' });
  }
}

/** @throws Problem 422 for a station that is unknown or another's */
export async function demandStation(deps: ApiDeps, caller: Caller, stationId: string): Promise<void> {
  if ((await readPlace(deps.db, stationId)) && inScope(caller, stationId)) return;
  throw unprocessable([{ path: 'stationId', message: 'there is no such station' }]);
}

export const accountEvents = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const { before, limit } = parse(accountEventQuery, req.query);
  const from = before === undefined ? undefined : BigInt(before);
  const rows = await listAccountEvents(deps.db, scopeOf(callerOf(req)), limit, from);
  const items = rows.map(({ id, at, staffId, subjectId, action, data }): AccountEventAnswer => ({
    ...{ id: String(id), at: rfc3339(at), staffId, subjectId, action },
    data: data as Record<string, unknown>,
  }));
  res.json({ items });
};
