/** A delivery's row becomes a message: address, words, and the code or link that only this person gets. */
import { z } from 'zod';
import { CHANNELS, TEXT_KINDS, type Channel, type TextKind } from '../domain/model';
import { e164 } from '../domain/phone';
import { TextUnfit, VARIABLES, type TextValues } from '../domain/texts';
import type { Delivery } from '../prisma/generated/client';
import type { Tx } from '../store/db';
import { type RecipientNow, recipientNow } from '../store/recipients';
import { replyCode } from '../store/reply-codes';
import type { Outgoing } from './channels/channel';
import type { ActivityDeps } from './deps';

const DAY_MS = 24 * 60 * 60_000;
/** An alert's link is prolonged by every further message about it. */
const ALERT_LINK_MS = 30 * DAY_MS;
/** A referral's page is open until the referral is closed; this is for one that nobody ever closes. */
const REFERRAL_LINK_MS = 180 * DAY_MS;
const PICKUP_CODE_MS = 60 * DAY_MS;

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
}

/** A message that cannot go out, or must not any more; the code ends the delivery. */
export class NotSendable extends Error {
  override readonly name = 'NotSendable';
  constructor(readonly code: 'NoContact' | 'AlertOver' | 'ReferralOver' | 'TextUnfit' | 'RowUnfit') {
    super(code);
  }
}

type Deps = Pick<ActivityDeps, 'db' | 'links' | 'texts'>;

/**
 * Reads contacts now, not when the message was planned: a number mended meanwhile is the one that counts.
 * @throws NotSendable
 */
export async function compose(deps: Deps, row: Delivery): Promise<Composed> {
  const parsed = Row.safeParse(row);
  if (!parsed.success) throw new NotSendable('RowUnfit');
  const { kind, channel, vars } = parsed.data;
  const { to, drill, kept, secret } = await deps.db.$transaction(async (tx) => {
    const recipient = await recipientNow(tx, row);
    const address = addressOf(recipient, channel);
    const about = { channel, to: address, alertState: recipient?.alertState, referralState: recipient?.referralState };
    return { to: address, drill: recipient?.drill ?? false, ...(await personal(deps, tx, row, about)) };
  });
  const values = { ...vars, ...kept };
  try {
    return {
      channel,
      vars: values,
      message: { key: row.key, to, ...words(deps, { kind, channel, drill }, { ...values, ...secret }) },
    };
  } catch (error) {
    if (error instanceof TextUnfit) throw new NotSendable('TextUnfit');
    throw error;
  }
}

function addressOf(person: RecipientNow | undefined, channel: Channel): string {
  const address = channel === 'email' ? person?.email : person?.phone;
  if (!address) throw new NotSendable('NoContact');
  return channel === 'email' ? address : e164(address);
}

interface About {
  channel: Channel;
  to: string;
  alertState?: string | null;
  referralState?: string | null;
}

/** What only this person gets: `kept` may stand in the row, `secret` is made again at each attempt. */
async function personal(
  { links }: Deps,
  tx: Tx,
  row: Delivery,
  { channel, to, alertState, referralState }: About,
): Promise<{ kept?: TextValues; secret?: TextValues }> {
  const { caseId, alertId, referralId, personId, at } = row;
  if (caseId !== null && alertId !== null && row.kind.startsWith('overdue')) {
    if (alertState === 'resolved') throw new NotSendable('AlertOver');
    if (channel === 'sms') return { kept: { code: await replyCode(tx, { personId, alertId, caseId, phone: to }) } };
    if (channel === 'voice') return {};
    const expiresAt = at.getTime() + ALERT_LINK_MS;
    return { secret: { token: await links.alertLink(tx, { caseId, alertId, staffId: personId, expiresAt }) } };
  }
  if (caseId === null || referralId === null || row.kind !== 'referral') return {};
  if (!referralState || REFERRAL_OVER.includes(referralState)) throw new NotSendable('ReferralOver');
  const about = { caseId, referralId };
  // The code leads to the link, so there is one whichever of the two goes out.
  const token = await links.referralLink(tx, {
    ...about,
    partnerId: personId,
    expiresAt: at.getTime() + REFERRAL_LINK_MS,
  });
  if (channel !== 'sms') return { secret: { token } };
  const expiresAt = at.getTime() + PICKUP_CODE_MS;
  return { secret: { pickup: await links.pickupCode(tx, { ...about, phone: to, expiresAt }) } };
}

function words(
  { texts }: Deps,
  { kind, channel, drill }: { kind: TextKind; channel: Channel; drill: boolean },
  values: TextValues,
): Omit<Outgoing, 'key' | 'to'> {
  if (channel === 'sms') return texts.sms(kind, values, drill);
  return channel === 'voice' ? texts.voice(kind, drill) : texts.mail(kind, values, drill);
}
