/** The worked example of README.md, line by line, against the whole system. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../sandbox/config';
import { run } from '../../sandbox/parts/run';
import { startSystem, type System } from '../support/system';

let system: System;

beforeAll(async () => {
  system = await startSystem();
}, 900_000);
afterAll(async () => system?.close());

const readme = readFileSync(join(PROJECT, 'README.md'), 'utf8');
const example = [...readme.matchAll(/^```bash\n(.*?)^```$/gms)].map(([, lines]) => lines).join('\n');

test('leads from a report to a closed case', async () => {
  const script = example.replace('http://127.0.0.1:3000', system.url);
  const { code, output } = await run('bash', ['-euo', 'pipefail', '-c', script]);
  const lines = output.trimEnd().split('\n');
  expect(code).toBe(0);
  expect(output).toMatch(/首次接触 {2}2 小时/);
  expect(output).toMatch(/已逾期10分钟，请尽快处理。知悉后请回复\d{4}确认。/);
  expect(lines).toEqual(
    expect.arrayContaining(['first_contact acknowledged xinhua_supervisor', 'first_contact resolved']),
  );
  expect(lines.slice(lines.indexOf('feedback'), lines.indexOf('closed') + 1)).toEqual([
    'feedback',
    'closing',
    'closed',
  ]);
  expect(output).toMatch(/xinhua_supervisor {2}closed/);
}, 180_000);
