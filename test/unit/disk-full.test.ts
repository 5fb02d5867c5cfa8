/** A full disk has a name of its own wherever it is met: in the log whoever reads it knows what to do. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asProblem, isAway } from '../../api/failure';
import { watchDisk } from '../../sandbox/parts/disk-watch';

test.each([
  ['PostgreSQL', Object.assign(new Error('could not extend file'), { code: '53100' })],
  [
    'Prisma',
    { name: 'PrismaClientKnownRequestError', meta: { driverAdapterError: { cause: { originalCode: '53100' } } } },
  ],
  ['a file', new Error('upload', { cause: Object.assign(new Error('write'), { code: 'ENOSPC' }) })],
  ['a quota', { code: 'EDQUOT' }],
])('%s without room is 503 DiskFull, and not taken for a server that is away', (_, error) => {
  const problem = asProblem(error);
  expect([problem.status, problem.type, problem.headers]).toEqual([503, 'DiskFull', { 'Retry-After': '60' }]);
  expect(isAway(error)).toBe(false);
});

test('whoever watches the disk says once that the folder is gone, and lives on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'disk-watch-'));
  const said: string[] = [];
  const watch = watchDisk(folder, (line) => said.push(line), 20);
  try {
    rmSync(folder, { recursive: true });
    const until = Date.now() + 10_000;
    while (said.length === 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(said).toEqual([expect.stringContaining(folder)]);
  } finally {
    watch.stop();
  }
});
