/** Looking at one case. Every look is on the record (查阅留痕). */
import { type Request, type Response, Router } from 'express';
import type { Event } from '../../prisma/generated/client';
import { mayKnowReporter } from '../../domain/sight';
import { rfc3339 } from '../../domain/zone';
import { type Ground, logAccess } from '../../store/access-log';
import { namesOf, readEvents, type WholeCase } from '../../store/cases';
import { shieldOf } from '../../store/sight';
import type { OpenedCase } from '../../store/vault';
import type { ApiDeps } from '../deps';
import { allow, inScope, requires } from '../permissions';
import { type Caller, callerOf } from '../request';
import { caseFile, type CaseFile, itemsOf, type TimelineEvent, timelineEvent } from '../schemas/answers';
import { answerOf, caseToRead, type Readable } from './case-access';
import { withoutHiddenOthers } from './hidden-others';
import { TEXT_FIELDS } from '../../store/journal';

type CaseRequest = Request<{ id: string }>;

/** Why the caller may look at this case. */
export function groundOf(
  { staffId, role, stationId }: Caller,
  row: { assigneeId: string | null; stationId: string },
): Ground {
  if (row.assigneeId === staffId) return 'assigned';
  if (role === 'admin' || role === 'evaluator') return 'oversight';
  return row.stationId === stationId ? 'station' : 'duty';
}

/** {@link groundOf}, and where that alone would not do: named, or by broken glass. */
async function shieldedGround(deps: ApiDeps, caller: Caller, row: WholeCase): Promise<Ground> {
  if (!row.restricted && inScope(caller, row.stationId)) return groundOf(caller, row);
  const { named } = await shieldOf(deps.db, row.id);
  return named.includes(caller.staffId) ? 'named' : 'glass';
}

/**
 * Opens what the caller may see, and writes down that they looked. Undefined: nothing of the child for them.
 * @param how `also`: what else is done with it, a line of its own
 */
export async function look(
  deps: ApiDeps,
  req: CaseRequest,
  { row, former }: Readable,
  { withReporter = false, also }: { withReporter?: boolean; also?: string } = {},
): Promise<OpenedCase | undefined> {
  const caller = callerOf(req);
  const { userId, staffId } = caller;
  const sees = allow(caller, 'case:read-child');
  const reporter = withReporter && allow(caller, 'case:read-reporter') && mayKnowReporter(caller, row);
  const opened = sees
    ? await deps.vault.openCase(deps.db, row.id, { without: reporter ? [] : ['reporter'] })
    : undefined;
  const ground = former ? 'former' : await shieldedGround(deps, caller, row);
  const line = { userId, staffId, caseId: row.id, allowed: true, address: req.ip, ground };
  await logAccess(deps.db, { ...line, action: sees ? 'case:read-child' : 'case:read' });
  // Who reported is kept apart from what happened: each opening is a line of its own.
  if (opened?.reporter !== undefined) await logAccess(deps.db, { ...line, action: 'case:read-reporter' });
  if (also !== undefined) await logAccess(deps.db, { ...line, action: also });
  return opened;
}

/** A text from the vault; null where it may not be seen or is no longer there. */
function textOf(opened: OpenedCase | undefined, itemId: unknown): string | null {
  const text = typeof itemId === 'string' ? opened?.items.get(itemId) : undefined;
  return typeof text === 'string' ? text : null;
}

const personOf = (value: unknown): CaseFile['child'] =>
  typeof value === 'object' && value !== null ? { ...value } : null;

const view = (deps: ApiDeps) => async (req: CaseRequest, res: Response) => {
  const found = await caseToRead(deps, req);
  const { row, former } = found;
  const opened = await look(deps, req, found, { withReporter: true });
  const answer = answerOf(deps, row);
  const noteIds = new Map(row.steps.map(({ id, noteId }) => [id, noteId]));
  const file: CaseFile = {
    ...answer,
    steps: answer.steps.map((step) => ({ ...step, note: textOf(opened, noteIds.get(step.id)) })),
    child: personOf(opened?.child),
    reporter: personOf(opened?.reporter),
    narrative: typeof opened?.narrative === 'string' ? opened.narrative : null,
    leftAt: former ? rfc3339(former.leftAt) : null,
  };
  res.json(file);
};

/** Entries of the journal that are times, in milliseconds. */
const TIMES = /(?:At|By)$|^(?:until|from|to)$/;

const inWords = ([key, value]: [string, unknown]): [string, unknown] => [
  key,
  typeof value === 'number' && TIMES.test(key) ? rfc3339(value) : value,
];

function timelineOf(event: Event, names: Map<string, string>, opened: OpenedCase | undefined): TimelineEvent {
  const said = Object.entries(event.data as Record<string, unknown>);
  const texts = said.flatMap(([key, value]) => (TEXT_FIELDS.includes(key) ? (textOf(opened, value) ?? []) : []));
  const actor = { kind: event.actorKind as TimelineEvent['actor']['kind'], id: event.actorId };
  return {
    seq: event.seq,
    at: rfc3339(event.at),
    actor: { ...actor, name: names.get(event.actorId) ?? null },
    kind: event.kind,
    data: Object.fromEntries(said.filter(([key]) => !TEXT_FIELDS.includes(key)).map(inWords)),
    note: texts.length > 0 ? texts.join('\n') : null,
  };
}

const timeline = (deps: ApiDeps) => async (req: CaseRequest, res: Response) => {
  const found = await caseToRead(deps, req);
  const { row, former } = found;
  const opened = await look(deps, req, found);
  const written = await readEvents(deps.db, row.id, former?.untilSeq);
  const events = await withoutHiddenOthers(deps, callerOf(req), written);
  const idsOf = (kind: string): string[] => [
    ...new Set(events.filter(({ actorKind }) => actorKind === kind).map(({ actorId }) => actorId)),
  ];
  const names = await namesOf(deps.db, { staff: idsOf('staff'), partners: idsOf('partner') });
  res.json({ items: events.map((event) => timelineOf(event, names, opened)) });
};

/** `GET /cases/{id}` and `GET /cases/{id}/timeline` */
export function createCaseViewRouter(deps: ApiDeps): Router {
  const about = { method: 'get', tag: 'cases', permission: 'case:read' } as const;
  deps.docs.add(
    {
      ...about,
      path: '/api/v1/cases/{id}',
      summary: 'One case; child, reporter, narrative and notes are null for those who may not see them',
      answers: { 200: { description: 'The case', schema: caseFile } },
    },
    {
      ...about,
      path: '/api/v1/cases/{id}/timeline',
      summary: 'The journal of a case',
      answers: { 200: { description: 'Its entries in order', schema: itemsOf(timelineEvent) } },
    },
  );
  return Router()
    .get('/cases/:id', requires('case:read'), view(deps))
    .get('/cases/:id/timeline', requires('case:read'), timeline(deps));
}
