/** Budgets (额度): what the carrier's limits still leave for each phone, and when the next message may go. */
import { type Request, type Response, Router } from 'express';
import { decide, leftOf, usedOf, type Limit, type Priority, type Use } from '../../domain/budget';
import { parseLimits, type LimitedChannel } from '../../domain/limits';
import { rfc3339 } from '../../domain/zone';
import { limitsInForce } from '../../store/budget';
import { listPhones, placeOf, usedLately, type PhoneOf } from '../../store/budget-list';
import type { ApiDeps } from '../deps';
import { requires, scopeOf } from '../permissions';
import { callerOf } from '../request';
import { itemsOf } from '../schemas/answers';
import { budgetAnswer, type BudgetAnswer } from '../schemas/budgets';
import { emptyQuery } from '../schemas/queries';
import { parse } from '../validate';

const CHANNELS = ['sms', 'voice'] as const satisfies readonly LimitedChannel[];
const TODAY: Limit = { name: 'day', window: { kind: 'day' }, most: Infinity, same: false };
const TAIL = 4;

/** `138****1101`: enough to know one's own by. */
const masked = (phone: string): string =>
  phone.replace(/^\+86/, '').replace(new RegExp(`^(.{3}).*(.{${TAIL}})$`), '$1****$2');

function freeAt(limits: Limit[], uses: Use[], now: number, priority: Priority): string | null {
  const verdict = decide(limits, uses, now, { priority, content: '' });
  if (verdict.free) return rfc3339(now);
  return Number.isFinite(verdict.waitMs) ? rfc3339(now + verdict.waitMs) : null;
}

function answerFor(
  { phone, people }: PhoneOf,
  channel: LimitedChannel,
  text: string | undefined,
  { uses, waiting, now }: { uses: Use[]; waiting: number; now: number },
): BudgetAnswer {
  const limits = parseLimits(text ?? 'off') ?? [];
  const byDay = limits.filter(({ window, same }) => window.kind === 'day' && !same);
  const leftToday = byDay.length > 0 ? Math.min(...byDay.map((limit) => leftOf(limit, uses, now))) : null;
  return {
    phone: masked(phone),
    people,
    channel,
    limits: limits.length > 0 ? (text ?? null) : null,
    usedToday: usedOf(TODAY, uses, now),
    leftToday,
    keptForCritical: Math.min(1, leftToday ?? 0),
    nextFreeAt: { critical: freeAt(limits, uses, now, 'critical'), normal: freeAt(limits, uses, now, 'normal') },
    waiting,
  };
}

const budgets = (deps: ApiDeps) => async (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  const now = Date.now();
  const [phones, limits] = await Promise.all([listPhones(deps.db, scopeOf(callerOf(req))), limitsInForce(deps.db)]);
  const lately = await usedLately(
    deps.db,
    phones.map(({ phone }) => phone),
    now,
  );
  const items = phones.flatMap((one) =>
    CHANNELS.map((channel) => {
      const place = placeOf(channel, one.phone);
      const seen = { uses: lately.uses.get(place) ?? [], waiting: lately.waiting.get(place) ?? 0, now };
      return answerFor(one, channel, limits[channel], seen);
    }),
  );
  res.json({ items });
};

/** `GET /budgets` */
export function createBudgetsRouter(deps: ApiDeps): Router {
  deps.docs.add({
    method: 'get',
    path: '/api/v1/budgets',
    summary: '额度 · What the limits of the carrier leave for each phone',
    tag: 'directory',
    permission: 'budget:read',
    answers: { 200: { description: 'By phone and channel', schema: itemsOf(budgetAnswer) } },
  });
  return Router().get('/budgets', requires('budget:read'), budgets(deps));
}
