/** recordReport: what the watch over a report has decided becomes rows and messages, in one transaction. */
import { ApplicationFailure } from '@temporalio/common';
import type { RecordInput, RecordOutput, Told } from '../domain/messages';
import { isWaiting, type ReportState } from '../domain/reports/model';
import { callsForScreening, inReportWords, reportOf } from '../domain/reports/watch';
import { makeDeliveries } from '../store/deliveries';
import { lockReport, writeWatch } from '../store/reports/watch';
import type { ActivityDeps } from './deps';
import type { HeadStarts } from './head-start';
import { type Moment, tellOne } from './tell';

export const createRecordReport = (deps: ActivityDeps, headStarts?: HeadStarts) => ({
  /**
   * Safe to repeat, as `record` is. The report's row stays locked meanwhile, and the row decides: once somebody has screened
   * the report, nobody is called to it any more, whatever the watch has heard of that.
   * @throws ApplicationFailure CaseUnknown where the report has no row.
   */
  async recordReport(input: RecordInput): Promise<RecordOutput> {
    const told = await deps.db.$transaction(async (tx) => {
      const id = reportOf(input.caseId) ?? '';
      const row = await lockReport(tx, id);
      if (!row) throw ApplicationFailure.retryable(`no row for report ${id}`, 'CaseUnknown');
      await writeWatch(tx, id, input);
      const waits = isWaiting(row.state as ReportState);
      const about = { ...input, number: row.number };
      const all: Told[] = [];
      const moment: Moment = { reached: new Set(), make: (of) => makeDeliveries(tx, of) };
      for (const tell of input.tells.map(inReportWords))
        if (waits || !callsForScreening(tell)) all.push(await tellOne(deps, tx, about, tell, moment));
      return all;
    });
    const made = told.flatMap(({ deliveries, groups = [] }) => [...deliveries, ...groups]);
    headStarts?.begin(made, { at: input.at, risk: input.projection.risk });
    return { told };
  },
});
