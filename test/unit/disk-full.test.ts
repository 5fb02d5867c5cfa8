/** A full disk has a name of its own wherever it is met: in the log whoever reads it knows what to do. */
import { asProblem, isAway } from '../../api/failure';

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
