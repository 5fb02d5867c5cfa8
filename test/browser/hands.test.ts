/** Who takes what in the browser: reports are screened, cases change hands and stations, partners are entered and scan a code. */
import jsQR from 'jsqr';
import { DESK, PHONE } from '../support/browser';
import { eventually } from '../support/system';
import { SUPERVISOR, WORKER } from './field';
import { onStage } from './stage';
import { leave } from './visits';

const stage = onStage({ withField: true });
const OTHER = 'xinhua_worker2';
let key = '';
beforeAll(async () => {
  const source = { kind: 'hotline_12345', name: '12345 热线（演示）', stationId: 'xinhua' };
  key = (await stage.ask<{ key: string }>('POST', '/sources', 'admin', source)).body.key;
});

interface Report {
  id: string;
  number: string;
  state: string;
  caseId: string | null;
}
/** A report as a hotline's system sends it. */
async function queued(more: object = {}): Promise<Report> {
  const body = { child: { name: '热线童甲' }, narrative: '演示：邻居说孩子整夜在外面。', ...more };
  const { status, body: made } = await stage.ask<Report>('POST', '/intake', undefined, body, {
    authorization: `Bearer ${key}`,
  });
  expect(status).toBe(201);
  return made;
}
const reportOf = async ({ id }: Report): Promise<Report> =>
  (await stage.ask<Report>('GET', `/reports/${id}`, SUPERVISOR)).body;
interface People {
  assignee: string | null;
  stationId: string;
  people: {
    handover: { to: string } | null;
    transfer: { to: string; ground: string } | null;
    cover: { by: string } | null;
  };
}
const caseOf = async (id: string, as = SUPERVISOR): Promise<People> =>
  (await stage.ask<People>('GET', `/cases/${id}`, as)).body;

