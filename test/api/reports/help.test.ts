import { REPORT_STATES } from '../../../domain/reports/model';
import { itemsOf, Rig } from '../cases/rig';
import { startApi } from '../../../api/main';
import { PAGE_CSS } from '../../../api/pages/style';
import { LOOPBACK } from '../../../sandbox/ports';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
}, 600_000);
afterAll(() => rig?.stop());

const PATH = '/help/xinhua';
const WORKER = 'xinhua_worker1';
const sealIn = (page: string): string => /name="seal" value="([^"]+)"/.exec(page)?.[1] ?? '';
const freshSeal = async (): Promise<string> => sealIn((await rig.fetch(PATH)).text);

/** A form as an old phone's browser sends it: without Origin and without anything else that says where it is from. */
const send = (fields: Record<string, string>, path = PATH) =>
  rig.fetch(path, { method: 'POST', headers: { accept: 'text/html' }, body: new URLSearchParams(fields) });
const numberIn = (location: string | null): string => /\/thanks\/([A-Z]\d{5})$/.exec(location ?? '')?.[1] ?? '';
const reportOf = async (number: string) => {
  const { id } = await rig.api.deps.db.report.findUniqueOrThrow({ where: { number } });
  return (await rig.get(WORKER, `/reports/${id}`)).json;
};

describe('the page', () => {
  test('is small, needs no script, and says whom to call', async () => {
    const { status, text, headers } = await rig.fetch(PATH);
    expect(status).toBe(200);
    expect(Buffer.byteLength(text) + Buffer.byteLength(PAGE_CSS)).toBeLessThan(50_000);
    expect(text).not.toMatch(/<script|<style|style=|\son[a-z]+=/);
    for (const needed of ['tel:110', 'tel:12345', 'tel:12355', '不用留姓名', 'lang="zh-CN"'])
      expect(text).toContain(needed);
    // Nothing has to be filled in, and nothing of it stays with the browser.
    expect(text).not.toContain('required');
    expect(headers.get('cache-control')).toContain('no-store');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  test('of a station alone', async () => {
    for (const path of ['/help/bureau', '/help/nowhere', '/help/nowhere/poster']) {
      const { status, text } = await rig.fetch(path, { headers: { accept: 'text/html' } });
      expect([path, status]).toEqual([path, 404]);
      expect(text).toContain('110');
    }
  });

  test('the poster carries the address as a QR code, ready to print', async () => {
    const { status, text } = await rig.fetch(`${PATH}/poster`);
    expect(status).toBe(200);
    expect(text).toMatch(/<svg [^>]*viewBox/);
    expect(text).toContain(`${rig.config.publicUrl}/help/xinhua`);
    expect(text).not.toMatch(/<script|<style|style=/);
    expect((await rig.fetch('/assets/poster.css')).text).toContain('@page { size: A4');
  });
});

describe('a report by anybody', () => {
  test('a few words are enough: thanks, a number, and in the queue with all that was written', async () => {
    const sent = await send({
      seal: await freshSeal(),
      what: '隔壁孩子每天晚上被打',
      danger: 'unsure',
      kind: 'physical_abuse',
    });
    expect(sent.status).toBe(303);
    const number = numberIn(sent.headers.get('location'));
    const thanks = await rig.fetch(sent.headers.get('location') ?? '');
    for (const needed of [number, '谢谢', 'tel:110', 'tel:12345']) expect(thanks.text).toContain(needed);
    expect(await reportOf(number)).toMatchObject({
      ...{ via: 'page', state: 'waiting', looks: 'usual', type: 'physical_abuse', source: null },
      narrative: '隔壁孩子每天晚上被打\n孩子现在有危险吗：不清楚',
    });
  });

  test('a child in danger comes first, whatever is odd about the form', async () => {
    const sent = await send({
      who: 'child',
      danger: 'yes',
      what: '我害怕回家',
      childPhone: '不敢写',
      seal: 'not one of ours',
    });
    expect(sent.status).toBe(303);
    const report = await reportOf(numberIn(sent.headers.get('location')));
    expect(report).toMatchObject({ looks: 'critical', doubts: ['foreign_form'], reporter: { role: 'child' } });
    expect(report['narrative']).toContain('不敢写');
    expect(Date.parse(String(report['dueAt'])) - Date.parse(String(report['receivedAt']))).toBe(15 * 60_000);
  });

  test('a place or a number alone is taken; nothing at all is asked for again, kindly', async () => {
    expect((await send({ where: '演示小学三年级' })).status).toBe(303);
    expect((await send({ childPhone: '13800002301' })).status).toBe(303);
    const empty = await send({ what: '  ', who: 'child', childName: '' });
    expect(empty.status).toBe(422);
    expect(empty.text).toContain('几个字也可以');
    expect(empty.text).toContain('value="child" checked');
  });

  test('what only a machine fills in marks the report and refuses nothing', async () => {
    const seal = await freshSeal();
    const sent = await send({ seal, what: '机器写的', danger: 'yes', website: 'http://example.cn' });
    const report = await reportOf(numberIn(sent.headers.get('location')));
    expect(report).toMatchObject({ looks: 'usual', doubts: ['honeypot', 'too_quick'] });
  });

  test('a double tap is one report; other words in the same form are another', async () => {
    const form = { seal: await freshSeal(), what: '连点两次' };
    const [one, other] = await Promise.all([send(form), send(form)]);
    const [first, second] = [one, other].map(({ headers }) => numberIn(headers.get('location')));
    expect(first).toMatch(/^[A-Z]\d{5}$/);
    expect(second).toBe(first);
    expect(numberIn((await send({ ...form, what: '还想补充一点' })).headers.get('location'))).not.toBe(first);
  });

  test('what was written is shown again as text, never as code', async () => {
    const { status, text } = await send({ what: '', kind: '"><b>', who: '<i>', childAge: '<script>alert(1)</script>' });
    expect(status).toBe(422);
    expect(text).not.toContain('<script>');
    expect(text).toContain('&lt;script&gt;');
  });

  test('wrong shapes are refused: a field that is none, another type of body', async () => {
    expect((await send({ what: '有内容', admin: '1' })).status).toBe(422);
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"what":"x"}' };
    expect((await rig.fetch(PATH, json)).status).toBe(415);
    expect((await rig.fetch(`${PATH}/thanks/%3Cb%3E`)).status).toBe(404);
  });
});

test('too many from one address: not sent, said so with whom to call, and the words are still there', async () => {
  // Twenty minutes' worth an hour: at 60 requests a minute that is three reports.
  const api = await startApi({ ...rig.config, port: 0, ratePerMinute: 60 });
  try {
    const post = (what: string) =>
      fetch(`http://${LOOPBACK}:${api.port}${PATH}`, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({ what }),
      });
    for (const what of ['一', '二', '三']) expect((await post(what)).status).toBe(303);
    const refused = await post('第四条的内容');
    expect(refused.status).toBe(429);
    const text = await refused.text();
    for (const needed of ['第四条的内容', 'tel:110', '请过一会儿再发送']) expect(text).toContain(needed);
    expect(REPORT_STATES).toContain(itemsOf(await rig.get(WORKER, '/reports'))[0]?.['state']);
  } finally {
    await api.close();
  }
});
