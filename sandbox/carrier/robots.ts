/** The webhooks of group robots (企业微信、钉钉群机器人), as their platforms answer them: 200 for everything they handle. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { z } from 'zod';
import type { Carrier } from './context';
import type { RobotKind } from './messages';

/** Bytes of a text, at both. */
const MAX_BYTES = 2_048;
/** A signature older than this is refused, in milliseconds. */
const SIGNED_WITHIN = 3_600_000;
/** The word that robots here ask for where a message is not signed. */
const KEYWORD = '守望';
/** How much of a robot's key its messages are shown under. */
const SHOWN = 8;

const Body = z.union([
  z.object({ msgtype: z.literal('text'), text: z.object({ content: z.string() }) }),
  z.object({
    msgtype: z.literal('markdown'),
    markdown: z.object({ content: z.string() }).or(z.object({ text: z.string() })),
  }),
]);

interface Refusal {
  errcode: number;
  errmsg: string;
}
interface Post {
  key: string;
  query: URLSearchParams;
  content: string;
}
interface Platform {
  kind: RobotKind;
  /** Name of the parameter with the robot's key. */
  key: string;
  busy: Refusal;
  objection(post: Post): Refusal | undefined;
}

/** What a made-up robot of DingTalk signs with: its token says it, so that nobody has to be told. */
export const dingtalkSecretOf = (token: string): string =>
  `SEC${createHash('sha256').update(`sandbox robot ${token}`).digest('hex')}`;

const PLATFORMS: Record<string, Platform> = {
  '/cgi-bin/webhook/send': {
    kind: 'wecom',
    key: 'key',
    busy: { errcode: 45009, errmsg: 'api freq out of limit' },
    objection: ({ key }) =>
      z.guid().safeParse(key).success ? undefined : { errcode: 93000, errmsg: 'invalid webhook url' },
  },
  '/robot/send': {
    kind: 'dingtalk',
    key: 'access_token',
    busy: { errcode: 130101, errmsg: 'send too fast' },
    objection: dingtalkObjection,
  },
};

function dingtalkObjection({ key, query, content }: Post): Refusal | undefined {
  if (!/^[0-9a-f]{64}$/.test(key)) return { errcode: 300001, errmsg: 'token is not exist' };
  const sign = query.get('sign');
  if (sign === null) {
    return content.includes(KEYWORD) ? undefined : { errcode: 310000, errmsg: 'keywords not in content' };
  }
  const timestamp = query.get('timestamp') ?? '';
  if (!/^\d{13}$/.test(timestamp) || Math.abs(Date.now() - Number(timestamp)) > SIGNED_WITHIN) {
    return { errcode: 310000, errmsg: 'invalid timestamp' };
  }
  const secret = dingtalkSecretOf(key);
  const expected = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest();
  const given = Buffer.from(sign, 'base64');
  const same = given.length === expected.length && timingSafeEqual(given, expected);
  return same ? undefined : { errcode: 310000, errmsg: 'sign not match' };
}

/** Both platforms' addresses. Faults break them as they break the rest. */
export function createRobotRouter(carrier: Carrier): Router {
  const router = express.Router();
  for (const [path, platform] of Object.entries(PLATFORMS)) {
    router.post(path, express.raw({ type: () => true, limit: '64kb' }), take(carrier, platform));
  }
  return router;
}

const take =
  (carrier: Carrier, platform: Platform): RequestHandler =>
  async (req, res) => {
    const query = new URL(req.originalUrl, 'http://sandbox.invalid').searchParams;
    const key = query.get(platform.key) ?? '';
    const to = key.slice(0, SHOWN);
    const mode = carrier.faults.modeFor(platform.kind, [to]);
    if (mode === 'hang-before') return;
    if (mode === 'down') {
      req.socket.resetAndDestroy();
      return;
    }
    if (mode === 'error500') {
      res.status(500).type('html').send('<html><body>Internal Server Error</body></html>');
      return;
    }
    if (mode === 'garbage') {
      res.type('html').send('<html><body>系统繁忙</body></html>');
      return;
    }
    const answer = JSON.stringify(judge(carrier, platform, { key, query, content: contentOf(req) }));
    if (mode === 'slow' && !(await carrier.pushes.pause(carrier.config.timing.slowAnswer))) return;
    if (mode === 'cutoff') cutOff(res, answer);
    else res.type('application/json').send(answer);
  };

/** Keeps the message, taken or refused, and says what its platform says. */
function judge(carrier: Carrier, { kind, busy, objection }: Platform, post: Post): Refusal {
  const atMs = Date.now();
  const to = post.key.slice(0, SHOWN);
  const refusal = faultOf(carrier, kind, to) ?? objection(post) ?? objectionToContent(post.content);
  const said = refusal ?? (carrier.limits.refusesPost(post.key, atMs) ? busy : undefined);
  const status = said ? 'rejected' : 'delivered';
  const code = said && `Robot${said.errcode}`;
  const { id } = carrier.store.add({
    channel: kind,
    to,
    text: post.content,
    status,
    ...(code && { code }),
    plan: 'none',
  });
  carrier.log.info({ id, code }, 'robot message');
  if (said) return said;
  carrier.limits.countPost(post.key, atMs);
  return { errcode: 0, errmsg: 'ok' };
}

function faultOf(carrier: Carrier, kind: RobotKind, to: string): Refusal | undefined {
  const code = carrier.faults.rejection(kind, to);
  return code === undefined ? undefined : { errcode: Number(code.replace('Robot', '')), errmsg: 'refused' };
}

function objectionToContent(content: string): Refusal | undefined {
  if (content.trim() === '') return { errcode: 44004, errmsg: 'empty content' };
  return Buffer.byteLength(content) > MAX_BYTES ? { errcode: 45002, errmsg: 'content size out of limit' } : undefined;
}

function contentOf(req: Request): string {
  try {
    const body = Body.parse(JSON.parse(Buffer.isBuffer(req.body) ? req.body.toString('utf8') : ''));
    if (body.msgtype === 'text') return body.text.content;
    return 'content' in body.markdown ? body.markdown.content : body.markdown.text;
  } catch (error) {
    // What cannot be read is refused like an empty message, by the platform's own words.
    if (error instanceof SyntaxError || error instanceof z.ZodError) return '';
    throw error;
  }
}

/** Half of the answer, then the connection breaks; the message is taken all the same. */
function cutOff(res: Response, answer: string): void {
  res.type('application/json').set('content-length', String(answer.length));
  res.write(answer.slice(0, Math.floor(answer.length / 2)), () => res.socket?.destroy());
}
