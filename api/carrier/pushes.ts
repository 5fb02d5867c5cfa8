/** What Tencent pushes (回调), as far as we read it; it adds fields as it likes, and nothing of it is signed. */
import { z } from 'zod';
import { e164 } from '../../domain/phone';

const short = z.string().max(200);
const phone = z.string().min(5).max(20);

/** Pushes carry the subscriber's number without its country code. */
export const phoneOf = ({ mobile, nationcode }: { mobile: string; nationcode?: string | undefined }): string =>
  e164(mobile.startsWith('+') || !nationcode ? mobile : `+${nationcode}${mobile}`);

export const StatusItem = z.object({
  mobile: phone,
  nationcode: short.optional(),
  report_status: z.enum(['SUCCESS', 'FAIL']),
  errmsg: short.optional(),
  sid: short.min(1),
  /** Our SessionContext, where the account has had it enabled. */
  ext: short.optional(),
});

/** Tencent puts at most 100 receipts into one push. */
export const StatusPush = z.array(z.unknown()).min(1).max(200);

export const ReplyPush = z.object({
  mobile: phone,
  nationcode: short.optional(),
  text: z.string().max(1_000),
  time: z.union([z.number(), short]).optional(),
  extend: short.optional(),
});

const call = { mobile: phone, nationcode: short.optional(), callid: short.min(1) };
const Result = z.object({ ...call, result: z.union([z.string(), z.number()]).transform(String) });

export const VoicePush = z.union([
  z.object({ voiceprompt_callback: Result }),
  z.object({ voicekey_callback: z.object({ ...call, keypress: z.union([z.string(), z.number()]).transform(String) }) }),
  z.object({ voice_failure_callback: z.object({ ...call, failure_code: z.union([z.string(), z.number()]) }) }),
]);
