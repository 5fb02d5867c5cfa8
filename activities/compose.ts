/** A delivery's row becomes a message: address, words, and the code or link that only this person gets. */
import { z } from 'zod';
import { isReminder } from '../domain/bundle';
import { CHANNELS, isRobot, type Channel } from '../domain/channels';
import { TEXT_KINDS, type TextKind } from '../domain/text-kinds';
import { e164 } from '../domain/phone';
import { TextUnfit, VARIABLES, type TextValues } from '../domain/texts';
import type { Delivery, Robot } from '../prisma/generated/client';
import { contactCode } from '../store/contact-codes';
import { mayStillHear } from '../store/hearers';
import { partnerCode } from '../store/partner-sessions';
import type { RecipientNow } from '../store/recipients';
import { replyCode } from '../store/reply-codes';
import { signInCode } from '../store/sign-in-codes';
import { readRobot, type RobotKey, type Robots } from '../store/robots';
import { VaultKeyUnknown } from '../store/vault';
import { VaultSealBroken } from '../store/vault-cipher';
import type { Outgoing } from './channels/channel';
import type { ActivityDeps } from './deps';

const DAY_MS = 24 * 60 * 60_000;
/** An alert's link is prolonged by every further message about it. */
const ALERT_LINK_MS = 30 * DAY_MS;

const STEP_OVER = ['done', 'cancelled'];
const REFERRAL_OVER = ['closed', 'revoked', 'declined'];

const Row = z.object({
  kind: z.enum(TEXT_KINDS),
  channel: z.enum(CHANNELS),
  vars: z.partialRecord(z.enum(VARIABLES), z.string()),
});

export interface Composed {
  channel: Channel;
  message: Outgoing;
  /** What the row keeps of it: the reply code, but no token and no pick-up code. */
  vars: TextValues;
  /** Its wording says that it is a drill (演练). */
  drill: boolean;
}

/** A message that cannot go out, or must not any more; the code ends the delivery. */
export class NotSendable extends Error {
  override readonly name = 'NotSendable';
  constructor(
    readonly code:
      'CodeOver' | 'NoContact' | 'AlertOver' | 'StepOver' | 'ReferralOver' | 'TextUnfit' | 'RowUnfit' | 'RobotSealed',
  ) {
    super(code);
  }
}

type Deps = Pick<ActivityDeps, 'db' | 'links' | 'texts' | 'robots' | 'policies'>;

const HEARERS = ['staff', 'contact', 'partner', 'robot'] as const;

/** What opens a referral's page. */
const REFERRALS: readonly string[] = ['referral', 'referral_again'] satisfies TextKind[];

/**
 * Takes contacts as they are now, not as they were when the message was planned: a number mended meanwhile is the one that counts.
 * @throws NotSendable
 */
export async function compose(deps: Deps, row: Delivery, recipient: RecipientNow): Promise<Composed> {
  const parsed = Row.safeParse(row);
  if (!parsed.success) throw new NotSendable('RowUnfit');
  const { kind, channel, vars } = parsed.data;
  if (recipient.shielded && !(await hearsStill(deps, row))) throw new NotSendable('NoContact');
  const address = await addressOf(deps, row, channel, recipient);
  const { drill, alertState, referralState } = recipient;
  const { kept, secret } = await personal(deps, row, { channel, to: address.to, alertState, referralState });
  const values = { ...vars, ...kept };
  try {
    return {
      channel,
      drill,
      vars: values,
      message: { key: row.key, ...address, ...words(deps, { kind, channel, drill }, { ...values, ...secret }) },
    };
  } catch (error) {
    if (error instanceof TextUnfit) throw new NotSendable('TextUnfit');
    throw error;
  }
}

/** Who was left off the list, or a group of a case that was shielded, after the message was planned does not get it any more. */
async function hearsStill({ db }: Deps, { caseId, personKind, personId: id }: Delivery): Promise<boolean> {
  const kind = HEARERS.find((one) => one === personKind);
  return caseId === null || (kind !== undefined && mayStillHear(db, caseId, { kind, id }));
}

