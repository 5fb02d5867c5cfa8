/**
 * Reports on their way (待发箱). A report is put here first and leaves the device only from here, under a key that makes
 * sending it twice the same as once. It stays until the station has it, whatever happens to the page meanwhile.
 */
import { answer, api, NoSignal, Refused } from '../api/client';
import type { CaseType, ReportBody, Risk } from '../api/types';
import { isAboutAll, isFinal } from './final';
import { device, type KeptReport, open, put, seal } from './store';
import { atEveryChance } from './ticker';

/** What the station has answered, as far as this device keeps it. */
export interface Taken {
  caseId: string;
  number: string;
  risk: Risk;
  raisedFrom?: Risk;
  at: number;
  steps: { id: string; kind: string; name: string; dueAt: string }[];
}

/** Why the station did not take it; somebody has to look. */
export interface Problem {
  status: number;
  type: string;
  detail: string;
  errors: { path: string; message: string }[];
}

/** What lies on the device and cannot be opened any more stays to be seen, and holds up nothing beside it. */
export const UNREADABLE: Problem = { status: 0, type: 'unreadable', detail: '', errors: [] };

interface Content {
  body: ReportBody;
  taken?: Taken;
  problem?: Problem;
}

export interface Report extends Content {
  id: string;
  state: KeptReport['state'];
  savedAt: number;
  type: CaseType;
}

/** Sent reports stay visible for a day. */
const KEEP_SENT_MS = 24 * 3_600_000;

let reports: readonly Report[] = [];
let owner: string | undefined;
let flushing = false;
const listeners = new Set<() => void>();

const changed = (next: readonly Report[]): void => {
  reports = next;
  for (const listener of listeners) listener();
};

export const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
export const snapshot = (): readonly Report[] => reports;

async function write(staffId: string, report: Report): Promise<void> {
  const { id, state, savedAt, body, taken, problem } = report;
  // Once the station has it, the child's story does not stay here.
  const content: Content =
    state === 'sent' ? { body: { ...body, child: {}, reporter: {}, narrative: '' }, taken } : { body, problem };
  await put('reports', staffId, { id, staffId, state, savedAt, ...(await seal(staffId, id, content)) });
}

async function readAll(staffId: string): Promise<Report[]> {
  const db = await device();
  const kept = await db.getAllFromIndex('reports', 'staffId', staffId);
  const found: Report[] = [];
  for (const one of kept) {
    if (one.state === 'sent' && Date.now() - one.savedAt > KEEP_SENT_MS) {
      await db.delete('reports', one.id);
      continue;
    }
    const { id, state, savedAt } = one;
    try {
      const content = (await open(staffId, id, one)) as Content;
      found.push({ ...content, id, state, savedAt, type: content.body.type });
    } catch {
      const type = 'other_emergency';
      const body = { type, child: {}, narrative: '' } as const;
      found.push({ body, problem: UNREADABLE, id, state: 'refused', savedAt, type });
    }
  }
  return found.sort((a, b) => a.savedAt - b.savedAt);
}

async function replace(staffId: string, next: Report): Promise<void> {
  await write(staffId, next);
  changed(reports.map((one) => (one.id === next.id ? next : one)));
}

/** @returns false where there is no use in trying the next one now */
async function send(staffId: string, report: Report): Promise<boolean> {
  try {
    const headers = { 'Idempotency-Key': report.id };
    const taken = await answer(api.POST('/api/v1/cases', { body: report.body, params: { header: headers } }));
    const steps = taken.steps.map(({ id, kind, name, dueAt }) => ({ id, kind, name, dueAt }));
    const { id: caseId, number, risk, riskRaisedFrom: raisedFrom } = taken;
    await replace(staffId, {
      ...report,
      state: 'sent',
      taken: { caseId, number, risk, raisedFrom, at: Date.now(), steps },
    });
    return true;
  } catch (error) {
    if (error instanceof Refused && isFinal(error)) {
      const { status, type, message: detail, errors } = error;
      await replace(staffId, { ...report, state: 'refused', problem: { status, type, detail, errors } });
      return true;
    }
    if (error instanceof Refused) return !isAboutAll(error);
    if (error instanceof NoSignal) return false;
    throw error;
  }
}

/** Sends what waits, in order. Safe to call at any time and from several windows. */
export async function flush(): Promise<void> {
  const staffId = owner;
  if (staffId === undefined || flushing || !reports.some(({ state }) => state === 'waiting')) return;
  flushing = true;
  try {
    for (const report of reports.filter(({ state }) => state === 'waiting')) {
      if (owner !== staffId || !(await send(staffId, report))) break;
    }
  } finally {
    flushing = false;
  }
}

const tryNow = (): void => {
  flush().catch((error: unknown) => console.error('the outbox could not be emptied', error));
};

/** Puts a report in, on disk before this resolves, and begins to send it. @returns its id */
export async function post(staffId: string, body: ReportBody): Promise<string> {
  const report: Report = { id: crypto.randomUUID(), state: 'waiting', savedAt: Date.now(), body, type: body.type };
  await write(staffId, report);
  // Whoever is gone by now finds it on the disk when they come back; nobody else sends it.
  if (opened === staffId) changed([...reports, report]);
  tryNow();
  return report.id;
}

/** Takes a report out: it was sent, or is being written again. */
export async function remove(id: string): Promise<void> {
  await (await device()).delete('reports', id);
  changed(reports.filter((one) => one.id !== id));
}

let ticking = false;
let opening = 0;
/** Whose rows are in memory, or will be in a moment. */
let opened: string | undefined;

/** From now on the outbox is this person's. */
export async function openOutbox(staffId: string): Promise<void> {
  const turn = (opening += 1);
  if (opened !== staffId) changed([]);
  opened = staffId;
  const found = await readAll(staffId);
  // Closed meanwhile, or opened for somebody else.
  if (turn !== opening) return;
  owner = staffId;
  changed([...found, ...reports.filter(({ id }) => !found.some((one) => one.id === id))]);
  if (!ticking) atEveryChance(tryNow);
  ticking = true;
  tryNow();
}

export function closeOutbox(): void {
  opening += 1;
  opened = undefined;
  owner = undefined;
  changed([]);
}
