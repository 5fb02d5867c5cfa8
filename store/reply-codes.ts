/** Reply codes (确认码): four digits after 回复 in a text. A reply is known by its phone and its code. */
import { randomInt } from 'node:crypto';
import { e164 } from '../domain/phone';
import { answersFor } from './answering';
import type { Db, Tx } from './db';
import { WITHOUT_WAITING } from './rows';

const DAY_MS = 24 * 60 * 60_000;
/** A code is not used again at the same phone for this long after a text last carried it. */
const REST_MS = 30 * DAY_MS;
/** How old the mark of its last use may be before it is renewed. */
const RENEW_MS = DAY_MS;
const FIRST = 1_000;
const LAST = 9_999;
/** Enough for a phone that gets texts like any other; of a fuller one all free codes are looked at. */
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
 * @throws ReplyCodesExhausted
 */
export async function replyCode(db: Db, { phone, ...of }: Asked): Promise<string> {
  const asked = { ...of, phone: e164(phone) };
  return (await usualCode(db, asked)) ?? db.$transaction((tx) => anyCode(tx, asked));
}

/**
 * In one statement that waits for no disk: a free code of a few drawn, or the one that was given already. Undefined where it
 * takes a closer look: another phone, a code that has rested, no luck in drawing.
 */
async function usualCode(db: Db, { personId, alertId, caseId, phone }: Asked): Promise<string | undefined> {
  const now = Date.now();
  const rested = new Date(now - REST_MS);
  const drawn = Array.from({ length: BLIND_DRAWS }, draw);
  const [given] = await db.$queryRaw<{ code: string; phone: string; created_at: Date }[]>`
    WITH fast AS MATERIALIZED (${WITHOUT_WAITING})
    INSERT INTO reply_codes (person_id, alert_id, case_id, code, phone, created_at)
    SELECT ${personId}, ${alertId}, ${caseId}, d.code, ${phone}, ${new Date(now)}::timestamptz
    FROM fast, unnest(${drawn}::text[]) d(code)
    WHERE take_reply_code(${phone}, d.code, ${rested}::timestamptz)
    LIMIT 1
    ON CONFLICT (person_id, alert_id) DO UPDATE SET person_id = EXCLUDED.person_id
    RETURNING code, phone, created_at`;
  if (given === undefined || given.phone !== phone || now - given.created_at.getTime() > RENEW_MS) return undefined;
  return given.code;
}

/** Not below 1000: leading zeros get lost, and 0000 opts the phone out at the carrier. */
const draw = (): string => String(randomInt(FIRST, LAST + 1));

/** As replyCode(), step by step, in a transaction. */
async function anyCode(tx: Tx, { personId, alertId, caseId, phone }: Asked): Promise<string> {
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
  const [taken] = await tx.$queryRaw<{ free: boolean }[]>`
    SELECT take_reply_code(${phone}, ${code}, ${new Date(now - REST_MS)}::timestamptz) AS free`;
  return taken?.free ?? false;
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
