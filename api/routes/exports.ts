/** Lists as files (导出列表): the same filters, scope and sight as on the screen, as CSV or XLSX. */
import { type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import { logAccess } from '../../store/access-log';
import { type CasePlace, countCases, listCases } from '../../store/case-list';
import { type AlertPlace, countAlerts, listAlerts } from '../../store/cases';
import { countReferrals, listReferrals, type ReferralFilter, type ReferralPlace } from '../../store/referral-list';
import { countServices, listServices, type ServicePlace } from '../../store/services/records';
import { hiddenFrom } from '../../store/sight';
import type { ApiDeps } from '../deps';
import { ALERT_HEADING, alertLines, CASE_HEADING, caseLines, SERVICE_HEADING, serviceLines } from '../export/lists';
import { REFERRAL_HEADING, referralLines } from '../export/referrals';
import { demandFit, type Format, FORMATS, type List, type PageAsked, sendList } from '../export/send';
import { type Permission, requires, scopeOf, sightOf } from '../permissions';
import { callerOf } from '../request';
import { alertQuery, caseQuery, referralQuery } from '../schemas/queries';
import { serviceQuery } from '../schemas/services';
import { logSearch } from '../search-log';
import { parse } from '../validate';
import { filterOf as caseFilterOf } from './case-list';
import { betweenDays, filterOf as serviceFilterOf } from './services';

const PAGED = { cursor: true, limit: true } as const;
const caseFilters = caseQuery.omit(PAGED);
const alertFilters = alertQuery.omit(PAGED);
const serviceFilters = serviceQuery.omit(PAGED);

/** What is asked for stands in the access log, before a line of it leaves. */
async function send<Row, Place>(deps: ApiDeps, req: Request, res: Response, list: List<Row, Place>): Promise<void> {
  const [, kind = '', format] = /\/exports\/(\w+)\.(\w+)/.exec(req.path) ?? [];
  demandFit(await list.count());
  const { userId, staffId } = callerOf(req);
  await logAccess(deps.db, { userId, staffId, action: `export:${kind}`, allowed: true, address: req.ip });
  await sendList(deps, req, res, { list, format: format as Format });
}

const cases = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const query = parse(caseFilters, req.query);
  await logSearch(deps, req, query.q);
  const [sight, filter] = [sightOf(callerOf(req)), caseFilterOf(query)];
  await send(deps, req, res, {
    ...{ name: '案件', heading: CASE_HEADING },
    count: () => countCases(deps.db, sight, filter),
    read: (page: PageAsked<CasePlace>) => listCases(deps.db, sight, filter, page),
    place: ({ nextDueAt, id }): CasePlace => ({ nextDueAt: nextDueAt && nextDueAt.getTime(), id }),
    lines: (rows) => caseLines(deps, rows),
  });
};

const alerts = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const { state } = parse(alertFilters, req.query);
  const sight = sightOf(callerOf(req));
  await send(deps, req, res, {
    ...{ name: '告警', heading: ALERT_HEADING },
    count: () => countAlerts(deps.db, sight, state),
    read: (page: PageAsked<AlertPlace>) => listAlerts(deps.db, sight, state, page),
    place: ({ openedAt, id }): AlertPlace => ({ openedAt: openedAt.getTime(), id }),
    lines: (rows) => alertLines(deps, rows),
  });
};

function referralFilterOf({ partner, from, to, ...exact }: z.infer<typeof referralQuery>): ReferralFilter {
  return { ...exact, partnerId: partner, ...betweenDays({ from, to }) };
}

const referrals = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const [sight, filter] = [sightOf(callerOf(req)), referralFilterOf(parse(referralQuery, req.query))];
  await send(deps, req, res, {
    ...{ name: '转介台账', heading: REFERRAL_HEADING },
    count: () => countReferrals(deps.db, sight, filter),
    read: (page: PageAsked<ReferralPlace>) => listReferrals(deps.db, sight, filter, page),
    place: ({ sentAt, id }): ReferralPlace => ({ sentAt: sentAt.getTime(), id }),
    lines: (rows) => referralLines(deps, rows),
  });
};

const services = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const query = parse(serviceFilters, req.query);
  const caller = callerOf(req);
  const filter = serviceFilterOf(query, await hiddenFrom(deps.db, caller.staffId));
  await send(deps, req, res, {
    ...{ name: '服务记录', heading: SERVICE_HEADING },
    count: () => countServices(deps.db, scopeOf(caller), filter),
    read: (page: PageAsked<ServicePlace>) => listServices(deps.db, scopeOf(caller), filter, page),
    place: ({ at, id }): ServicePlace => ({ at: at.getTime(), id }),
    lines: (rows) => serviceLines(deps, rows),
  });
};

const LISTS: { kind: string; summary: string; permission: Permission; query: z.ZodObject; of: typeof cases }[] = [
  { kind: 'cases', summary: '案件 · Cases', permission: 'case:read', query: caseFilters, of: cases },
  { kind: 'alerts', summary: '告警 · Alerts', permission: 'case:read', query: alertFilters, of: alerts },
  {
    ...{ kind: 'referrals', summary: '转介台账 · The register of referrals' },
    ...{ permission: 'case:read', query: referralQuery, of: referrals },
  },
  { kind: 'services', summary: '服务记录 · Services', permission: 'service:read', query: serviceFilters, of: services },
];

/** `GET /exports/{list}.csv` and `.xlsx` */
export function createExportsRouter(deps: ApiDeps): Router {
  const router = Router();
  for (const { kind, summary, permission, query, of } of LISTS) {
    for (const format of FORMATS) {
      deps.docs.add({
        ...{ method: 'get', path: `/api/v1/exports/${kind}.${format}`, tag: 'exports', permission, query },
        summary: `${summary} as ${format.toUpperCase()}, without personal data of children and reporters`,
        answers: { 200: { description: format === 'csv' ? 'text/csv' : 'XLSX' } },
      });
      router.get(`/exports/${kind}.${format}`, requires(permission), of(deps));
    }
  }
  return router;
}
