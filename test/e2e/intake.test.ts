/** From a page that anybody can open to a case whose clocks run: queued, unscreened too long, told, screened in. Nothing is doubled. */
import { eventually, startSystem, type Message, type System } from '../support/system';

let system: System;

beforeAll(async () => {
  system = await startSystem();
}, 900_000);
afterAll(async () => system?.close());

const WORKER = 'xinhua_worker1';
const SECOND = 'xinhua_worker2';
const SUPERVISOR = 'xinhua_supervisor';
const WORDS = '端到端样例：孩子独自在家三天了';

interface Report {
  id: string;
  number: string;
  state: string;
  looks: string;
  receivedAt: string;
  dueAt: string;
  overdue: boolean;
  caseId: string | null;
  alert: { id: string; state: string } | null;
}
const reports = async (): Promise<Report[]> =>
  (await system.ask<{ items: Report[] }>('GET', '/api/v1/reports', WORKER)).body.items;
const report = async (id: string): Promise<Report> =>
  (await system.ask<Report>('GET', `/api/v1/reports/${id}`, WORKER)).body;

async function forward(id: string, minutes: number): Promise<void> {
  const path = `/sandbox/reports/${id}/fast-forward`;
  const { status, body } = await system.ask('POST', path, undefined, { seconds: minutes * 60 });
  if (status !== 200) throw new Error(JSON.stringify(body));
}

/** Texts and mails that name the report, by who got them. */
async function told(number: string): Promise<Message[]> {
  const all = await system.ask<Message[]>('GET', '/sandbox/messages');
  return all.body.filter(({ text }) => text.includes(number));
}
const texts = async (number: string): Promise<string[]> =>
  (await told(number)).filter(({ channel }) => channel === 'sms').map((one) => `${system.who(one)}: ${one.text}`);

const who = (said: string[]): string[] => said.map((text) => text.replace(/:.*/s, '')).sort();

describe('a report from the public page', () => {
  let one: Report;
  const lateTexts = async () => (await texts(one.number)).filter((text) => text.includes('已超过甄别时限'));
  const whoHeardLate = async () => who(await lateTexts());

  test('is in the station’s queue, and the worker on duty hears of it at once', async () => {
    const page = await fetch(`${system.url}/help/xinhua`).then((response) => response.text());
    const seal = /name="seal" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const sent = await fetch(`${system.url}/help/xinhua`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ seal, what: WORDS, danger: 'yes', who: 'neighbour', childName: '端到端童' }),
    });
    expect(sent.status).toBe(303);
    const number = /([A-Z]\d{5})$/.exec(sent.headers.get('location') ?? '')?.[1] ?? '';
    const found = (await reports()).find((candidate) => candidate.number === number);
    if (!found) throw new Error(`report ${number} is not in the queue`);
    one = found;
    expect(one).toMatchObject({ state: 'waiting', looks: 'critical', overdue: false });
    await forward(one.id, 1);
    const soon = `【守望】收到一条报告（编号${number}），请在15分钟内登录系统甄别。`;
    expect((await texts(number)).sort()).toEqual([`${WORKER}: ${soon}`, `${SECOND}: ${soon}`]);
    expect(JSON.stringify(await told(number))).not.toMatch(/端到端/);
  });

  test('unscreened too long, it climbs its ladder: worker, supervisor, duty officers', async () => {
    await forward(one.id, 14);
    expect(await whoHeardLate()).toEqual([WORKER, SECOND]);
    expect((await lateTexts())[0]).toMatch(new RegExp(`【守望】报告${one.number}已超过甄别时限.+回复\\d{4}确认`));
    expect(await report(one.id)).toMatchObject({ overdue: true, alert: { state: 'open' } });
    await forward(one.id, 10);
    expect(await whoHeardLate()).toEqual(['duty1', 'duty2', SUPERVISOR, WORKER, SECOND]);
  });

  test('acknowledged by a text, it is quiet for a while', async () => {
    const asked = (await told(one.number)).find(
      (message) => message.channel === 'sms' && system.who(message) === SUPERVISOR && message.text.includes('回复'),
    );
    const code = /回复(\d{4})/.exec(asked?.text ?? '')?.[1] ?? '';
    expect((await system.ask('POST', `/sandbox/messages/${asked?.id}/reply`, undefined, { text: code })).status).toBe(
      200,
    );
    await eventually(
      () => report(one.id),
      ({ alert }) => alert?.state === 'acknowledged',
    );
    const before = (await lateTexts()).length;
    await forward(one.id, 13);
    expect(await lateTexts()).toHaveLength(before);
  });

  test('screened in, the case runs from the report’s receipt, those who were told hear it, and nobody is told again', async () => {
    const path = `/api/v1/reports/${one.id}/screen-in`;
    const done = await system.ask<Report>('POST', path, WORKER, { type: 'neglect', risk: 'critical' });
    expect([done.status, done.body.state]).toEqual([200, 'screened_in']);
    const { body } = await eventually(
      () => system.ask('GET', `/api/v1/cases/${done.body.caseId}`, WORKER),
      (seen) => seen.body.workflow === 'running',
    );
    expect(body.receivedAt).toBe(one.receivedAt);
    const first = body.steps.find(({ kind }) => kind === 'first_contact');
    expect(Date.parse(first?.dueAt ?? '') - Date.parse(one.receivedAt)).toBe(2 * 3_600_000);
    expect(body).toMatchObject({ status: 'open', narrative: expect.stringContaining(WORDS) });
    const over = await eventually(
      async () => (await texts(one.number)).filter((text) => text.includes('已有人甄别')),
      (all) => all.length >= 4,
    );
    expect(who(over)).toEqual(['duty1', 'duty2', SUPERVISOR, SECOND]);
    // The watch has ended: its clock stands still. The case's own deadline is told like any other.
    const still = await system.ask('POST', `/sandbox/reports/${one.id}/fast-forward`, undefined, { seconds: 60 });
    expect(still.status).toBe(409);
    await system.forward(String(done.body.caseId), 125);
    const said = await eventually(
      async () => (await system.ask<Message[]>('GET', '/sandbox/messages')).body,
      (all) => all.some(({ text }) => text.includes(`案件${body.number}的首次接触已逾期`)),
    );
    expect(JSON.stringify(said)).not.toMatch(/端到端/);
  });
});
