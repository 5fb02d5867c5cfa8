/** What people do with a report of the queue (甄别). The row decides; workflows hear of it then, or from the sweep. */
import type { Response } from 'express';
import type { CaseType, Risk, Trigger } from '../../domain/model';
import { isWaiting, possibleIn, type ReportState, type Triage } from '../../domain/reports/model';
import { watchIdOf } from '../../domain/reports/watch';
import type { Report } from '../../prisma/generated/client';
import { readCase, type WholeCase } from '../../store/cases';
import type { Tx } from '../../store/db';
import { type QueuedReport, readReport } from '../../store/reports/queue';
import { type Change, triageReport } from '../../store/reports/triage';
import { hiddenFrom } from '../../store/sight';
import type { ApiDeps } from '../deps';
import { operationIdOf } from '../idempotency';
import { conflict, unprocessable } from '../problem';
import { settleSoon } from '../report-watch';
import { callerOf } from '../request';
import { nothingBody } from '../schemas/relations';
import type { Child, Reporter } from '../schemas/report';
import { decideOutBody, joinCaseBody, screenInBody, screenOutBody } from '../schemas/reports';
import { parse } from '../validate';
import { actorOf } from './case-access';
import { takeCase } from './case-intake';
import { reportInScope, type ReportRequest } from './report-access';
import { reportAnswer } from './report-answer';
import { storyOf } from './report-story';

type Work = (tx: Tx, row: Report, now: Date) => Promise<Change>;

/** Does it under the row's lock and lets the workflows know. @returns the report as it stands then */
async function triaged(deps: ApiDeps, req: ReportRequest, triage: Triage, work: Work): Promise<QueuedReport> {
  const { id } = req.params;
  const doing = { id, triage, by: callerOf(req).staffId, operationId: req.operationId };
  await triageReport(deps.db, doing, work);
  const row = await readReport(deps.db, id);
  if (row) await settleSoon(deps, row);
  return (await readReport(deps.db, id)) ?? (row as QueuedReport);
}

async function carryOut(deps: ApiDeps, req: ReportRequest, res: Response, triage: Triage, work: Work): Promise<void> {
  res.json(reportAnswer(await triaged(deps, req, triage, work)));
}

/** Seals words about a report beside it; the same request again finds them. */
const sealWords = (deps: ApiDeps, tx: Tx, row: Report, kind: 'reason' | 'note', value: string, id: string) =>
  deps.vault.seal(tx, { id, subjectId: row.subjectId, caseId: watchIdOf(row.id), kind, value });

export const take = (deps: ApiDeps) => async (req: ReportRequest, res: Response) => {
  const row = await reportInScope(deps, req);
  parse(nothingBody, req.body);
  const { staffId } = callerOf(req);
  await carryOut(deps, req, res, 'take', async (_tx, _row, now) => ({
    data: { takenBy: staffId, takenAt: now },
    event: { kind: 'report_taken', data: {} },
  }));
  // The ladder rests for whoever looks at it. A report that nobody was told of yet has no ladder to rest.
  if (row.alertId === null || row.alertState !== 'open') return;
  const actor = actorOf(callerOf(req));
  await deps.cases
    .command(watchIdOf(row.id), { do: 'acknowledge', alertId: row.alertId, via: 'api', actor }, req.operationId)
    .catch((error: unknown) => {
      const failure = error instanceof Error ? error.name : 'unknown';
      deps.log.warn({ reportId: row.id, failure }, 'the ladder of a report does not rest');
    });
};

/** It becomes a case by the path that every report takes, and in the same transaction is no longer in the queue. */
export const screenIn = (deps: ApiDeps) => async (req: ReportRequest, res: Response) => {
  const report = await reportInScope(deps, req);
  const body = parse(screenInBody, req.body);
  const type = body.type ?? (report.type as CaseType | null);
  if (type === null) throw unprocessable([{ path: 'type', message: 'required: the report names none' }]);
  const actor = actorOf(callerOf(req));
  // One case a report, whoever asks for it.
  const caseId = operationIdOf({ caller: 'report', key: report.id });
  const opened = await deps.vault.openCase(deps.db, watchIdOf(report.id));
  await carryOut(deps, req, res, 'screen_in', async (tx, row, now) => {
    const { id, number, stationId, occurredAt } = row;
    await takeCase(deps, tx, {
      ...{ caseId, stationId, type, actor, drill: false, report: { id, number } },
      risk: body.risk ?? (row.risk as Risk | null) ?? undefined,
      // The clocks run from when the report was received, however long it waited.
      receivedAt: row.receivedAt.getTime(),
      ...(occurredAt && { occurredAt: occurredAt.getTime() }),
      triggers: body.triggers ?? (row.triggers as Trigger[]),
      guardianIsSuspect: body.guardianIsSuspect ?? false,
      child: { ...(opened.child as Child | undefined), ...body.child },
      reporter: opened.reporter as Reporter | undefined,
      narrative: typeof opened.narrative === 'string' ? opened.narrative : '',
      at: now.getTime(),
    });
    return {
      data: { state: 'screened_in', caseId, screenedBy: actor.id, screenedAt: now },
      event: { kind: 'report_screened_in', data: { caseId } },
    };
  });
};

