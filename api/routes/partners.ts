/** The directory of partners (协作单位目录): entered, changed and retired by the station's supervisor or an admin. */
import { type Request, type Response, Router } from 'express';
import { withinHours } from '../../domain/roster/on-duty';
import type { Partner } from '../../prisma/generated/client';
import {
  addPartner,
  changePartner,
  dutiesOf,
  hoursOfPartner,
  readPartnerWhole,
  retirePartner,
} from '../../store/partners';
import { readPlace } from '../../store/roster-names';
import type { ApiDeps } from '../deps';
import { inScope, requires, scopeOf } from '../permissions';
import { conflict, forbidden, notFound, unprocessable } from '../problem';
import { type Caller, callerOf } from '../request';
import { partnerAnswer, type PartnerAnswer } from '../schemas/answers';
import { partnerBody, partnerContacts, partnerPatch } from '../schemas/partner-directory';
import { nothing } from '../schemas/people';
import { emptyQuery, PARTNER_KINDS } from '../schemas/queries';
import { parse } from '../validate';
import { hoursOf, hoursShown } from './roster-rotations';

type ById = Request<{ id: string }>;

export const partnerShown = (row: Partner): PartnerAnswer => ({
  ...{ id: row.id, name: row.name, stationId: row.stationId, area: row.area, duties: dutiesOf(row) },
  kind: PARTNER_KINDS.find((one) => one === row.kind) ?? 'other',
  hours: hoursShown(hoursOfPartner(row)),
  open: withinHours(hoursOfPartner(row), Date.now()),
});

/** @throws Problem 403: what every station works with is the bureau's to change, and a station's its own */
function demandOwn(caller: Caller, stationId: string | null): void {
  const own = stationId === null ? caller.bureau : inScope(caller, stationId);
  if (!own) throw forbidden('the bureau changes what every station works with', { action: 'partner:manage' });
}

const wholeAnswer = partnerAnswer.extend({ contacts: partnerContacts });

async function readable(deps: ApiDeps, req: ById) {
  const row = await readPartnerWhole(deps.db, req.params.id);
  const scope = scopeOf(callerOf(req));
  const sees = row && (scope === 'all' || row.stationId === null || scope.stationIds.includes(row.stationId));
  if (!row || !sees) throw notFound('there is no such partner');
  return row;
}

/** @throws Problem 404, 403 */
async function editable(deps: ApiDeps, req: ById) {
  const row = await readable(deps, req);
  demandOwn(callerOf(req), row.stationId);
  return row;
}

const view = (deps: ApiDeps) => async (req: ById, res: Response) => {
  parse(emptyQuery, req.query);
  const row = await readable(deps, req);
  const contacts = row.contacts.map(({ id, kind, value, label, verifiedAt }) => {
    return { id, kind: kind === 'email' ? 'email' : 'phone', value, label, verified: verifiedAt !== null };
  });
  res.json({ ...partnerShown(row), contacts });
};

const add = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const caller = callerOf(req);
  const { stationId = caller.bureau ? null : caller.stationId, hours, ...words } = parse(partnerBody, req.body);
  if (stationId !== null && !(inScope(caller, stationId) && (await readPlace(deps.db, stationId))))
    throw unprocessable([{ path: 'stationId', message: 'there is no such station' }]);
  demandOwn(caller, stationId);
  const given = { ...words, stationId, ...(hours && { hours: hoursOf(hours) }) };
  res.status(201).json(partnerShown(await addPartner(deps.db, { id: req.operationId, ...given }, caller.staffId)));
};

const change = (deps: ApiDeps) => async (req: ById, res: Response) => {
  const row = await editable(deps, req);
  const { hours, ...words } = parse(partnerPatch, req.body);
  const given = { ...words, ...(hours !== undefined && { hours: hours && hoursOf(hours) }) };
  res.json(partnerShown(await changePartner(deps.db, row, given, callerOf(req).staffId)));
};

const retire = (deps: ApiDeps) => async (req: ById, res: Response) => {
  const row = await editable(deps, req);
  parse(nothing, req.body ?? {});
  const retired = await retirePartner(deps.db, row, callerOf(req).staffId);
  if (retired) return void res.json(partnerShown(retired));
  // How many is not said: some may be of cases that the caller must not know of (限定知悉、回避).
  const possible = ['close or revoke its referrals'];
  throw conflict('PartnerInUse', 'referrals are open there', { possible });
};

/** Routes below /partners; the list is the directory's. */
export function createPartnersRouter(deps: ApiDeps): Router {
  const about = { tag: 'directory', permission: 'partner:manage', path: '/api/v1/partners/{id}' } as const;
  const one = { 200: { description: 'The partner', schema: partnerAnswer } };
  deps.docs.add(
    {
      ...about,
      ...{ method: 'get', permission: 'partner:read' },
      summary: 'One partner with its contacts in their order',
      answers: { 200: { description: 'The partner', schema: wholeAnswer } },
    },
    {
      ...about,
      ...{ method: 'post', path: '/api/v1/partners', body: partnerBody },
      summary: 'Enter a partner; its numbers and mailboxes are entered under contacts',
      answers: { 201: { description: 'The partner', schema: partnerAnswer } },
    },
    {
      ...about,
      ...{ method: 'patch', body: partnerPatch },
      summary: 'Change name, area, hours or duties',
      answers: one,
    },
    {
      ...about,
      ...{ method: 'post', path: `${about.path}/retire`, body: nothing },
      summary: 'Take a partner out of use; 409 while referrals are open there',
      answers: one,
    },
  );
  return Router()
    .get('/partners/:id', requires('partner:read'), view(deps))
    .post('/partners', requires('partner:manage'), add(deps))
    .patch('/partners/:id', requires('partner:manage'), change(deps))
    .post('/partners/:id/retire', requires('partner:manage'), retire(deps));
}
