/** What the sandbox's page shows: each person's phone and mailbox, and the cases with their clocks. */
import { z } from 'zod';
import { e164 } from '../../domain/phone';
import type { Db } from '../../store/db';
import type { CarrierClient, CarrierMessage } from './carrier-client';

export interface Arrived extends CarrierMessage {
  /** When, by the clock of the case that it is about, milliseconds. */
  atMs: number;
}

/** What somebody answered, and what came of it. */
export interface Answered {
  atMs: number;
  via: string;
  outcome: string;
}

/** One person, duty phone or group, with everything that arrived there. */
export interface Inbox {
  key: string;
  /** Undefined: nobody that we know. */
  owner?: string;
  role?: string;
  group?: 'wecom' | 'dingtalk';
  duty?: boolean;
  addresses: string[];
  /** Newest first. */
  messages: Arrived[];
  answers: Answered[];
}

export interface ClockRow {
  id: string;
  number: string;
  status: string;
  overdue: boolean;
  /** The case's own time, milliseconds. */
  asOfMs: number;
  next?: { kind: string; dueMs: number };
  alert?: 'open' | 'acknowledged';
}

export interface Overview {
  inboxes: Inbox[];
  cases: ClockRow[];
  /** Is the carrier told to refuse every text? */
  textsFail: boolean;
  /** Has a case's clock been moved yet? */
  moved: boolean;
}

const Broken = z.object({ mode: z.literal('reject'), only: z.object({ channel: z.literal('sms') }) });

const ROLE_NAMES: Record<string, string> = {
  social_worker: '社工',
  supervisor: '督导',
  duty_officer: '民政值班员',
  admin: '管理员',
  evaluator: '评估员',
};
const ROLE_ORDER = Object.values(ROLE_NAMES);
const SHOWN_CASES = 8;
const SHOWN_MESSAGES = 30;
/** Clocks drift by milliseconds; a moved one is ahead by minutes. */
const MOVED_MS = 30_000;

type Owner = Pick<Inbox, 'key' | 'owner' | 'role' | 'group' | 'duty'>;

async function owners(db: Db): Promise<Map<string, Owner>> {
  const contacts = await db.contact.findMany({
    where: { removedAt: null },
    select: {
      id: true,
      kind: true,
      value: true,
      staff: { select: { id: true, name: true, role: true } },
      partner: { select: { id: true, name: true } },
    },
    orderBy: { createdAt: 'desc' },
  });
  return new Map(
    contacts.map(({ id, kind, value, staff, partner }): [string, Owner] => {
      const address = kind === 'phone' ? e164(value) : value;
      if (staff) return [address, { key: staff.id, owner: staff.name, role: ROLE_NAMES[staff.role] ?? staff.role }];
      return [address, partner ? { key: partner.id, owner: partner.name } : { key: id, duty: true }];
    }),
  );
}

/** The times of messages by their cases' own clocks. */
async function caseTimes(db: Db, messages: CarrierMessage[]): Promise<Map<string, number>> {
  const refs = messages.flatMap(({ serialNo }) => serialNo ?? []);
  const rows = await db.delivery.findMany({
    where: { providerRef: { in: refs } },
    select: { providerRef: true, at: true },
  });
  return new Map(rows.flatMap(({ providerRef, at }) => (providerRef === null ? [] : [[providerRef, at.getTime()]])));
}

function inboxOf(message: CarrierMessage, known: Map<string, Owner>): Owner & { address: string } {
  const { channel, to } = message;
  if (channel === 'wecom' || channel === 'dingtalk') return { key: `${channel}-${to}`, group: channel, address: to };
  const address = channel === 'email' ? to : e164(to);
  return { ...(known.get(address) ?? { key: address }), address };
}

/** Staff by their place on the ladder, then groups, partners, and whoever else. */
const rank = ({ role, group, owner }: Inbox): number =>
  role === undefined ? (group ? 10 : owner === undefined ? 30 : 20) : ROLE_ORDER.indexOf(role);

async function inboxesOf(db: Db, messages: CarrierMessage[]): Promise<Inbox[]> {
  const [known, times] = await Promise.all([owners(db), caseTimes(db, messages)]);
  const inboxes = new Map<string, Inbox>();
  for (const message of messages.toReversed()) {
    const { address, ...owner } = inboxOf(message, known);
    const inbox = inboxes.get(owner.key) ?? { ...owner, addresses: [], messages: [], answers: [] };
    if (!inbox.addresses.includes(address)) inbox.addresses.push(address);
    const atMs = times.get(message.serialNo ?? '') ?? Date.parse(message.at);
    if (inbox.messages.length < SHOWN_MESSAGES) inbox.messages.push({ ...message, atMs });
    inboxes.set(owner.key, inbox);
  }
  const replies = await db.alertReply.findMany({
    where: { personId: { in: [...inboxes.keys()] } },
    orderBy: { id: 'desc' },
    take: 200,
  });
  const ahead = await aheadOf(
    db,
    replies.map(({ alertId }) => alertId),
  );
  for (const { personId, alertId, via, outcome, at } of replies)
    inboxes.get(personId)?.answers.push({ atMs: at.getTime() + (ahead.get(alertId) ?? 0), via, outcome });
  return [...inboxes.values()].sort((a, b) => rank(a) - rank(b) || b.messages.length - a.messages.length);
}

/** How far the clocks of the alerts' cases are ahead of the wall's, milliseconds. */
async function aheadOf(db: Db, alertIds: string[]): Promise<Map<string, number>> {
  const rows = await db.alertRow.findMany({
    where: { id: { in: alertIds } },
    select: { id: true, case: { select: { clockAheadMs: true } } },
  });
  return new Map(rows.map(({ id, case: about }) => [id, Number(about.clockAheadMs)]));
}

/** Everything that the sandbox's page shows. @throws Problem 503 when the carrier double is away */
export async function overview(db: Db, carrier: CarrierClient): Promise<Overview> {
  const live = { in: ['open', 'acknowledged'] };
  const [messages, state, rows] = await Promise.all([
    carrier.messages(),
    carrier.state(),
    db.caseRow.findMany({
      select: {
        ...{ id: true, number: true, status: true, overdue: true, clockAheadMs: true },
        steps: {
          where: { state: { notIn: ['done', 'cancelled'] } },
          select: { kind: true, dueAt: true },
          orderBy: { dueAt: 'asc' },
        },
        alerts: { where: { state: live }, select: { state: true } },
      },
      orderBy: { reportedAt: 'desc' },
      take: SHOWN_CASES,
    }),
  ]);
  const now = Date.now();
  const cases = rows.map(({ id, number, status, overdue, clockAheadMs, steps, alerts }): ClockRow => {
    const asOfMs = now + Number(clockAheadMs);
    // What is late already is told by itself; the clock is moved to what comes.
    const next = steps.find(({ dueAt }) => dueAt.getTime() > asOfMs) ?? steps[0];
    return {
      ...{ id, number, status, overdue, asOfMs },
      ...(next && { next: { kind: next.kind, dueMs: next.dueAt.getTime() } }),
      ...(alerts.length > 0 && { alert: alerts.some(({ state }) => state === 'open') ? 'open' : 'acknowledged' }),
    };
  });
  const inboxes = await inboxesOf(db, messages);
  // Messages come while a clock is still on its way.
  const early = inboxes.some((one) => one.messages.some(({ at, atMs }) => atMs - Date.parse(at) > MOVED_MS));
  return {
    inboxes,
    cases,
    textsFail: Broken.safeParse(state).success,
    moved: early || rows.some(({ clockAheadMs }) => Number(clockAheadMs) > MOVED_MS),
  };
}
