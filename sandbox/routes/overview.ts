import { e164 } from '../../domain/phone';
import type { Db } from '../../store/db';
import type { CarrierClient, CarrierMessage } from './carrier-client';

/** A phone, a mailbox or a group and what arrived there, newest first. */
export interface Inbox {
  address: string;
  /** Whose it is; undefined: nobody that we know. */
  owner?: string;
  messages: CarrierMessage[];
}

export interface ClockRow {
  id: string;
  number: string;
  status: string;
  overdue: boolean;
  /** The case's own time, milliseconds. */
  asOfMs: number;
  nextDueMs?: number;
}

export interface Overview {
  inboxes: Inbox[];
  cases: ClockRow[];
}

const ROLE_NAMES: Record<string, string> = {
  social_worker: '社工',
  supervisor: '督导',
  duty_officer: '民政值班员',
  admin: '管理员',
  evaluator: '评估员',
};
/** A group has no owner: it is shown by the beginning of its robot's key. */
const GROUPS: Partial<Record<CarrierMessage['channel'], string>> = {
  wecom: '企业微信群机器人',
  dingtalk: '钉钉群机器人',
};
const DUTY_PHONE = '值班手机';
const SHOWN_CASES = 30;
const SHOWN_MESSAGES = 50;

async function owners(db: Db): Promise<Map<string, string>> {
  const contacts = await db.contact.findMany({
    where: { removedAt: null },
    select: {
      kind: true,
      value: true,
      staff: { select: { name: true, role: true } },
      partner: { select: { name: true } },
    },
    orderBy: { createdAt: 'desc' },
  });
  return new Map(
    contacts.map(({ kind, value, staff, partner }) => [
      kind === 'phone' ? e164(value) : value,
      staff ? `${staff.name} · ${ROLE_NAMES[staff.role] ?? staff.role}` : (partner?.name ?? DUTY_PHONE),
    ]),
  );
}

/** Everything that the sandbox's page shows. @throws Problem 503 when the carrier double is away */
export async function overview(db: Db, carrier: CarrierClient): Promise<Overview> {
  const [messages, known, rows] = await Promise.all([
    carrier.messages(),
    owners(db),
    db.caseRow.findMany({
      select: { id: true, number: true, status: true, overdue: true, clockAheadMs: true, nextDueAt: true },
      orderBy: { reportedAt: 'desc' },
      take: SHOWN_CASES,
    }),
  ]);
  const inboxes = new Map<string, Inbox>();
  for (const message of messages.toReversed()) {
    const group = GROUPS[message.channel];
    const address = group || message.channel === 'email' ? message.to : e164(message.to);
    const inbox = inboxes.get(address) ?? { address, owner: group ?? known.get(address), messages: [] };
    if (inbox.messages.length < SHOWN_MESSAGES) inbox.messages.push(message);
    inboxes.set(address, inbox);
  }
  const now = Date.now();
  const cases = rows.map(({ id, number, status, overdue, clockAheadMs, nextDueAt }) => {
    return { id, number, status, overdue, asOfMs: now + Number(clockAheadMs), nextDueMs: nextDueAt?.getTime() };
  });
  return { inboxes: [...inboxes.values()], cases };
}
