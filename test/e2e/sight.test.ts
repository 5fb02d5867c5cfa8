/** A restricted case, a conflict of interest and broken glass on real parts: who sees, who is told, and who must not know. */
import { eventually, startSystem, type CaseBody, type Message, type System } from '../support/system';

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, 900_000);
afterAll(async () => system?.close());

const WORKER = 'xinhua_worker1';
const OTHER = 'xinhua_worker2';
const SUPERVISOR = 'xinhua_supervisor';
const FIELD = [WORKER, OTHER, SUPERVISOR, 'duty1', 'duty2', 'donghu_worker1', 'donghu_supervisor'];
const EVERYBODY = [...FIELD, 'admin', 'evaluator'];

const ask = <T = CaseBody>(method: string, path: string, as: string, body?: unknown) =>
  system.ask<T>(method, `/api/v1${path}`, as, body);
const post = async <T = CaseBody>(path: string, as: string, body: unknown): Promise<T> => {
  const reply = await ask<T>('POST', path, as, body);
  if (reply.status >= 300) throw new Error(`${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
  return reply.body;
};
const statusOf = async (as: string, id: string): Promise<number> => (await ask('GET', `/cases/${id}`, as)).status;
const heard = (messages: Message[]) => [...new Set(messages.map((one) => system.who(one)))].sort();

/** A critical case of which nothing but the first contact is left, assigned to the worker. */
async function made(): Promise<CaseBody> {
  const body = await system.report(WORKER);
  await post(`/cases/${body.id}/assign`, SUPERVISOR, { staffId: WORKER });
  for (const { id, state } of (await ask('GET', `/cases/${body.id}`, WORKER)).body.steps)
    if (id !== 'first_contact' && !['done', 'cancelled'].includes(state))
      await post(`/cases/${body.id}/steps/${id}/complete`, WORKER, { outcome: 'not_applicable', note: '演示' });
  return body;
}

/** The journal's newest entry once it is of that kind: what happened beside the workflow may come onto it a moment later. */
async function journalled(caseId: string, as: string, kind: string): Promise<object | undefined> {
  const newest = async () =>
    (await ask<{ items: { kind: string }[] }>('GET', `/cases/${caseId}/timeline`, as)).body.items.at(-1);
  return eventually(newest, (entry) => entry?.kind === kind);
}

/** Every documented way to read, with the case and its alert put where an id goes. @returns where the case shows */
async function showsIn(as: string, { id, number }: CaseBody, alertId: string): Promise<string[]> {
  const { body } = await system.ask<{ paths: Record<string, object> }>('GET', '/openapi.json');
  const shown: string[] = [];
  let asked = 0;
  for (const [path, methods] of Object.entries(body.paths)) {
    if (!('get' in methods) || !path.startsWith('/api/v1/') || path.endsWith('/stream')) continue;
    const subject = path.startsWith('/api/v1/alerts/') ? alertId : id;
    const address = path.replace(/\{\w+\}/, subject).replace(/\{\w+\}/g, 'unknown');
    const reply = await system.ask<unknown>('GET', address, as);
    asked += 1;
    // A refusal names nothing either.
    const said = JSON.stringify(reply.body);
    if (said.includes(id) || said.includes(number)) shown.push(`${address.replace(id, '{id}')}: ${reply.status}`);
  }
  expect(asked).toBeGreaterThan(30);
  return shown;
}

/** Hears the stream as somebody; ends when the signal does. */
async function listen(as: string, signal: AbortSignal): Promise<() => string> {
  const headers = { authorization: `Bearer ${system.account(as).token}` };
  const response = await fetch(`${system.url}/api/v1/stream`, { headers, signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const read = async (): Promise<void> => {
    for (;;) {
      const { done, value = '' } = (await reader?.read()) ?? { done: true };
      text += value;
      if (done) return;
    }
  };
  read().catch(() => (text += ' (ended)'));
  return () => text;
}

describe('a case restricted to a worker and her supervisor', () => {
  let body: CaseBody;
  let alertId: string;
  let glassId: string;

  beforeAll(async () => {
    body = await made();
  }, 120_000);

  test('is restricted by a supervisor alone, with a reason, to people who can work it', async () => {
    const path = `/cases/${body.id}/restriction`;
    for (const [as, status] of [
      [WORKER, 403],
      ['admin', 403],
      ['donghu_supervisor', 404],
    ] as const)
      expect((await ask('POST', path, as, { staffIds: [WORKER], reason: '演示' })).status).toBe(status);
    expect((await ask('POST', path, SUPERVISOR, { staffIds: [WORKER] })).status).toBe(422);
    const strangers = await ask<{ errors: { path: string }[] }>('POST', path, SUPERVISOR, {
      staffIds: ['donghu_worker1', 'nobody'],
      reason: '演示',
    });
    expect([strangers.status, strangers.body.errors.map((one) => one.path)]).toEqual([
      422,
      ['staffIds.0', 'staffIds.1'],
    ]);
    const narrowed = await post<object>(path, SUPERVISOR, { staffIds: [WORKER], reason: '涉案人在站内有亲友' });
    expect(narrowed).toMatchObject({
      restricted: true,
      named: [{ staffId: SUPERVISOR, by: SUPERVISOR }, { staffId: WORKER }],
    });
    const entry = await journalled(body.id, WORKER, 'access_restricted');
    expect(entry).toMatchObject({
      actor: { id: SUPERVISOR },
      note: '涉案人在站内有亲友',
      data: { staffIds: `${SUPERVISOR} ${WORKER}` },
    });
  });

  test('climbs the ladder by its own people, and then the duty officers; nobody else hears', async () => {
    await system.forward(body.id, 1);
    await system.told(body.id);
    await system.forward(body.id, 122);
    expect(heard(await system.told(body.id))).toEqual([WORKER]);
    await system.forward(body.id, 10);
    expect(heard(await system.told(body.id))).toEqual([SUPERVISOR]);
    await system.forward(body.id, 10);
    expect(heard(await system.told(body.id))).toEqual(['duty1', 'duty2']);
    await system.forward(body.id, 16);
    expect(heard(await system.told(body.id))).toEqual(['duty1', 'duty2', SUPERVISOR, WORKER]);
    const { alerts } = (await ask('GET', `/cases/${body.id}`, WORKER)).body;
    alertId = alerts.find(({ stepId }) => stepId === 'first_contact')?.id ?? '';
    expect(alertId).not.toBe('');
  }, 120_000);

  test('is nowhere for everybody else: no list, search, count, board, stream, timeline, export or told screen', async () => {
    for (const as of EVERYBODY.filter((one) => ![WORKER, SUPERVISOR].includes(one))) {
      expect([as, await showsIn(as, body, alertId)]).toEqual([as, []]);
      const found = await ask<{ items: object[] }>('GET', `/cases?q=${body.number}`, as);
      expect(found.body.items).toEqual([]);
    }
    expect((await showsIn(WORKER, body, alertId)).length).toBeGreaterThan(5);
    const stop = new AbortController();
    const [outside, inside] = [await listen(OTHER, stop.signal), await listen(WORKER, stop.signal)];
    await post(`/alerts/${alertId}/ack`, WORKER, { note: '演示' });
    await eventually(
      async () => inside(),
      (text) => text.includes(body.number),
    );
    stop.abort();
    expect(outside()).not.toContain(body.number);
    expect(outside()).not.toContain(body.id);
  }, 120_000);

  test('takes no write from others, cannot be given to them, and each try is on the record', async () => {
    const writes: [string, object][] = [
      [`/cases/${body.id}/risk`, { risk: 'high', reason: '演示' }],
      [`/cases/${body.id}/steps/first_contact/complete`, { outcome: 'done' }],
      [`/cases/${body.id}/close`, { reason: '演示' }],
      [`/alerts/${alertId}/ack`, {}],
      [`/alerts/${alertId}/escalate`, {}],
    ];
    for (const [path, sent] of writes) expect((await ask('POST', path, OTHER, sent)).status).toBe(404);
    expect((await ask('POST', `/cases/${body.id}/assign`, SUPERVISOR, { staffId: OTHER })).status).toBe(422);
    const { body: looked } = await ask<{ items: { staffId: string; action: string; allowed: boolean }[] }>(
      'GET',
      `/cases/${body.id}/access?limit=200`,
      SUPERVISOR,
    );
    const refused = looked.items.filter(({ staffId, allowed }) => staffId === OTHER && !allowed);
    expect(refused.length).toBeGreaterThanOrEqual(writes.length);
    expect(refused.filter(({ action }) => action === 'case:shielded').length).toBeGreaterThanOrEqual(writes.length);
  });

  test('opens in an emergency: with a reason, loudly, for a time', async () => {
    const since = (await system.ask<Message[]>('GET', '/sandbox/messages')).body.length;
    const reason = '夜间来电，孩子称有危险';
    expect((await ask('POST', '/break-glass', OTHER, { number: body.number })).status).toBe(422);
    expect((await ask('POST', '/break-glass', OTHER, { number: 'Z9999', reason })).status).toBe(404);
    expect((await ask('POST', '/break-glass', 'admin', { number: body.number, reason })).status).toBe(403);
    expect((await ask('POST', '/break-glass', WORKER, { number: body.number, reason })).status).toBe(409);
    const glass = await post<{ id: string; openedAt: string; until: string }>('/break-glass', OTHER, {
      ...{ number: body.number.toLowerCase(), reason },
    });
    glassId = glass.id;
    expect(Date.parse(glass.until) - Date.parse(glass.openedAt)).toBe(120 * 60_000);
    expect(await statusOf(OTHER, body.id)).toBe(200);
    expect(await statusOf('donghu_worker1', body.id)).toBe(404);
    const told = await eventually(
      async () => (await system.ask<Message[]>('GET', '/sandbox/messages')).body.slice(since),
      (messages) => messages.filter(({ text }) => text.includes('紧急查阅')).length >= 8,
    );
    const loud = told.filter(({ text }) => text.includes(`案件${body.number}被紧急查阅`));
    expect(heard(loud)).toEqual(['duty1', 'duty2', SUPERVISOR, WORKER]);
    const entry = await journalled(body.id, SUPERVISOR, 'glass_broken');
    expect(entry).toMatchObject({ actor: { id: OTHER }, note: reason });
    const { body: looked } = await ask<{ items: object[] }>('GET', `/cases/${body.id}/access`, SUPERVISOR);
    expect(looked.items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ staffId: OTHER, action: 'case:break-glass', ground: 'glass' }),
        expect.objectContaining({ staffId: OTHER, action: 'case:read-child', ground: 'glass' }),
      ]),
    );
    const { body: list } = await ask<{ items: { id: string }[] }>('GET', '/break-glass', SUPERVISOR);
    expect(list.items.map(({ id }) => id)).toContain(glassId);
  }, 120_000);

  test('is closed again by whoever watches over it, and opens nothing any more', async () => {
    expect((await ask('POST', `/break-glass/${glassId}/end`, 'donghu_supervisor', {})).status).toBe(404);
    expect(await post(`/break-glass/${glassId}/end`, SUPERVISOR, {})).toMatchObject({ endedAt: expect.any(String) });
    expect(await statusOf(OTHER, body.id)).toBe(404);
    expect([OTHER, await showsIn(OTHER, body, alertId)]).toEqual([OTHER, ['/api/v1/break-glass: 200']]);
  });

  test('opens again for everybody when the restriction ends', async () => {
    await post(`/cases/${body.id}/restriction/end`, SUPERVISOR, { reason: '风险已排除' });
    expect(await statusOf(OTHER, body.id)).toBe(200);
    expect(await statusOf('evaluator', body.id)).toBe(200);
  });
});

describe('a worker who is a relative of the suspect', () => {
  let body: CaseBody;
  beforeAll(async () => {
    body = await made();
  }, 120_000);

  test('is told until that is known, and then shut out of the case, its texts, its codes and the glass', async () => {
    await system.forward(body.id, 1);
    await system.told(body.id);
    await system.forward(body.id, 122);
    const first = await system.told(body.id);
    expect(heard(first)).toEqual([WORKER]);
    expect((await ask('POST', `/cases/${body.id}/conflicts`, OTHER, { staffId: WORKER, reason: '演示' })).status).toBe(
      403,
    );
    await post(`/cases/${body.id}/conflicts`, SUPERVISOR, { staffId: WORKER, reason: '系涉案人表亲' });
    expect(await statusOf(WORKER, body.id)).toBe(404);
    expect(await statusOf(OTHER, body.id)).toBe(200);
    const { alerts } = (await ask('GET', `/cases/${body.id}`, SUPERVISOR)).body;
    const alertId = alerts.find(({ state }) => state === 'open')?.id ?? '';
    expect([WORKER, await showsIn(WORKER, body, alertId)]).toEqual([WORKER, []]);
    const broken = { number: body.number, reason: '想看看' };
    expect((await ask('POST', '/break-glass', WORKER, broken)).status).toBe(404);

    // The code of the text that came before is nobody's any more.
    const sms = first.find(({ channel, text }) => channel === 'sms' && text.includes('回复'));
    const code = /回复(\d{4})/.exec(sms?.text ?? '')?.[1] ?? '';
    expect(code).not.toBe('');
    await system.ask('POST', `/sandbox/messages/${sms?.id}/reply`, undefined, { text: code });
    const link = /\/a\/[\w-]{22,}/.exec(first.map(({ text }) => text).join('\n'))?.[0] ?? '';
    expect(link).not.toBe('');
    expect((await fetch(system.url + link)).status).toBe(410);

    // The ladder goes on without them: the worker on duty, the supervisor, the officers.
    await system.forward(body.id, 10);
    await system.forward(body.id, 10);
    await system.forward(body.id, 16);
    const rest = heard(await system.told(body.id));
    expect(rest).toEqual(expect.arrayContaining([SUPERVISOR, 'duty1', 'duty2']));
    expect(rest).not.toContain(WORKER);
    const after = (await ask('GET', `/cases/${body.id}`, SUPERVISOR)).body.alerts.find(({ id }) => id === alertId);
    expect(after).toMatchObject({ acknowledgedBy: null });
    expect((await ask('POST', `/cases/${body.id}/assign`, SUPERVISOR, { staffId: WORKER })).status).toBe(422);
  }, 120_000);

  test('may say so of oneself, and is let in again by a supervisor alone', async () => {
    await post(`/cases/${body.id}/conflicts`, OTHER, { staffId: OTHER, reason: '系邻居' });
    expect(await statusOf(OTHER, body.id)).toBe(404);
    expect(
      (await ask('POST', `/cases/${body.id}/conflicts/end`, 'duty1', { staffId: 'duty2', reason: '演示' })).status,
    ).toBe(409);
    await post(`/cases/${body.id}/conflicts/end`, SUPERVISOR, { staffId: OTHER, reason: '核实并非亲友' });
    expect(await statusOf(OTHER, body.id)).toBe(200);
    expect(await statusOf(WORKER, body.id)).toBe(404);
    const { body: known } = await ask<{ conflicts: object[] }>('GET', `/cases/${body.id}/restriction`, SUPERVISOR);
    expect(known.conflicts).toMatchObject([{ staffId: WORKER, by: SUPERVISOR }]);
  });
});

test('the reporter is null for a colleague whose case it is not, and each opening is on the record', async () => {
  const body = await made();
  const file = async (as: string) =>
    (await ask<{ reporter: unknown; child: unknown }>('GET', `/cases/${body.id}`, as)).body;
  expect(await file(OTHER)).toMatchObject({ child: expect.any(Object), reporter: null });
  for (const as of [WORKER, SUPERVISOR, 'duty1'])
    expect(await file(as)).toMatchObject({ reporter: { name: '测试报告人' } });
  const { body: looked } = await ask<{ items: { staffId: string; action: string }[] }>(
    'GET',
    `/cases/${body.id}/access?limit=200`,
    SUPERVISOR,
  );
  const opened = looked.items.filter(({ action }) => action === 'case:read-reporter').map(({ staffId }) => staffId);
  expect([...new Set(opened)].sort()).toEqual(['duty1', SUPERVISOR, WORKER]);
}, 60_000);
