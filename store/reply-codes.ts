/** Reply codes (确认码): four digits after 回复 in a text. A reply is known by its phone and its code. */
import { randomInt } from 'node:crypto';
import { e164 } from '../domain/phone';
import { answersFor } from './answering';
import type { Db, Tx } from './db';

const DAY_MS = 24 * 60 * 60_000;
/** A code is not used again at the same phone for this long after a text last carried it. */
const REST_MS = 30 * DAY_MS;
/** How old the mark of its last use may be before it is renewed. */
const RENEW_MS = DAY_MS;
const FIRST = 1_000;
const LAST = 9_999;
/** Enough for a phone that gets texts like any other; a fuller one has its free codes listed. */
const BLIND_DRAWS = 8;

/** A phone has had all 9,000 codes within 30 days. */
export class ReplyCodesExhausted extends Error {
  override readonly name = 'ReplyCodesExhausted';
}

interface Asked {
  personId: string;
  alertId: string;
  caseId: string;
  phone: string;
}

/**
 * The code by which a person acknowledges an alert from a phone: the same at each call, another for another phone.
 * Call it in a transaction.
 * @throws ReplyCodesExhausted
 */
export async function replyCode(tx: Tx, { personId, alertId, caseId, phone: asked }: Asked): Promise<string> {
  const phone = e164(asked);
  const now = Date.now();
  const key = { personId_alertId: { personId, alertId } };
  const kept = await tx.replyCode.findUnique({ where: key });
  if (kept && kept.phone === phone && now - kept.createdAt.getTime() < REST_MS) {
    if (now - kept.createdAt.getTime() > RENEW_MS) {
      await tx.replyCode.update({ where: key, data: { createdAt: new Date(now) } });
    }
    return kept.code;
  }
  const code = await freeCode(tx, phone, now);
  const row = { code, caseId, phone, createdAt: new Date(now) };
  if (kept) {
    await tx.replyCode.update({ where: key, data: row });
    return code;
  }
  // Two attempts at one message at once: the first one's code is everybody's. An empty change makes it be returned.
  const [given] = await tx.$queryRaw<{ code: string }[]>`
    INSERT INTO reply_codes (person_id, alert_id, case_id, code, phone, created_at)
    VALUES (${personId}, ${alertId}, ${caseId}, ${code}, ${phone}, ${row.createdAt})
    ON CONFLICT (person_id, alert_id) DO UPDATE SET person_id = EXCLUDED.person_id
    RETURNING code`;
  return given?.code ?? code;
}

async function freeCode(tx: Tx, phone: string, now: number): Promise<string> {
  for (let draw = 0; draw < BLIND_DRAWS; draw += 1) {
    // Not below 1000: leading zeros get lost, and 0000 opts the phone out at the carrier.
    const code = String(randomInt(FIRST, LAST + 1));
    if (await take(tx, phone, code, now)) return code;
  }
  const recent = { phone, createdAt: { gt: new Date(now - REST_MS) } };
  const used = new Set((await tx.replyCode.findMany({ where: recent, select: { code: true } })).map((row) => row.code));
  const all = Array.from({ length: LAST - FIRST + 1 }, (_, n) => String(FIRST + n));
  const free = all.filter((code) => !used.has(code));
  const start = randomInt(0, Math.max(1, free.length));
  for (const code of [...free.slice(start), ...free.slice(0, start)]) {
    if (await take(tx, phone, code, now)) return code;
  }
  throw new ReplyCodesExhausted('no free reply code for a phone');
}

/** Whoever is taking the same code for the same phone at this moment keeps it; nobody waits for anybody. */
async function take(tx: Tx, phone: string, code: string, now: number): Promise<boolean> {
  const [lock] = await tx.$queryRaw<{ free: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(hashtextextended(${`reply-code/${phone}/${code}`}, 0)) AS free`;
  if (!lock?.free) return false;
  const recent = { phone, code, createdAt: { gt: new Date(now - REST_MS) } };
  return (await tx.replyCode.findFirst({ where: recent, select: { personId: true } })) === null;
}

/** Whom and what a reply is about. Of codes used again after their rest the newest counts. */
export async function findReply(
  db: Db,
  phone: string,
  code: string,
): Promise<{ alertId: string; caseId: string; personId: string } | undefined> {
  const row = await db.replyCode.findFirst({
    where: { phone: e164(phone), code },
    orderBy: { createdAt: 'desc' },
    select: { alertId: true, caseId: true, personId: true },
  });
  // Somebody who left answers for nobody any more; a duty phone answers for who is on duty.
  const personId = row ? await answersFor(db, row) : undefined;
  return row && personId !== undefined ? { ...row, personId } : undefined;
}
