/** Keeps the record honest beside the requests: anchors the journal once a day, and looks for odd patterns in who looked. */
import { Counter } from 'prom-client';
import { ACCESS_WINDOW_MS, oddPatterns } from '../domain/access-patterns';
import { installationKeys } from '../runtime/env';
import { repeat, type Repeated } from '../runtime/repeat';
import { addFindings, type AccessFindingMade, looksSince } from '../store/access-log';
import { type MadeAnchor, makeAnchor } from '../store/proof/make';
import { ringOf } from '../store/keys';
import type { ApiDeps } from './deps';

const EVERY_MS = 60_000;

type Deps = Pick<ApiDeps, 'db' | 'log' | 'metrics' | 'config' | 'access'>;

/** Makes the day's anchor where it is not made yet; its hash is logged, so that logs kept elsewhere hold it. */
export async function anchorDay({ db, log, config }: Deps, now: number): Promise<MadeAnchor | undefined> {
  const made = await makeAnchor(db, ringOf(installationKeys(config)), now);
  if (made) log.info(made, 'journal anchored');
  return made;
}

/** Finds odd patterns of the last hour, and has the duty officer told of new ones. */
export async function findOddLooks({ db, log, access }: Deps, now: number): Promise<AccessFindingMade[]> {
  const found = oddPatterns(await looksSince(db, now - ACCESS_WINDOW_MS), now, access.odd);
  const made = await addFindings(db, found, now);
  for (const { id, kind, count } of made) log.warn({ findingId: id, kind, count }, 'odd looks at files');
  return made;
}

/** Anchors the journals each day and looks for odd patterns, until it is stopped. */
export function watchRecord(deps: Deps): Repeated[] {
  const findings = new Counter({
    name: 'shouwang_access_findings_total',
    help: 'Odd patterns found in the access log',
    labelNames: ['kind'] as const,
    registers: [deps.metrics.registry],
  });
  const failed = (what: string) => (error: unknown) =>
    deps.log.warn({ failure: error instanceof Error ? error.name : 'unknown' }, what);
  return [
    repeat(EVERY_MS, async () => void (await anchorDay(deps, Date.now())), failed('the journal is not anchored')),
    repeat(
      EVERY_MS,
      async () => {
        for (const { kind } of await findOddLooks(deps, Date.now())) findings.inc({ kind });
      },
      failed('the access log is not watched'),
    ),
  ];
}
