/** One look of the audit at every case: rows from PostgreSQL, running workflows from Temporal, judged by domain/audit. */
import { judge, type Finding, type JournalEnd, type OfCase } from '../domain/audit';
import { MOST_ROWS, alertsAtRest, deliveriesAtRest, lateSteps, unstarted, walkCases } from '../store/audit';
import type { Db } from '../store/db';
import type { CaseWatch } from './case-watch';

export interface Look {
  found: Finding[];
  /** False: there was more than one look brings back. */
  complete: boolean;
}

/** Workflows that are asked for one by one, because the list does not have them. */
const MOST_ASKED = 2_000;
const AT_ONCE = 10;

/** Does the work for each, so many at a time. */
export async function inBatches<T>(all: T[], work: (one: T) => Promise<void>): Promise<void> {
  for (let i = 0; i < all.length; i += AT_ONCE) await Promise.all(all.slice(i, i + AT_ONCE).map(work));
}

/** Looks at all cases, whatever their age. @param at by Temporal's clock, on which every deadline runs */
export async function look(db: Db, watch: CaseWatch, at: number): Promise<Look> {
  // Asked first: a workflow that starts meanwhile is not taken for a missing one, since each is asked for again.
  const listed = await watch.listed();
  const unlisted: OfCase[] = [];
  const journals: JournalEnd[] = [];
  await walkCases(db, (page) => {
    unlisted.push(...page.started.filter((one) => !listed.has(one.caseId)));
    journals.push(...page.journals);
    return Promise.resolve();
  });
  const gone: OfCase[] = [];
  await inBatches(unlisted.slice(0, MOST_ASKED), async (one) => {
    if (!(await watch.runs(one.caseId))) gone.push(one);
  });
  const suspects = {
    gone,
    journals: journals.slice(0, MOST_ROWS),
    steps: await lateSteps(db, at),
    alerts: await alertsAtRest(db, at),
    unstarted: await unstarted(db, at),
    deliveries: await deliveriesAtRest(db, at),
  };
  const all = Object.values(suspects).every((rows) => rows.length < MOST_ROWS) && unlisted.length <= MOST_ASKED;
  return { found: judge(suspects, at), complete: all };
}
