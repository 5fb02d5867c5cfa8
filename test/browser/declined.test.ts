/** Said no (不接手、不接收), and what others do is seen on an open screen without reading it again. */
import { PHONE } from '../support/browser';
import { SUPERVISOR, WORKER } from './field';
import { onStage } from './stage';
import { fine, leave } from './visits';

const stage = onStage({ withField: true });
const OTHER = 'xinhua_worker2';
const THERE = 'donghu_supervisor';
/** Sooner than any list is read again by itself: what is seen by then was told. */
const TOLD = { timeout: 40_000 };

interface People {
  assignee: string | null;
  stationId: string;
  people: { handover: { to: string } | null; transfer: { to: string } | null };
}
const caseOf = async (id: string): Promise<People> => (await stage.ask<People>('GET', `/cases/${id}`, SUPERVISOR)).body;

test('a colleague cannot take a case: says why, and whoever asked sees it at once and still has the case', async () => {
  const { id } = stage.field.asking;
  expect((await stage.ask('POST', `/cases/${id}/hand-over`, WORKER, { staffId: OTHER })).status).toBe(200);
  const worker = await stage.visit(WORKER, `/cases/${id}`, PHONE);
  await worker.page.getByText('已请周谷雨接手，等待答复').waitFor();
  const other = await stage.visit(OTHER, `/cases/${id}`, PHONE);
  await other.page.getByRole('button', { name: '不能接手', exact: true }).click();
  const dialog = other.page.locator('dialog[open]');
  const send = dialog.locator('button[type=submit]');
  // Without a reason it cannot be sent.
  expect(await send.isDisabled()).toBe(true);
  await dialog.locator('textarea[name=reason]').fill('演示：手上已有两件紧急案件');
  await fine(other);
  await send.click();
  await other.page.getByText('已答复，仍由原承办人办理').waitFor();
  await other.page.getByText('请您接手本案').waitFor({ state: 'detached' });
  await worker.page.getByText('已请周谷雨接手，等待答复').waitFor({ state: 'detached', ...TOLD });
  await worker.page.locator('.entry', { hasText: '不能接手' }).getByText('演示：手上已有两件紧急案件').waitFor();
  expect(await caseOf(id)).toMatchObject({ assignee: WORKER, people: { handover: null } });
  await leave(other);
  await leave(worker);
});

test('an offer comes to the other station’s open board; it is not accepted, and that is seen where it came from', async () => {
  const { id, number } = stage.field.calm;
  const [there, here] = await Promise.all([stage.visit(THERE, '/board'), stage.visit(SUPERVISOR, '/board')]);
  await there.page.getByText('没有待接收的移交').waitFor();
  await here.page.locator('#board-offers').waitFor();
  const offer = { stationId: 'donghu', ground: 'consent', reason: '演示：孩子随母亲迁居，母亲同意' };
  expect((await stage.ask('POST', `/cases/${id}/transfer`, SUPERVISOR, offer)).status).toBe(200);
  const mine = here.page.locator('.approval', { hasText: number }).filter({ hasText: '本站提出' });
  await mine.waitFor(TOLD);
  const offered = there.page.locator('.offer', { hasText: number });
  await offered.waitFor(TOLD);
  await offered.getByRole('button', { name: /^不接收/ }).click();
  const dialog = there.page.locator('dialog[open]');
  expect(await dialog.locator('button[type=submit]').isDisabled()).toBe(true);
  await dialog.locator('textarea[name=reason]').fill('演示：孩子并未迁来');
  await fine(there);
  await dialog.locator('button[type=submit]').click();
  await there.page.getByText('已答复对方').waitFor();
  await offered.waitFor({ state: 'detached' });
  await mine.waitFor({ state: 'detached', ...TOLD });
  expect(await caseOf(id)).toMatchObject({ stationId: 'xinhua', people: { transfer: null } });
  // Why stands in the journal of the case, for the station that has it.
  await here.go(`/cases/${id}`);
  const entry = here.page.locator('.entry', { hasText: '对方工作站不接收移交' });
  await entry.getByText('演示：孩子并未迁来').waitFor();
  await leave(there);
  await leave(here);
});

test('a report comes to the open queue, and goes from it when a colleague opens a case', async () => {
  const source = { kind: 'hotline_12345', name: '12345 热线（演示）', stationId: 'xinhua' };
  const { key } = (await stage.ask<{ key: string }>('POST', '/sources', 'admin', source)).body;
  const worker = await stage.visit(WORKER, '/queue', PHONE);
  await worker.page.getByText('没有待甄别的报告').waitFor();
  await fine(worker);
  const body = { type: 'neglect', child: { name: '热线童甲' }, narrative: '演示：邻居说孩子整夜在外面。' };
  const { id, number } = (
    await stage.ask<{ id: string; number: string }>('POST', '/intake', undefined, body, {
      authorization: `Bearer ${key}`,
    })
  ).body;
  const line = worker.page.locator('.report-line', { hasText: number });
  await line.waitFor(TOLD);
  expect((await stage.ask('POST', `/reports/${id}/screen-in`, OTHER, { type: 'neglect' })).status).toBe(200);
  await line.waitFor({ state: 'detached', ...TOLD });
  await leave(worker);
});
