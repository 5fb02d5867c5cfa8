/** What a supervisor does without leaving the board, and what the case page shows of who was told and who looked. */
import { DESK, PHONE, Visitor } from '../support/browser';
import { eventually } from '../support/system';
import { SUPERVISOR, WORKER } from './field';
import { onStage } from './stage';

const stage = onStage({ withField: true });
let visitor: Visitor | undefined;

async function visit(username: string, path = '/board', size = DESK): Promise<Visitor> {
  visitor = await Visitor.open(stage.browser, stage.system.url, size);
  await visitor.enter(stage.system.account(username), path);
  return visitor;
}
afterEach(async () => {
  const left = visitor;
  visitor = undefined;
  await left?.close();
  expect(left?.errors ?? []).toEqual([]);
});

interface Entry {
  kind: string;
  note: string | null;
  data: Record<string, unknown>;
}
const journalOf = async (id: string): Promise<Entry[]> =>
  (await stage.system.ask<{ items: Entry[] }>('GET', `/api/v1/cases/${id}/timeline`, SUPERVISOR)).body.items;

test('escalates now: says who is next, and the next rung is told without waiting', async () => {
  const boss = await visit(SUPERVISOR);
  const { page } = boss;
  await page.locator('.alert-open').first().waitFor();
  const step = await page.locator('.alert-open strong').first().innerText();
  // The bar of new cases may come in this moment and move the list: nobody looks and taps as fast as that.
  await page.waitForTimeout(2_500);
  await page.locator('.alert-open').first().getByRole('button', { name: '立即上报' }).click();
  await page.getByText(/马上告知下一级|马上再次告知/).waitFor();
  await page.locator('dialog textarea').fill('演示：孩子还在家里');
  expect(await boss.findings()).toEqual([]);
  await page.locator('dialog button[type=submit]').click();
  await page.getByText('已上报，正在告知下一级').waitFor();
  const journal = await eventually(
    () => journalOf(stage.field.late.id),
    (entries) => entries.some(({ kind }) => kind === 'escalated'),
  );
  const at = journal.findIndex(({ kind }) => kind === 'escalated');
  expect(journal[at]?.note).toBe('演示：孩子还在家里');
  await eventually(
    () => journalOf(stage.field.late.id),
    (entries) => entries.slice(at + 1).some(({ kind }) => kind === 'rung_told' || kind === 'rung_skipped'),
  );
  expect(step).toContain('逾期');
});

test('decides on more time from the board, beside the reason, in a second window too', async () => {
  const boss = await visit(SUPERVISOR);
  const { page } = boss;
  const other = await Visitor.open(stage.browser, stage.system.url, DESK);
  await other.enter(stage.system.account('duty1'), '/board');
  const waiting = other.page.locator('.approval', { hasText: stage.field.asking.number });
  await waiting.waitFor();
  const row = page.locator('.approval', { hasText: stage.field.asking.number });
  await row.getByRole('button', { name: '审批' }).click();
  await page.locator('dialog').getByText('家长带孩子去了外地，明天返回').waitFor();
  expect(await boss.findings()).toEqual([]);
  await page.locator('dialog').getByRole('button', { name: '同意', exact: true }).click();
  await page.locator('dialog').waitFor({ state: 'detached' });
  // The other window learns of it by itself.
  await waiting.waitFor({ state: 'detached' });
  await other.close();
  expect(other.errors).toEqual([]);
  const { steps } = (await stage.system.ask('GET', `/api/v1/cases/${stage.field.asking.id}`, SUPERVISOR)).body;
  expect(steps.find((one) => one.id === 'first_contact')?.extension).toBeNull();
});

test('sees what the audit found', async () => {
  const { page } = await visit(SUPERVISOR);
  await page.getByRole('heading', { name: /巡检发现/ }).waitFor();
  await page.getByText(/最近一次巡检|还没有巡检过/).waitFor();
});

