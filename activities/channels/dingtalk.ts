/** Group robots of DingTalk (钉钉自定义机器人): POST /robot/send?access_token=…, signed where the robot asks for it. */
import { createHmac } from 'node:crypto';
import type { RobotKey } from '../../store/robots';
import { sessionOf } from '../../store/session';
import type { Channel } from './channel';
import { post, type RobotCodes, type RobotSetting } from './robot';

const SECOND = 1_000;

/** 20 messages a minute and robot; who goes beyond is shut out for up to ten minutes. */
const CODES: RobotCodes = {
  name: 'DingTalk',
  retry: new Map([
    [-1, 5 * SECOND],
    [130101, 20 * SECOND],
    [410100, 20 * SECOND],
  ]),
  // Wrong parameter or kind; word, signature or address does not fit; no such token, switched off, group gone; wording.
  refused: new Set([
    40035, 43004, 310000, 300001, 300005, 400013, 400101, 400102, 400105, 400106, 430101, 430102, 430103, 430104,
  ]),
};

/** The signature (加签) of a moment: HMAC-SHA256 of `timestamp\nsecret` under the secret, in base64. */
export const signOf = (timestamp: number, secret: string): string =>
  createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');

function addressOf({ key, secret }: RobotKey, now: number): string {
  const query = new URLSearchParams({ access_token: key });
  if (secret !== undefined) {
    query.set('timestamp', String(now));
    query.set('sign', signOf(now, secret));
  }
  return `/robot/send?${query.toString()}`;
}

/** Robots keep no records: after an unknown outcome the message is posted again. */
export function createDingtalk(setting: RobotSetting): Channel {
  return {
    id: 'dingtalk',
    provider: 'dingtalk',
    longestMs: setting.timeoutMs,
    async send({ key, robot, body }) {
      if (!robot) return { kind: 'refused', code: 'RobotMissing' };
      const path = addressOf(robot, Date.now());
      return post(setting, CODES, { path, body: { msgtype: 'text', text: { content: body } }, ref: sessionOf(key) });
    },
  };
}
