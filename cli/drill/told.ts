/** What people were really told, and whether it is what the policy asks for. */
import { z } from 'zod';
import { CHANNELS, isRobot, type Channel } from '../../domain/channels';
import type { RungRole } from '../../domain/model';
import type { Account } from '../../sandbox/data/accounts';
import type { Expected } from './expect';

export const SeenMessage = z.object({
  id: z.string(),
  channel: z.enum(CHANNELS),
  to: z.string(),
  text: z.string(),
  subject: z.string().optional(),
  status: z.enum(['accepted', 'delivered', 'failed', 'rejected']),
  caseIds: z.array(z.string()),
});
export type SeenMessage = z.infer<typeof SeenMessage>;

/** A message and the case's own time at which it was seen, milliseconds. */
export interface Told {
  at: number;
  message: SeenMessage;
  /** Undefined: nobody of the field has this phone or mailbox. */
  person?: Account;
}

/** Somebody who should have been told by a channel, and was not. */
export interface Missing extends Expected {
  person?: Account;
  channel: Channel;
}

export interface Verdict {
  /** How many messages the policy asks for. */
  expected: number;
  missing: Missing[];
  /** Messages that no rule asks for. */
  unexpected: Told[];
}

const ROLES: Record<RungRole, string> = {
  worker: 'social_worker',
  supervisor: 'supervisor',
  duty_officer: 'duty_officer',
};

/** Everybody who stands on a rung: in the sandbox all are on duty, and a drill is assigned to nobody. */
const onRung = (accounts: Account[], to: RungRole, stationId: string): Account[] =>
  accounts.filter((one) => one.role === ROLES[to] && (to === 'duty_officer' || one.stationId === stationId));

export const roleOf = ({ role }: Account): RungRole | undefined =>
  (Object.keys(ROLES) as RungRole[]).find((rung) => ROLES[rung] === role);

export const whose = (accounts: Account[], { channel, to }: SeenMessage): Account | undefined =>
  accounts.find((one) => (channel === 'email' ? one.email : one.phone) === to);

/** A stop of the clock is a little after the moment itself. */
const EARLY_MS = 5_000;
const LATE_MS = 120_000;
const WORDS = { reminder: '到期，', overdue: '已逾期' } as const;

const gotOut = ({ message }: Told): boolean => message.status === 'accepted' || message.status === 'delivered';

const isAbout = ({ at, message }: Told, one: Expected, stepName: (kind: string) => string): boolean =>
  at >= one.at - EARLY_MS &&
  at <= one.at + LATE_MS &&
  // A call takes no variables: it cannot name the step.
  (message.channel === 'voice' ||
    (message.text.includes(`的${stepName(one.kind)}`) && message.text.includes(WORDS[one.what])));

/** A further channel of the rung, used for whom the first ones did not reach. */
const mayFollow = ({ at, message }: Told, one: Expected): boolean =>
  one.next.includes(message.channel) && at >= one.at - EARLY_MS;

/** A reminder is not worth a call, and a group's robot reaches nobody in particular. */
function reaches(one: Expected, channel: Channel, { phone, email }: Account): boolean {
  if (isRobot(channel)) return false;
  return channel === 'email' ? email !== '' : phone !== '' && (channel === 'sms' || one.what === 'overdue');
}

/**
 * Holds what was told against what the policy asks for.
 * @param stepName a step's kind as messages name it
 */
export function judge(
  expected: Expected[],
  told: Told[],
  field: { accounts: Account[]; stationId: string; stepName: (kind: string) => string },
): Verdict {
  const { accounts, stationId, stepName } = field;
  const explained = new Set<Told>();
  const missing: Missing[] = [];
  let count = 0;
  for (const one of expected) {
    const people = onRung(accounts, one.to, stationId);
    const wanted = people.flatMap((person) =>
      one.channels.filter((channel) => reaches(one, channel, person)).map((channel) => ({ person, channel })),
    );
    if (wanted.length === 0) missing.push({ ...one, channel: one.channels[0] ?? 'sms' });
    count += Math.max(1, wanted.length);
    for (const { person, channel } of wanted) {
      const found = told.filter(
        (it) => it.person === person && it.message.channel === channel && isAbout(it, one, stepName),
      );
      found.forEach((it) => explained.add(it));
      told.filter((it) => it.person === person && mayFollow(it, one)).forEach((it) => explained.add(it));
      if (!found.some(gotOut)) missing.push({ ...one, person, channel });
    }
  }
  return {
    expected: count,
    missing,
    unexpected: told.filter((one) => !explained.has(one) && !isRobot(one.message.channel)),
  };
}
