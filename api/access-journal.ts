/** Brings what happened to a case beside its workflow onto its journal, at once where Temporal answers and later where not. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from '../domain/messages';
import { SYSTEM } from '../domain/model';
import { type Repeated, repeat } from '../runtime/repeat';
import type { AccessChange } from '../prisma/generated/client';
import { markJournalled, settleGlass, unjournalled } from '../store/shields';
import type { ApiDeps } from './deps';
import { isAway } from './failure';

type Deps = Pick<ApiDeps, 'db' | 'cases' | 'log'>;
type NoteAccess = Extract<Command, { do: 'note_access' }>;

const EVERY_MS = 3_000;
/** Nobody in an emergency waits longer for a journal that will be written all the same. */
const ANSWER_WITHIN_MS = 2_000;

/** Says it to the case under the change's own id: however often it is said, it stands there once. */
async function say({ db, cases }: Deps, { id, caseId, kind, staffId, data }: AccessChange): Promise<void> {
  const actor = staffId === null ? SYSTEM : ({ kind: 'staff', id: staffId } as const);
  // What stands in the row was written as these very types.
  const said = { kind, data } as Pick<NoteAccess, 'kind' | 'data'>;
  await cases.command(caseId, { do: 'note_access', ...said, actor }, id);
  await markJournalled(db, id);
}

const notYet = ({ log }: Deps, { caseId, id }: AccessChange, error: unknown): void => {
  const failure = error instanceof Error ? error.name : 'unknown';
  log.warn({ caseId, change: id, failure }, 'a change of access is not on the journal yet');
};

/**
 * A case that cannot be told holds up nobody behind it, and hears nothing later before what was earlier; is Temporal away, all wait.
 */
export async function journalChanges(deps: Deps): Promise<void> {
  await settleGlass(deps.db);
  const silent = new Set<string>();
  for (;;) {
    const changes = await unjournalled(deps.db, { but: [...silent] });
    if (changes.length === 0) return;
    for (const change of changes) {
      if (silent.has(change.caseId)) continue;
      try {
        await say(deps, change);
      } catch (error) {
        notYet(deps, change, error);
        silent.add(change.caseId);
        if (isAway(error) && !(await deps.cases.ready()).temporal) return;
      }
    }
  }
}

export const watchChanges = (deps: Deps): Repeated =>
  repeat(
    EVERY_MS,
    () => journalChanges(deps),
    (error) => deps.log.warn({ failure: error instanceof Error ? error.name : 'unknown' }, 'changes of access wait'),
  );

/** What waits of the case comes first: the journal is in the order of what happened. */
async function journalCase(deps: Deps, change: AccessChange): Promise<void> {
  try {
    for (const one of await unjournalled(deps.db, { caseId: change.caseId })) await say(deps, one);
  } catch (error) {
    notYet(deps, change, error);
  }
}

/** In a request: the change holds already, and the journal has it a moment later where the case is out of reach. */
export async function journalNow(deps: Deps, id: string): Promise<void> {
  const change = await deps.db.accessChange.findUnique({ where: { id } });
  if (!change || change.journalledAt) return;
  await Promise.race([journalCase(deps, change), sleep(ANSWER_WITHIN_MS, undefined, { ref: false })]);
}
