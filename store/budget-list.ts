/** What screens show of budgets: phones with their people, what they got lately, and what waits for them. */
import type { Use } from '../domain/budget';
import { e164 } from '../domain/phone';
import type { Scope } from './cases';
import { IN_ORDER, VERIFIED } from './contacts';
import type { Tx } from './db';

export interface PhoneOf {
  /** E.164 */
  phone: string;
  people: { kind: 'staff' | 'partner' | 'contact'; id: string; name: string }[];
}

/** The phones of active staff in scope with the duty phones, and of partners where the scope is everybody; by phone. */
export async function listPhones(tx: Tx, scope: Scope): Promise<PhoneOf[]> {
  const here = scope === 'all' ? {} : { stationId: { in: scope.stationIds } };
  const owners = [{ staff: { active: true, ...here } }, { dutyRole: { not: null }, ...here }];
  const rows = await tx.contact.findMany({
    where: {
      ...VERIFIED,
      kind: 'phone',
      OR: scope === 'all' ? [...owners, { partner: { active: true } }] : owners,
    },
    select: {
      ...{ id: true, value: true, dutyRole: true },
      staff: { select: { id: true, name: true } },
      partner: { select: { id: true, name: true } },
    },
    orderBy: IN_ORDER,
  });
  const phones = new Map<string, PhoneOf>();
  for (const { id, value, staff, partner } of rows) {
    const phone = e164(value);
    const known = phones.get(phone) ?? { phone, people: [] };
    if (staff) known.people.push({ kind: 'staff', ...staff });
    else if (partner) known.people.push({ kind: 'partner', ...partner });
    else known.people.push({ kind: 'contact', id, name: DUTY_PHONE });
    phones.set(phone, known);
  }
  return [...phones.values()].sort((a, b) => a.phone.localeCompare(b.phone));
}

const DUTY_PHONE = '值班手机';

export interface Lately {
  uses: Map<string, Use[]>;
  waiting: Map<string, number>;
}

/** What the phones got within a day of `at` (milliseconds), and how many messages wait for each; by channel and phone. */
export async function usedLately(tx: Tx, phones: string[], at: number): Promise<Lately> {
  const day = 25 * 60 * 60_000;
  const [uses, waiting] = await Promise.all([
    tx.phoneUse.findMany({
      where: { phone: { in: phones }, at: { gte: new Date(at - day), lte: new Date(at + day) } },
      select: { channel: true, phone: true, at: true, content: true },
    }),
    tx.delivery.groupBy({
      by: ['channel', 'heldPhone'],
      where: { heldPhone: { in: phones }, state: 'pending', heldUntil: { not: null } },
      _count: true,
    }),
  ]);
  const byPhone = new Map<string, Use[]>();
  for (const use of uses) {
    const name = placeOf(use.channel, use.phone);
    byPhone.set(name, [...(byPhone.get(name) ?? []), { at: use.at.getTime(), content: use.content }]);
  }
  return {
    uses: byPhone,
    waiting: new Map(waiting.map((one) => [placeOf(one.channel, one.heldPhone ?? ''), one._count])),
  };
}

/** How a phone's channel is called in `Lately`. */
export const placeOf = (channel: string, phone: string): string => `${channel} ${phone}`;
