import { SKEW_MS } from '../domain/audit';
import { calendarKnows } from '../domain/calendar';
import { beijing } from '../domain/zone';
import { API_CLOCK, skewedClocks } from '../store/findings';
import { clockAhead, clockWarning } from './clock';
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

/** Clocks of others that the audit found to be off: the worker's, the database's. */
const othersOff = async (db: ApiDeps['db']): Promise<string[]> =>
  (await skewedClocks(db))
    .filter((clock) => !clock.startsWith(API_CLOCK))
    .map((clock) => `the clock of the ${clock} is off by more than ${SKEW_MS / 1000} s`);

/** Can this system do its work: does the database answer, does Temporal, does a worker take tasks? Never rejects. */
export async function readiness({ db, cases, policies }: ApiDeps, now = Date.now()): Promise<Readiness> {
  let workflow = { temporal: false, worker: false };
  let clocks: string[] = [];
  let limits: Awaited<ReturnType<typeof limitsInForce>> = {};
  const ofDatabase = async (): Promise<void> => {
    const [ahead, found] = await Promise.all([clockAhead(db), limitsInForce(db)]);
    clocks = [...clockWarning(ahead), ...(await othersOff(db))];
    limits = found;
  };
  const [database] = await Promise.all([
    answers(ofDatabase()),
    answers(cases.ready().then((state) => (workflow = state))),
  ]);
  const checks = { database, temporal: workflow.temporal, worker: workflow.worker };
  const warnings = [...clocks, ...tooTight(policies.current, limits)];
  const nextYear = beijing(now).year + 1;
  if (!calendarKnows(nextYear - 1))
    warnings.push(`the holidays of ${nextYear - 1} are not known: ordinary weekdays count`);
  if (!calendarKnows(nextYear)) warnings.push(`the holidays of ${nextYear} are not known yet`);
  return { ok: database && checks.temporal && checks.worker, checks, warnings };
}