describe('the queue of reports', () => {
  test('on a phone: soonest deadline first, taken, and a case in a few taps; its deadline counts from the receipt', async () => {
    const usual = await queued();
    const critical = await queued({ type: 'missing', triggers: ['missing'], child: { name: '热线童乙' } });
    const worker = await stage.visit(WORKER, '/queue', PHONE);
    const { page } = worker;
    await page.locator('.report-line').nth(1).waitFor();
    expect(await page.locator('.report-line h2').first().innerText()).toContain(critical.number);
    expect(await page.locator('.report-line').first().innerText()).toMatch(/可能紧急[\s\S]*还剩|可能紧急[\s\S]*逾期/);
    // Nothing of the child in the list; it is opened on purpose, and that is on the record.
    expect(await page.locator('main').innerText()).not.toMatch(/热线童|整夜/);
    expect(await worker.findings()).toEqual([]);
    await worker.tap(page.getByRole('link', { name: usual.number }));
    await page.getByText('演示：邻居说孩子整夜在外面。').waitFor();
    await worker.tap(page.getByRole('button', { name: '我来看' }));
    await page.getByText('林立春正在看').waitFor();
    expect(await worker.findings()).toEqual([]);
    await worker.tap(page.getByRole('button', { name: '立案' }));
    await page.locator('select[name=type]').selectOption('neglect');
    expect(await worker.findings()).toEqual([]);
    await worker.tap(page.locator('dialog button[type=submit]'));
    await page.waitForURL(/\/cases\//);
    expect(worker.taps).toBeLessThanOrEqual(5);
    const found = await reportOf(usual);
    expect(found.state).toBe('screened_in');
    await leave(worker);
  });

  test('possibly the same child: said as possible, and joined to the open case by a person', async () => {
    const report = await queued({ child: { name: '演示甲', phone: '13800002217' }, narrative: '演示：又听见哭声。' });
    const worker = await stage.visit(WORKER, `/queue/${report.id}`);
    const { page } = worker;
    await page.getByRole('heading', { name: '可能是同一儿童' }).waitFor();
    expect(await page.locator('.possible').innerText()).toMatch(
      new RegExp(`${stage.field.late.number}[\\s\\S]*姓名相同`),
    );
    await page.getByRole('button', { name: '并入案件' }).click();
    await page.locator('select[name=case]').selectOption(stage.field.late.id);
    await page.locator('dialog button[type=submit]').click();
    await page.waitForURL(`**/cases/${stage.field.late.id}`);
    await page.locator('.entry q', { hasText: '演示：又听见哭声。' }).first().waitFor();
    expect(await reportOf(report)).toMatchObject({ state: 'joined', caseId: stage.field.late.id });
    await leave(worker);
  });

  test('screening out: a reason, the clock runs on, and another person’s word', async () => {
    const report = await queued({ narrative: '演示：打错电话。' });
    const worker = await stage.visit(WORKER, `/queue/${report.id}`);
    await worker.page.getByRole('button', { name: '建议不予受理' }).click();
    await worker.page.locator('textarea[name=reason]').fill('演示：与儿童无关');
    await worker.page.locator('dialog button[type=submit]').click();
    await worker.page.locator('.report-line', { hasText: '林立春建议不予受理' }).waitFor();
    await worker.go(`/queue/${report.id}`);
    await worker.page.getByText('须由另一位督导或值班员审定').waitFor();
    expect(await worker.page.getByRole('button', { name: '审定' }).count()).toBe(0);
    await leave(worker);

    const boss = await stage.visit(SUPERVISOR, '/board');
    // The board says how many wait.
    await boss.page.getByRole('link', { name: /份报告待甄别/ }).click();
    await boss.page.getByRole('link', { name: report.number }).click();
    await boss.page.getByRole('button', { name: '审定' }).click();
    await boss.page.locator('dialog').getByText('演示：与儿童无关').waitFor();
    expect(await boss.findings()).toEqual([]);
    await boss.page.getByRole('button', { name: '同意不予受理' }).click();
    await boss.page.getByText('已审定').waitFor();
    expect((await reportOf(report)).state).toBe('screened_out');
    await leave(boss);
  });
});

describe('a case changes hands', () => {
  test('handed over: the colleague is asked with a deadline, accepts, and has it', async () => {
    const worker = await stage.visit(WORKER, `/cases/${stage.field.late.id}`);
    await worker.page.getByRole('button', { name: '交接', exact: true }).click();
    await worker.page.locator('select[name=to]').selectOption(OTHER);
    await worker.page.locator('textarea[name=reason]').fill('演示：明天外出培训');
    await worker.page.locator('dialog button[type=submit]').click();
    await worker.page.getByText('已请周谷雨接手，等待答复').waitFor();
    expect(await worker.findings()).toEqual([]);
    expect(await caseOf(stage.field.late.id)).toMatchObject({ assignee: WORKER, people: { handover: { to: OTHER } } });
    await leave(worker);
    const other = await stage.visit(OTHER, `/cases/${stage.field.late.id}`, PHONE);
    await other.page.getByText('请您接手本案').waitFor();
    expect(await other.findings()).toEqual([]);
    await other.page.getByRole('button', { name: '接手', exact: true }).click();
    await other.page.getByText('已接手，本案由您承办').waitFor();
    expect(await caseOf(stage.field.late.id)).toMatchObject({ assignee: OTHER, people: { handover: null } });
    await leave(other);
  });

  test('taken over at once', async () => {
    const worker = await stage.visit(WORKER, `/cases/${stage.field.late.id}`, PHONE);
    await worker.page.getByRole('button', { name: '接管', exact: true }).click();
    await worker.page.locator('dialog button[type=submit]').click();
    await worker.page.getByText('已接管').waitFor();
    expect((await caseOf(stage.field.late.id)).assignee).toBe(WORKER);
    await leave(worker);
  });

  test('a colleague stands in: first what would move, then it moves, and comes back', async () => {
    const boss = await stage.visit(SUPERVISOR, '/roster');
    const { page } = boss;
    await page.getByRole('button', { name: '安排代管' }).click();
    await page.locator('select[name=who]').selectOption(WORKER);
    await page.locator('select[name=by]').selectOption(OTHER);
    await page.getByRole('button', { name: '查看会移交哪些案件' }).click();
    await page.locator('dialog').getByText(stage.field.late.number).waitFor();
    expect((await caseOf(stage.field.late.id)).people.cover).toBeNull();
    expect(await boss.findings()).toEqual([]);
    await page.getByRole('button', { name: '开始代管' }).click();
    await page.getByText('已安排代管').waitFor();
    const covered = await eventually(
      () => caseOf(stage.field.late.id),
      ({ assignee }) => assignee === OTHER,
    );
    expect(covered.people.cover).toMatchObject({ by: OTHER });
    await boss.go(`/cases/${stage.field.late.id}`);
    await page.getByText(/周谷雨代管林立春的案件/).waitFor();
    await boss.go('/roster');
    await page.getByRole('button', { name: /^提前结束/ }).click();
    await eventually(
      () => caseOf(stage.field.late.id),
      ({ assignee }) => assignee === WORKER,
    );
    await leave(boss);
  });

  test('to another station: offered with its ground, read there with the reason alone, accepted; then it is theirs', async () => {
    const boss = await stage.visit(SUPERVISOR, `/cases/${stage.field.calm.id}`);
    await boss.page.getByRole('button', { name: '移交外站' }).click();
    await boss.page.locator('select[name=to]').selectOption('donghu');
    await boss.page.locator('input[name=ground][value=consent]').click();
    await boss.page.locator('textarea[name=reason]').fill('演示：孩子随母亲迁居，母亲 11 月 28 日同意');
    await boss.page.locator('dialog button[type=submit]').click();
    await boss.page.getByText(/已向.*提出移交（监护人或孩子同意）/).waitFor();
    await boss.page.getByText('对方接收之前，仍由本站负责').waitFor();
    await leave(boss);

    const there = await stage.visit('donghu_supervisor', '/board');
    const offer = there.page.locator('.offer', { hasText: stage.field.calm.number });
    await offer.getByText('演示：孩子随母亲迁居').waitFor();
    // Until it is accepted, the case itself is another station's.
    expect((await stage.ask('GET', `/cases/${stage.field.calm.id}`, 'donghu_supervisor')).status).toBe(404);
    expect(await there.findings()).toEqual([]);
    await offer.getByRole('button', { name: /^接收/ }).click();
    await there.page.locator('dialog select').selectOption('donghu_worker1');
    await there.page.locator('dialog button[type=submit]').click();
    await there.page.getByText('已接收，由本站负责').waitFor();
    expect(await caseOf(stage.field.calm.id, 'donghu_supervisor')).toMatchObject({
      ...{ stationId: 'donghu', assignee: 'donghu_worker1' },
    });
    await leave(there);
    const before = await stage.visit(SUPERVISOR, '/board');
    await before.page.getByText('已移出的案件').click();
    await before.page
      .locator('#board-offers')
      .locator('..')
      .getByRole('link', { name: stage.field.calm.number })
      .click();
    await before.page.getByText('移交其他工作站。以下是移交时的情况').waitFor();
    await leave(before);
  });
});

test('two cases that may be about one child: joined with a reason, split again, and said not to be the same', async () => {
  const child = { name: '演示丁', phone: '13800002218' };
  const [one, two] = await Promise.all([
    stage.system.report(WORKER, { type: 'neglect', risk: 'high', child }),
    stage.system.report(WORKER, { type: 'neglect', risk: 'high', child }),
  ]);
  const boss = await stage.visit(SUPERVISOR, `/cases/${two.id}`);
  const { page } = boss;
  const card = page.locator('#case-relations').locator('..');
  await card.getByText('可能是同一儿童').waitFor();
  expect(await card.innerText()).toMatch(new RegExp(`${one.number}[\\s\\S]*电话相同`));
  expect(await boss.findings()).toEqual([]);
  await card.getByRole('button', { name: `并入 ${one.number}` }).click();
  await page.locator('textarea[name=reason]').fill('演示：同一名儿童');
  await page.locator('dialog button[type=submit]').click();
  await card.getByText('本案已并入').waitFor();
  await card.getByRole('button', { name: '拆分' }).click();
  await page.locator('textarea[name=reason]').fill('演示：不是同一名儿童');
  await page.locator('dialog button[type=submit]').click();
  await card.getByRole('button', { name: /^不是同一名儿童/ }).click();
  await card.locator('.tag', { hasText: '不是同一名儿童' }).waitFor();
  // The case and what is linked to it are read side by side: one of them may be there first.
  await card.getByText('可能是同一儿童').waitFor({ state: 'detached' });
  await leave(boss);
});

describe('partners', () => {
  test('entered, reached by a number that was verified, changed, taken out of use', async () => {
    const boss = await stage.visit(SUPERVISOR, '/partners');
    const { page } = boss;
    await page.locator('.partner').nth(3).waitFor();
    await page.getByRole('button', { name: '登记单位' }).click();
    await page.locator('select[name=kind]').selectOption('school');
    await page.locator('input[name=name]').fill('演示第二小学');
    await page.getByRole('checkbox', { name: '全天' }).uncheck();
    await page.locator('input[name=law]').fill('未成年人保护法');
    await page.locator('input[name=article]').fill('第三十九条');
    await page.locator('input[name=duty]').fill('学校应当建立学生欺凌防控工作制度');
    expect(await boss.findings()).toEqual([]);
    await page.locator('dialog button[type=submit]').click();
    const card = page.locator('.partner', { hasText: '演示第二小学' });
    await card.getByText('周一至周五 09:00–18:00').waitFor();
    await card.getByRole('button', { name: /^联系方式/ }).click();
    await card.locator('input[name=contact]').fill('13800002299');
    await card.locator('input[name=label]').fill('德育处');
    await card.getByRole('button', { name: '添加' }).click();
    await card.getByText('未核实').waitFor();
    await card.getByRole('button', { name: /^发验证码/ }).click();
    await card.locator('input[name=code]').waitFor();
    const code = await eventually(
      async () =>
        (await stage.system.ask<{ to: string; text: string }[]>('GET', '/sandbox/messages')).body
          .filter(({ to }) => to.endsWith('13800002299'))
          .map(({ text }) => /\d{6}/.exec(text)?.[0])
          .at(-1),
      (found) => found !== undefined,
    );
    await card.locator('input[name=code]').fill(code ?? '');
    await card.getByRole('button', { name: '核实', exact: true }).click();
    await card.getByText('未核实').waitFor({ state: 'detached' });
    expect(await boss.findings()).toEqual([]);
    await card.getByRole('button', { name: /^停用/ }).click();
    await page.locator('dialog').getByRole('button', { name: '停用' }).click();
    await card.waitFor({ state: 'detached' });
    await leave(boss);
  });

  test('police scan the code from our worker’s phone and are on their page; then sent again, and taken back', async () => {
    const worker = await stage.visit(WORKER, `/cases/${stage.field.late.id}`, PHONE);
    const { page } = worker;
    const row = page.locator('.referral', { hasText: '派出所' });
    await row.getByRole('button', { name: /^出示二维码/ }).click();
    const picture = page.locator('dialog img.qr');
    await picture.waitFor();
    expect(await worker.findings()).toEqual([]);
    const side = 480;
    const dots = await page.evaluate<string>(`(async () => {
      const image = document.querySelector('dialog img.qr');
      await image.decode();
      const canvas = Object.assign(document.createElement('canvas'), { width: ${side}, height: ${side} });
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0, ${side}, ${side});
      const { data } = context.getImageData(0, 0, ${side}, ${side});
      let dots = '';
      for (let i = 0; i < data.length; i += 4) dots += data[i] > 127 ? ' ' : '#';
      return dots;
    })()`);
    const rgba = [...dots].flatMap((dot) => (dot === '#' ? [0, 0, 0, 255] : [255, 255, 255, 255]));
    const seen = jsQR(Uint8ClampedArray.from(rgba), side, side);
    const theirs = await stage.browser.newContext({ viewport: PHONE, javaScriptEnabled: false });
    const scanned = await theirs.newPage();
    await scanned.goto(seen?.data ?? '');
    await scanned.getByText(stage.field.late.number).first().waitFor();
    await theirs.close();
    await page.keyboard.press('Escape');

    await row.getByRole('button', { name: /^重新发送/ }).click();
    await page.locator('dialog').getByRole('button', { name: '重新发送' }).click();
    await page.getByText('已重新发送').waitFor();
    await row.getByRole('button', { name: /^撤回转介/ }).click();
    await page.locator('textarea[name=reason]').fill('演示：对方辖区有误');
    await page.locator('dialog button[type=submit]').click();
    await row.getByText('已撤回').waitFor();
    await leave(worker);
  });
});

describe.each([
  ['phone', 'en', PHONE, WORKER],
  ['desk', 'en', DESK, SUPERVISOR],
] as const)('on a %s in %s', (_name, language, size, username) => {
  test('queue, report, partners and what changes hands can be used by everybody and fit the screen', async () => {
    const report = await queued({ type: 'neglect', narrative: '演示：再报一次。' });
    const visitor = await stage.visit(username, '/queue', size, language);
    const { page } = visitor;
    const found: string[] = [];
    const look = async (what: string, ready: string): Promise<void> => {
      await page.locator(ready).first().waitFor();
      found.push(...(await visitor.findings()).map((line) => `${what}: ${line}`));
      if (await visitor.overflows()) found.push(`${what}: wider than the screen`);
      await page.evaluate("document.documentElement.dir = 'rtl'");
      if (await visitor.overflows()) found.push(`${what}, from right to left: wider than the screen`);
      await page.evaluate("document.documentElement.dir = 'ltr'");
    };
    await look('queue', '.report-line');
    await visitor.go(`/queue/${report.id}`);
    await look('report', '.story');
    await page.getByRole('button', { name: 'Open a case' }).click();
    await look('screen in', 'dialog[open]');
    await visitor.go('/partners');
    await page
      .getByRole('button', { name: /^Contacts/ })
      .first()
      .click();
    await look('partners', '.contacts li');
    await visitor.go(`/cases/${stage.field.late.id}`);
    await page.getByRole('button', { name: 'Hand over' }).click();
    await look('hand over', 'dialog[open] select[name=to]');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'New paper' }).click();
    await look('new paper', '.form-list li');
    expect(found).toEqual([]);
    await leave(visitor);
  });
});