async function addressOf(
  { robots, db }: Deps,
  row: Delivery,
  channel: Channel,
  { address }: RecipientNow,
): Promise<Pick<Outgoing, 'to' | 'robot'>> {
  if (isRobot(channel)) {
    const robot = await readRobot(db, row.personId);
    if (!robot) throw new NotSendable('NoContact');
    return { to: robot.id, robot: opened(robots, robot) };
  }
  if (!address) throw new NotSendable('NoContact');
  return { to: channel === 'email' ? address : e164(address) };
}

/** A key that does not open now does not open in a minute either: somebody has to enter the robot again. */
function opened(robots: Robots, robot: Robot): RobotKey {
  try {
    return robots.open(robot);
  } catch (error) {
    if (error instanceof VaultKeyUnknown || error instanceof VaultSealBroken) throw new NotSendable('RobotSealed');
    throw error;
  }
}

interface About {
  channel: Channel;
  to: string;
  alertState?: string | null;
  referralState?: string | null;
}

/** What only this person gets: `kept` may stand in the row, `secret` is made again at each attempt. */
async function personal(
  { links, policies, db }: Deps,
  row: Delivery,
  { channel, to, alertState, referralState }: About,
): Promise<{ kept?: TextValues; secret?: TextValues }> {
  const { caseId, alertId, referralId, personId, at } = row;
  if (row.kind === 'partner_code') return { secret: { code: partnerCode(links, row.key) } };
  if (row.kind === 'sign_in_code') return { secret: await freshCode(links, db, personId) };
  if (row.kind === 'verify_contact') return { secret: { code: await contactCode(links, db, personId) } };
  if (caseId !== null && alertId !== null && (row.kind.startsWith('overdue') || row.kind === 'report_late')) {
    if (alertState === 'resolved') throw new NotSendable('AlertOver');
    if (channel === 'sms') return { kept: { code: await replyCode(db, { personId, alertId, caseId, phone: to }) } };
    // A report has no page behind a link: whoever gets the mail signs in.
    if (channel !== 'email' || row.kind === 'report_late') return {};
    const expiresAt = at.getTime() + ALERT_LINK_MS;
    return { secret: { token: await links.alertLink(db, { caseId, alertId, staffId: personId, expiresAt }) } };
  }
  // A reminder that had to wait for the phone's budget may come after the step was done.
  if (caseId !== null && row.heldUntil !== null && row.stepId !== null && isReminder(row.kind)) {
    const step = await db.stepRow.findUnique({
      where: { caseId_id: { caseId, id: row.stepId } },
      select: { state: true },
    });
    if (step && STEP_OVER.includes(step.state)) throw new NotSendable('StepOver');
  }
  if (caseId === null || referralId === null || !REFERRALS.includes(row.kind)) return {};
  if (!referralState || REFERRAL_OVER.includes(referralState)) throw new NotSendable('ReferralOver');
  const about = { caseId, referralId };
  // A second contact is no partner of its own: the page is the partner's, and there is one.
  const { partnerId } = await db.referral.findUniqueOrThrow({ where: { id: referralId }, select: { partnerId: true } });
  const { linkMs, pickupMs } = policies.current.partnerLinks;
  // The code leads to the link, so there is one whichever of the two goes out.
  const token = await links.referralLink(db, {
    ...about,
    partnerId,
    expiresAt: at.getTime() + linkMs,
  });
  if (channel !== 'sms') return { secret: { token } };
  const expiresAt = at.getTime() + pickupMs;
  return { secret: { pickup: await links.pickupCode(db, { ...about, phone: to, expiresAt }) } };
}

/** A code that came too late would only be typed in vain. */
async function freshCode(links: Deps['links'], db: Deps['db'], contactId: string): Promise<TextValues> {
  const code = await signInCode(links, db, contactId);
  if (code === undefined) throw new NotSendable('CodeOver');
  return { code };
}

function words(
  { texts }: Deps,
  { kind, channel, drill }: { kind: TextKind; channel: Channel; drill: boolean },
  values: TextValues,
): Omit<Outgoing, 'key' | 'to'> {
  if (isRobot(channel)) return texts.robot(kind, values, drill);
  if (channel === 'sms') return texts.sms(kind, values, drill);
  return channel === 'voice' ? texts.voice(kind, drill) : texts.mail(kind, values, drill);
}
