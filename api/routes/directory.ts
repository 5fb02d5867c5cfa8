/** Who there is to work with: the station's staff, and partners (协作单位). */
import { type Request, type Response, Router } from 'express';
import { addressesOf } from '../../store/contacts';
import { listPartners, listStaff, listStations } from '../../store/people';
import type { ApiDeps } from '../deps';
import { requires, scopeOf } from '../permissions';
import { callerOf } from '../request';
import { itemsOf, partnerAnswer, staffAnswer, stationAnswer } from '../schemas/answers';
import { emptyQuery, partnerQuery } from '../schemas/queries';
import { parse } from '../validate';
import { partnerShown } from './partners';

const staff = (deps: ApiDeps) => async (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  const people = await listStaff(deps.db, scopeOf(callerOf(req)));
  const items = people.map(({ id, name, role, stationId, contacts }) => {
    return { id, name, role, stationId, phone: addressesOf(contacts).phone };
  });
  res.json({ items });
};

const partners = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const { kind } = parse(partnerQuery, req.query);
  const found = await listPartners(deps.db, scopeOf(callerOf(req)), kind);
  res.json({ items: found.map(partnerShown) });
};

const stations = (deps: ApiDeps) => async (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  const found = await listStations(deps.db, scopeOf(callerOf(req)));
  res.json({ items: found.map(({ id, name }) => ({ id, name })) });
};

/** `GET /staff`, `GET /partners`, `GET /stations` */
export function createDirectoryRouter(deps: ApiDeps): Router {
  deps.docs.add(
    {
      method: 'get',
      path: '/api/v1/staff',
      summary: "The station's staff",
      tag: 'directory',
      permission: 'staff:read',
      answers: { 200: { description: 'Active staff', schema: itemsOf(staffAnswer) } },
    },
    {
      method: 'get',
      path: '/api/v1/partners',
      summary: 'Partners that the station works with',
      tag: 'directory',
      permission: 'partner:read',
      query: partnerQuery,
      answers: { 200: { description: 'Active partners', schema: itemsOf(partnerAnswer) } },
    },
    {
      method: 'get',
      path: '/api/v1/stations',
      summary: 'The stations that the caller works with',
      tag: 'directory',
      permission: 'staff:read',
      answers: { 200: { description: 'Stations', schema: itemsOf(stationAnswer) } },
    },
  );
  return Router()
    .get('/staff', requires('staff:read'), staff(deps))
    .get('/partners', requires('partner:read'), partners(deps))
    .get('/stations', requires('staff:read'), stations(deps));
}
