/** The pace of a contract beside the real servers: its Schedule, and who is written to as the days go by. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection, ScheduleOverlapPolicy } from '@temporalio/client';
import { createPace } from '../../activities/pace';
import type { Contract } from '../../domain/services/contract';
import { atBeijingMinute, beijing, beijingDay } from '../../domain/zone';
import { dataConverter } from '../../runtime/payload-codec';
import { PROJECT } from '../../sandbox/config';
import { paceScheduleId } from '../../worker/schedules';
import { eventually as soon, Rig } from '../api/cases/rig';
import { contractNow } from '../api/services/support';
import { withinOneDay } from '../support/day';
import { recordHistory } from '../support/histories';

const eventually = <T>(ask: () => Promise<T | null | undefined | false>) => soon(ask, 40_000);
let rig: Rig;
let connection: Connection;
let client: Client;
let policiesDir: string;
let contract: Contract;

beforeAll(async () => {
  await withinOneDay();
  policiesDir = mkdtempSync(join(tmpdir(), 'pace-policies-'));
  cpSync(join(PROJECT, 'policies'), policiesDir, { recursive: true });
  writeFileSync(join(policiesDir, 'contracts/now.yaml'), contractNow('xinhua', 'now', 14));
  rig = await Rig.start({ policiesDir });
  const { address, namespace } = rig.config.temporal;
  connection = await Connection.connect({ address });
  client = new Client({ connection, namespace, dataConverter: dataConverter(rig.config.payloadKeys) });
  const found = rig.api.deps.contracts.byId('now');
  if (!found) throw new Error('the contract is missing');
  contract = found;
}, 900_000);
afterAll(async () => {
  await connection?.close();
  await rig?.stop();
  rmSync(policiesDir, { recursive: true, force: true });
});

const told = (kind: string) =>
  rig.api.deps.db.delivery.findMany({ where: { kind }, orderBy: [{ personId: 'asc' }, { channel: 'asc' }] });
const handle = () => client.schedule.getHandle(paceScheduleId(rig.config.temporal.taskQueue));

test('its Schedule wakes on Mondays and on each of the days before the evaluation, at the digest’s minute', async () => {
  const { info } = await handle().describe();
  const minute = rig.api.deps.policies.current.digestMinute;
  const last = contract.evaluations.at(-1)?.day ?? 0;
  const today = beijingDay(Date.now());
  const first = atBeijingMinute(today, minute) > Date.now() ? today : today + 1;
  const expected: number[] = [];
  for (let day = first; expected.length < 10; day += 1) {
    const monday = beijing(atBeijingMinute(day, 0)).weekday === 1;
    // Fourteen days are left, so that every day up to the evaluation is one of the last thirty.
    if (day <= last || monday) expected.push(atBeijingMinute(day, minute));
  }
  expect(info.nextActionTimes.map((time) => time.getTime())).toEqual(expected);
});

test('fourteen days before: one text and one mail a person, with what is behind in the mail alone', async () => {
  await handle().trigger(ScheduleOverlapPolicy.BUFFER_ONE);
  const rows = await eventually(async () => {
    const found = await told('evaluation_near');
    return found.length === 6 && found.every((row) => ['sent', 'delivered'].includes(row.state)) ? found : undefined;
  });
  expect(rows.map((row) => [row.personId, row.channel])).toEqual(
    ['duty1', 'duty2', 'xinhua_supervisor'].flatMap((who) => [
      [who, 'email'],
      [who, 'sms'],
    ]),
  );
  expect(rows[0]?.vars).toMatchObject({
    left: '14天',
    list: expect.stringMatching(/末期评估.*还有14天[^]*探访 0\/260人次，按目前进度到\d+月\d+日约0，预计少260人次/),
  });
  const { info } = await handle().describe();
  const [run] = info.recentActions;
  const { workflowId } = run?.action.workflow ?? { workflowId: '' };
  await recordHistory(client, workflowId, 'watch-pace-v1', rig.config.payloadKeys);
});

test('as the days go by: once a day, reminders at 60, 30, 14 and 7, and nothing on quiet days', async () => {
  const { db, contracts, log } = rig.api.deps;
  await db.notice.deleteMany({});
  await db.delivery.deleteMany({});
  const only = { all: [contract], byId: contracts.byId };
  const { sendPace } = createPace({ db, contracts: only, log });
  const evaluation = contract.evaluations.at(-1)?.day ?? 0;
  const heard: { left: number; kind: string }[] = [];
  for (let left = 65; left >= 0; left -= 1) {
    const at = atBeijingMinute(evaluation - left, 570);
    const before = await db.delivery.count();
    await sendPace({ at });
    await sendPace({ at: at + 3_600_000 });
    const rows = await db.delivery.findMany({ where: { personId: 'xinhua_supervisor', at: new Date(at) } });
    expect((await db.delivery.count()) - before).toBe(rows.length * 3);
    if (rows.length > 0) heard.push({ left, kind: rows[0]?.kind ?? '' });
    // Before the courier takes it: no carrier knows these days.
    await db.notice.deleteMany({});
  }
  expect(heard.filter(({ kind }) => kind === 'evaluation_near').map(({ left }) => left)).toEqual([60, 30, 14, 7]);
  const mondays = (left: number): boolean => beijing(atBeijingMinute(evaluation - left, 0)).weekday === 1;
  const expected = Array.from({ length: 66 }, (_, i) => 65 - i).filter((n) => n <= 30 || n === 60 || mondays(n));
  expect(heard.map(({ left }) => left)).toEqual(expected);
  const behind = (await told('pace')).find((row) => row.personId === 'xinhua_supervisor');
  expect(behind?.vars).toMatchObject({ list: expect.stringContaining('探访 0/260人次') });
});
