/** npm run setup-link: how an installation gets its first administrator, and how one gets back in. */
import { run } from '../../cli/setup-link/main';
import { startTestApi, type TestApi } from '../support/api';
import { Jar } from '../support/browser-like';

let t: TestApi;
beforeAll(async () => {
  t = await startTestApi();
  // As on the first day: nobody is there who could sign in.
  await t.api.deps.db.account.deleteMany({ where: { user: { username: 'admin' } } });
}, 600_000);
afterAll(() => t?.close());

/** The command with these words: its exit code and what it said. */
async function command(...args: string[]): Promise<{ code: number; said: string }> {
  const lines: string[] = [];
  const keep = (line: unknown): void => void lines.push(String(line));
  const spies = [
    jest.spyOn(console, 'log').mockImplementation(keep),
    jest.spyOn(console, 'error').mockImplementation(keep),
  ];
  try {
    const env = {
      DATABASE_URL: t.config.databaseUrl,
      AUTH_SECRET: t.config.authSecret,
      PUBLIC_URL: t.config.publicUrl,
    };
    return { code: await run(args, env), said: lines.join('\n') };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
const tokenIn = (said: string): string => /\/set-up#([\w-]{43})$/m.exec(said)?.[1] ?? '';
const finish = (token: string, password: string) => t.ask('POST', '/api/setup/finish', { body: { token, password } });

test('a password like any other is never made: the first administrator sets one behind a link', async () => {
  const { code, said } = await command('--name', '王首任', '--username', 'first_admin');
  expect(code).toBe(0);
  expect((await finish(tokenIn(said), 'kX9-mmQ2-pLz-7')).body).toEqual({ username: 'first_admin' });
  const jar = new Jar(t);
  await jar.signIn('first_admin', 'kX9-mmQ2-pLz-7');
  expect((await jar.me()).body).toMatchObject({ role: 'admin', bureau: true, name: '王首任' });
  const events = await t.api.deps.db.accountEvent.findMany({
    where: { subjectId: 'first_admin' },
    orderBy: { id: 'asc' },
  });
  expect(events.map((one) => [one.action, one.staffId])).toEqual([
    ['account.create', 'deploy/command'],
    ['setup-link.make', 'deploy/command'],
    ['setup-link.use', 'first_admin'],
  ]);
});

test('is refused once an administrator can sign in', async () => {
  const { code, said } = await command('--name', '又一人', '--username', 'another');
  expect(code).toBe(1);
  expect(said).toContain('an administrator can sign in already');
  expect(await t.api.deps.db.staff.count({ where: { id: 'another' } })).toBe(0);
});

test('with --for somebody gets back in: pauses are over, and where asked for the second factor', async () => {
  const jar = new Jar(t);
  await jar.signIn('first_admin', 'kX9-mmQ2-pLz-7');
  await jar.post('/two-factor/enable', { password: 'kX9-mmQ2-pLz-7' });
  for (let n = 0; n < 6; n += 1) await new Jar(t).signIn('first_admin', 'wrong password');
  const { code, said } = await command('--for', 'first_admin', '--reset-factor');
  expect(code).toBe(0);
  expect(await t.api.deps.db.twoFactor.count()).toBe(0);
  expect((await jar.me()).status).toBe(401);
  expect((await finish(tokenIn(said), 'pLz-7-kX9-mmQ2')).status).toBe(200);
  expect((await new Jar(t).signIn('first_admin', 'pLz-7-kX9-mmQ2')).status).toBe(200);
});

test.each([
  [['--for', 'nobody_here'], 1, 'there is no account'],
  [[], 2, '--name is missing'],
  [['--name', 'x', '--username', 'A B'], 2, 'A B: no id'],
  [['now'], 2, 'no such command'],
])('%j ends with %i', async (args, code, words) => {
  const result = await command(...args);
  expect(result.code).toBe(code);
  expect(result.said).toContain(words);
});