/** Only a case that goes on takes a report. @param hidden cases that are not to be spoken of @throws Problem 409 */
function demandTaking(found: WholeCase, hidden: readonly string[]): void {
  if (found.joinedInto !== null) {
    const known = !hidden.includes(found.joinedInto);
    const possible = [...(known ? [`join ${found.joinedInto}`] : []), 'split'];
    const shown = known ? found.joinedNumber : undefined;
    throw conflict('CaseJoined', `the case goes on as ${shown ?? 'another one'}`, { possible });
  }
  if (found.status === 'closed')
    throw conflict('CaseClosed', 'the case is closed', { possible: ['reopen', 'screen_in'] });
}

/** Its words go into the case's part of the vault, its facts to the case's rules. */
export const joinCase = (deps: ApiDeps) => async (req: ReportRequest, res: Response) => {
  const report = await reportInScope(deps, req);
  const { caseId } = parse(joinCaseBody, req.body);
  const found = await readCase(deps.db, caseId);
  const hidden = await hiddenFrom(deps.db, callerOf(req).staffId);
  if (found?.stationId !== report.stationId || found.drill || hidden.includes(found.id))
    throw unprocessable([{ path: 'caseId', message: 'there is no such case in this station' }]);
  demandTaking(found, hidden);
  const { staffId } = callerOf(req);
  const story = storyOf(report, await deps.vault.openCase(deps.db, watchIdOf(report.id)));
  const joined = await triaged(deps, req, 'join', async (tx, _row, now) => {
    const noteId = await deps.vault.seal(tx, {
      ...{ id: req.operationId, subjectId: found.subjectId, caseId, kind: 'note', value: story },
    });
    return {
      data: { state: 'joined', caseId, noteId, screenedBy: staffId, screenedAt: now },
      event: { kind: 'report_joined', data: { caseId } },
    };
  });
  // The case was closed in that very moment, and the report waits again.
  if (isWaiting(joined.state as ReportState)) {
    demandTaking((await readCase(deps.db, caseId)) ?? found, hidden);
    throw conflict('CaseClosed', 'the case was closed meanwhile', {
      possible: [...possibleIn(joined.state as ReportState)],
    });
  }
  res.json(reportAnswer(joined));
};

export const screenOut = (deps: ApiDeps) => async (req: ReportRequest, res: Response) => {
  await reportInScope(deps, req);
  const { reason } = parse(screenOutBody, req.body);
  const { staffId } = callerOf(req);
  await carryOut(deps, req, res, 'screen_out', async (tx, row, now) => {
    const reasonId = await sealWords(deps, tx, row, 'reason', reason, req.operationId);
    return {
      data: { state: 'out_asked', reasonId, askedBy: staffId, askedAt: now },
      event: { kind: 'report_out_asked', data: { reasonId } },
    };
  });
};

/** The second person's word. Refused, the report waits again as if nobody had asked; its clock never stopped. */
export const decideOut = (deps: ApiDeps) => async (req: ReportRequest, res: Response) => {
  await reportInScope(deps, req);
  const { approve, note } = parse(decideOutBody, req.body);
  const { staffId } = callerOf(req);
  await carryOut(deps, req, res, 'decide', async (tx, row, now) => {
    const noteId = note === undefined ? null : await sealWords(deps, tx, row, 'note', note, req.operationId);
    const decided = { decidedBy: staffId, decidedAt: now, noteId };
    return approve
      ? {
          data: { ...decided, state: 'screened_out', screenedBy: staffId, screenedAt: now },
          event: { kind: 'report_screened_out', data: { noteId } },
        }
      : { data: { ...decided, state: 'waiting' }, event: { kind: 'report_out_refused', data: { noteId } } };
  });
};
