/** A case that has to do with one that not everybody may know of (限定知悉、回避) does not give it away. */
import { itemsOf, Rig } from './rig';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
}, 600_000);
afterAll(() => rig?.stop());

type Json = Record<string, unknown>;
const [WORKER, SUPERVISOR] = ['xinhua_worker2', 'xinhua_supervisor'] as const;
const UNKNOWN = '11111111-1111-4111-8111-111111111111';
const report = (name: string) => rig.report('xinhua_worker1', { type: 'neglect', child: { name } });
const restrict = (caseId: string) =>
  rig.post(SUPERVISOR, `/cases/${caseId}/restriction`, { staffIds: [SUPERVISOR], reason: '涉案人在站内有亲友' });

/** Where the worker, reading one case, meets the other one. */
async function metIn(caseId: string, other: { id: string; number: string }, who: typeof WORKER | typeof SUPERVISOR) {
  const met: string[] = [];
  for (const path of ['', '/relations', '/timeline', '/possible']) {
    const { status, text } = await rig.get(who, `/cases/${caseId}${path}`);
    expect(status).toBe(200);
    if (text.includes(other.id) || text.includes(other.number)) met.push(path);
  }
  return met;
}
const known = async (id: string) => ({
  id,
  number: String((await rig.get(SUPERVISOR, `/cases/${id}`)).json['number']),
});

test('a link to it is not there, and cannot be made or ended', async () => {
  const [one, two] = [await report('关联童甲'), await report('关联童乙')];
  const other = await known(two);
  const made = await rig.post(SUPERVISOR, `/cases/${one}/links`, { caseId: two, kind: 'sibling' });
  const [link] = made.json['links'] as Json[];
  expect(await metIn(one, other, WORKER)).toEqual(['/relations', '/timeline']);
  expect((await restrict(two)).status).toBe(200);
  expect(await metIn(one, other, WORKER)).toEqual([]);
  expect(await metIn(one, other, SUPERVISOR)).toEqual(['/relations', '/timeline']);
  // The journal still says that there was something.
  const items = itemsOf(await rig.get(WORKER, `/cases/${one}/timeline`));
  expect(items.find(({ kind }) => kind === 'linked')).toMatchObject({ data: { link: 'sibling', number: '—' } });

  const said = async (caseId: string, kind: string) => {
    const { status, json } = await rig.post(WORKER, `/cases/${one}/links`, { caseId, kind });
    return [status, json['detail']];
  };
  expect(await said(two, 'same_incident')).toEqual(await said(UNKNOWN, 'same_incident'));
  const end = await rig.post(WORKER, `/cases/${one}/links/${String(link?.['id'])}/end`);
  expect(end.json).toMatchObject({ type: 'urn:shouwang:problem:link-unknown', possible: [] });
});

test('where a joined case goes on is not said, nor what was joined here; it cannot be joined to', async () => {
  const [from, into] = [await report('并案童甲'), await report('合并另一名')];
  const [ours, theirs] = [await known(from), await known(into)];
  await rig.post(SUPERVISOR, `/cases/${from}/join`, { intoId: into, reason: '核实为同一名儿童' });
  expect(await metIn(from, theirs, WORKER)).toEqual(['', '/relations', '/timeline']);
  await restrict(into);
  expect(await metIn(from, theirs, WORKER)).toEqual([]);
  expect((await rig.get(WORKER, `/cases/${from}`)).json).toMatchObject({ status: 'closed', joinedInto: null });
  await rig.post(SUPERVISOR, `/cases/${into}/restriction/end`, { reason: '风险已排除' });
  await restrict(from);
  expect(await metIn(into, ours, WORKER)).toEqual([]);

  const third = await report('并案童乙');
  const said = async (intoId: string) => {
    const { status, json } = await rig.post('duty1', `/cases/${third}/join`, { intoId, reason: '核实为同一名儿童' });
    return [status, json['detail']];
  };
  expect(await said(from)).toEqual(await said(UNKNOWN));
});