test('the case: basis on hover and by keys, closely looked at, receipts, who looked', async () => {
  const boss = await visit(SUPERVISOR, `/cases/${stage.field.late.id}`);
  const { page } = boss;
  const row = page.locator('.gantt-row').first();
  const tip = row.locator('.gantt-tip');
  await tip.waitFor({ state: 'hidden' });
  // While parts of the page are still coming, the row may move away from under the mouse.
  const hovered = async (): Promise<string> => {
    await row.locator('summary').hover();
    return (await tip.isVisible()) ? tip.innerText() : '';
  };
  expect(await eventually(hovered, (words) => words !== '')).toMatch(/法律规定|地方规定|专业判断/);
  await page.mouse.move(0, 0);
  await row.locator('summary').focus();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Tab');
  await tip.waitFor();
  await page.keyboard.press('Enter');
  await row.locator('.gantt-why').waitFor();
  await page.locator('.mark-receipt').first().waitFor();

  const whole = await page.locator('.gantt-scale').innerText();
  await page.getByRole('button', { name: '一天', exact: true }).click();
  expect(await page.locator('.gantt-scale').innerText()).not.toBe(whole);
  await page.getByRole('button', { name: '往后' }).click();
  expect(await page.getByRole('button', { name: '往前' }).isEnabled()).toBe(true);
  await page.getByRole('button', { name: '全程' }).click();
  expect(await page.locator('.gantt-scale').innerText()).toBe(whole);

  await page.getByRole('button', { name: '查看记录' }).click();
  await page.locator('.lines').getByText('查看案件和儿童信息').first().waitFor();
  expect(await page.locator('.lines').innerText()).toContain('陈立夏');
  expect(await boss.findings()).toEqual([]);
  expect(await boss.overflows()).toBe(false);
});

test('a referral is taken back, with its reason in its story', async () => {
  const { page } = await visit(SUPERVISOR, `/cases/${stage.field.late.id}`);
  await page.locator('.referral').getByRole('button', { name: '撤回转介' }).click();
  await page.locator('dialog textarea').fill('演示：对方辖区有误');
  await page.locator('dialog button[type=submit]').click();
  await page.locator('.referral .tag', { hasText: '已撤回' }).waitFor();
  await page.locator('.referral summary').click();
  await page.locator('.referral q', { hasText: '演示：对方辖区有误' }).waitFor();
});

test('two taps finish a step, and the note comes after', async () => {
  const worker = await visit(WORKER, '/work', PHONE);
  const { page } = worker;
  const row = page.locator('.work-row', { has: page.locator(`a[href="/cases/${stage.field.calm.id}"]`) }).first();
  const step = await row.locator('.work-step').innerText();
  await worker.tap(row.locator('button'));
  await worker.tap(page.locator('dialog button[type=submit]').first());
  await page.getByText(`“${step}”已办结`).waitFor();
  expect(worker.taps).toBe(2);
  expect(await worker.findings()).toEqual([]);
  await page.locator('dialog textarea').fill('演示：孩子在外婆家');
  await page.getByRole('button', { name: '保存说明' }).click();
  await page.getByText('说明已保存').waitFor();
  const noted = (await journalOf(stage.field.calm.id)).filter(({ kind }) => kind === 'noted');
  expect(noted).toMatchObject([{ note: '演示：孩子在外婆家' }]);
  // Notes are the child's story: who may not see the child sees that there is one, and not what it says.
  const { body } = await stage.system.ask<{ items: Entry[] }>(
    'GET',
    `/api/v1/cases/${stage.field.calm.id}/timeline`,
    'evaluator',
  );
  expect(body.items.find(({ kind }) => kind === 'noted')?.note).toBeNull();
  const wrong = { text: '演示', stepId: 'no-such-step' };
  expect((await stage.system.ask('POST', `/api/v1/cases/${stage.field.calm.id}/notes`, WORKER, wrong)).status).toBe(
    422,
  );
});

test('messages of a case: who, by what, and what came back; no words, no addresses', async () => {
  interface Sent {
    name: string | null;
    channel: string;
    state: string;
    receiptAt: string | null;
  }
  const path = `/api/v1/cases/${stage.field.late.id}/messages`;
  const { items } = (await stage.system.ask<{ items: Sent[] }>('GET', path, SUPERVISOR)).body;
  expect(items.some(({ name, channel }) => name === '林立春' && channel === 'sms')).toBe(true);
  expect(items.filter(({ state }) => state === 'delivered').every(({ receiptAt }) => receiptAt !== null)).toBe(true);
  const { phone } = stage.system.account(WORKER);
  expect(JSON.stringify(items)).not.toContain(String(phone).slice(-8));
  expect((await stage.system.ask('GET', path, 'donghu_worker1')).status).toBe(404);
});
