import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT } from '../../../sandbox/config';
import type { AlertMoment } from '../../../api/schemas/channels';
import { Rig, eventually } from './rig';

const DAY = 24 * 60 * 60_000;
let rig: Rig;
let policiesDir: string;

/** The ladders that ship, with a group on every rung. */
beforeAll(async () => {
  policiesDir = mkdtempSync(join(tmpdir(), 'shouwang-groups-'));
  cpSync(join(PROJECT, 'policies'), policiesDir, { recursive: true });
  const file = join(policiesDir, 'base.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/channels: \[(?=sms|voice)/g, 'channels: [wecom, '));
  rig = await Rig.start({ policiesDir });
}, 600_000);
afterAll(async () => {
  await rig?.stop();
  rmSync(policiesDir, { recursive: true });
});

test('a late case is told to people and to their group, and the alert shows both', async () => {
  const robot = { stationId: 'xinhua', kind: 'wecom', name: '值守群', key: randomUUID() };
  const { json: entered } = await rig.post('admin', '/robots', robot);
  const caseId = await rig.report('xinhua_worker1', {
    type: 'neglect',
    risk: 'high',
    receivedAt: new Date(Date.now() - 2 * DAY).toISOString(),
  });
  const { db } = rig.api.deps;
  const row = await eventually(() =>
    db.delivery.findFirst({
      where: { caseId, personId: String(entered['id']), state: 'sent', NOT: { alertId: null } },
    }),
  );
  const { json } = await rig.get('xinhua_worker1', `/alerts/${row.alertId}`);
  const timeline = json['timeline'] as AlertMoment[];
  const group = timeline.filter((one) => one.who?.kind === 'robot');
  expect(group.map((one) => one.kind)).toEqual(expect.arrayContaining(['told', 'attempt']));
  expect(group[0]).toMatchObject({ channel: 'wecom', who: { id: entered['id'], name: '值守群' } });
  expect(timeline.some((one) => one.kind === 'told' && one.channel === 'sms')).toBe(true);
  expect(JSON.stringify(json)).not.toContain(robot.key);
});
