/** What screens show of budgets: phones with their people, what they got lately, and what waits for them. */
import type { Use } from '../domain/budget';
import { e164 } from '../domain/phone';
import type { Scope } from './cases';
import type { Tx } from './db';
import { listPartners, listStaff } from './people';

export interface PhoneOf {
  /** E.164 */
  phone: string;
  people: { kind: 'staff' | 'partner'; id: string; name: string }[];
}

/** The phones of active staff in scope, and of partners where the scope is everybody; by phone. */
export async function listPhones(tx: Tx, scope: Scope): Promise<PhoneOf[]> {
  const staff = (await listStaff(tx, scope)).map((one) => ({ ...one, kind: 'staff' as const }));
  const partners = scope === 'all' ? (await listPartners(tx, scope, undefined)).map(asPartner) : [];
  const phones = new Map<string, PhoneOf>();
  for (const { kind, id, name, phone } of [...staff, ...partners]) {
    if (!phone) continue;
    const whole = e164(phone);
    const known = phones.get(whole) ?? { phone: whole, people: [] };
    known.people.push({ kind, id, name });
    phones.set(whole, known);
  }
  return [...phones.values()].sort((a, b) => a.phone.localeCompare(b.phone));
}

const asPartner = <T>(partner: T) => ({ ...partner, kind: 'partner' as const });

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
