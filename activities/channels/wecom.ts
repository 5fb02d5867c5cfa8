/** Group robots of WeCom (企业微信群机器人): POST /cgi-bin/webhook/send?key=… */
import { sessionOf } from '../../store/session';
import type { Channel } from './channel';
import { post, type RobotCodes, type RobotSetting } from './robot';

const SECOND = 1_000;

/** 20 messages a minute and robot; the minute slides. */
const CODES: RobotCodes = {
  name: 'WeCom',
  retry: new Map([
    [-1, 5 * SECOND],
    [45009, 20 * SECOND],
    [45033, 2 * SECOND],
  ]),
  // Invalid message or parameter, too long; then: no such webhook, robot switched off, robot not in the group.
  refused: new Set([40008, 40058, 44004, 45002, 93000, 93004, 93008]),
};

/** Robots keep no records: after an unknown outcome the message is posted again. */
export function createWecom(setting: RobotSetting): Channel {
  return {
    id: 'wecom',
    provider: 'wecom',
    longestMs: setting.timeoutMs,
    async send({ key, robot, body }) {
      if (!robot) return { kind: 'refused', code: 'RobotMissing' };
      const path = `/cgi-bin/webhook/send?key=${encodeURIComponent(robot.key)}`;
      return post(setting, CODES, { path, body: { msgtype: 'text', text: { content: body } }, ref: sessionOf(key) });
    },
  };
}
