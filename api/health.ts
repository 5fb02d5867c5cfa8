import { calendarKnows } from '../domain/calendar';
import { beijing } from '../domain/zone';
import { tooTight } from '../domain/limits';
import { limitsInForce } from '../store/budget';
import type { ApiDeps } from './deps';

export interface Readiness {
  ok: boolean;
  checks: { database: boolean; temporal: boolean; worker: boolean };
  /** What somebody should see to before it becomes a failure. */
  warnings: string[];
}

const PATIENCE_MS = 3_000;

/** False when it fails or takes longer than a probe waits. */
async function answers(work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(resolve, PATIENCE_MS, false)));
  const done = work.then(
    () => true,
    () => false,
  );
  const answered = await Promise.race([done, late]);
  clearTimeout(timer);
  return answered;
}

/** Can this system do its work: does the database answer, does Temporal, does a worker take tasks? Never rejects. */
export async function readiness({ db, cases, policies }: ApiDeps, now = Date.now()): Promise<Readiness> {
  let workflow = { temporal: false, worker: false };
  let limits: Awaited<ReturnType<typeof limitsInForce>> = {};
  const [database] = await Promise.all([
    answers(limitsInForce(db).then((found) => (limits = found))),
    answers(cases.ready().then((state) => (workflow = state))),
  ]);
  const checks = { database, temporal: workflow.temporal, worker: workflow.worker };
  const warnings = tooTight(policies.current, limits);
  const nextYear = beijing(now).year + 1;
  if (!calendarKnows(nextYear - 1))
    warnings.push(`the holidays of ${nextYear - 1} are not known: ordinary weekdays count`);
  if (!calendarKnows(nextYear)) warnings.push(`the holidays of ${nextYear} are not known yet`);
  return { ok: database && checks.temporal && checks.worker, checks, warnings };
}
