/** The page behind an alert's link in a mail: /a/{token}. Only the POST acknowledges. */
import { randomUUID } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import { type AlertOfCase, namesOf, readAlert } from '../../store/cases';
import { mayStillHear } from '../../store/hearers';
import type { ApiDeps } from '../deps';
import { alertPage } from '../pages/alert';
import { gone, notFound } from '../problem';
import { acknowledgeFormBody } from '../schemas/partner';
import { parse } from '../validate';
import { caseClock, listedAlert, nameOf } from './case-answer';
import { failedPage, isSandbox, operationOf, sendPage, wantsJson } from './page-reply';
import { documentAlertPages } from './partner-docs';

type LinkRequest = Request<{ token: string }>;

/** The alert that a token opens, and for whom. @throws Problem 404 for an unknown token; 410 when it is over */
async function openAlertLink(deps: ApiDeps, token: string): Promise<{ alert: AlertOfCase; staffId: string }> {
  const found = await deps.links.find('alert', token);
  if (found === 'expired') throw gone('LinkExpired', 'this link has expired');
  if (found === 'revoked') throw gone('LinkRevoked', 'this link was withdrawn');
  const alert = found && (await readAlert(deps.db, found.refId));
  if (!alert) throw notFound('there is no such link');
  const staff = await deps.db.staff.findFirst({ where: { id: found.personId, active: true } });
  // A mail that was under way while its reader was shut out, or changed roles, brings a link that nobody took back.
  const mayHear = staff && (await mayStillHear(deps.db, alert.caseId, { kind: 'staff', id: staff.id }));
  if (!mayHear) throw gone('LinkRevoked', 'this link was withdrawn');
  if (alert.state === 'resolved') throw gone('AlertOver', 'the alert is over');
  return { alert, staffId: staff.id };
}

async function send(deps: ApiDeps, req: LinkRequest, res: Response, alert: AlertOfCase, said?: string): Promise<void> {
  const names = deps.policies.current.names;
  if (wantsJson(req)) return void res.json(listedAlert(alert, names));
  const { acknowledgedBy, acknowledgedAt, stepId, caseId } = alert;
  const step = await deps.db.stepRow.findUniqueOrThrow({ where: { caseId_id: { caseId, id: stepId } } });
  const people = await namesOf(deps.db, { staff: acknowledgedBy === null ? [] : [acknowledgedBy], partners: [] });
  const by = acknowledgedBy === null ? undefined : (people.get(acknowledgedBy) ?? acknowledgedBy);
  const page = alertPage({
    sandbox: isSandbox(deps),
    path: `/a/${req.params.token}`,
    number: alert.case.number,
    stepName: nameOf(names, alert.stepKind),
    dueAt: step.dueAt.getTime(),
    now: caseClock(alert.case),
    acknowledged: by !== undefined && acknowledgedAt ? { by, at: acknowledgedAt.getTime() } : undefined,
    once: randomUUID(),
    said,
  });
  sendPage(res, 200, page);
}

/** Mounted at /a, behind the form's body parser and the check that the form is our own. */
export function createAlertPagesRouter(deps: ApiDeps): Router {
  documentAlertPages(deps.docs);
  return Router()
    .get('/:token', async (req: LinkRequest, res: Response) => {
      const { alert } = await openAlertLink(deps, req.params.token);
      await send(deps, req, res, alert);
    })
    .post('/:token', async (req: LinkRequest, res: Response) => {
      const { alert, staffId } = await openAlertLink(deps, req.params.token);
      const { once } = parse(acknowledgeFormBody, req.body);
      const operationId = operationOf(req, `${alert.id}/${staffId}`, once);
      const actor = { kind: 'staff', id: staffId } as const;
      const answer = await deps.cases.command(
        alert.caseId,
        { do: 'acknowledge', alertId: alert.id, via: 'link', actor },
        operationId,
      );
      const now = (await openAlertLink(deps, req.params.token)).alert;
      await send(deps, req, res, now, answer.repeated ? '您此前已经确认，无需重复操作。' : '已确认，感谢跟进。');
    })
    .use(failedPage(deps));
}
