// npm run chaos -- [--minutes N] [--seed S]: everything breaks for so long, then an oracle says what was missed.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './compile.mjs';
import { prepareOrExit } from './prepare.mjs';

const USAGE =
  'npm run chaos -- [--minutes N] [--seed S]   N: minutes of faults, 5; S: a whole number that gives the same run';

function read() {
  try {
    const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } });
    const minutes = Number(values.minutes ?? 5);
    const seed = Number(values.seed ?? Date.now() % 100_000);
    if (minutes > 0 && Number.isSafeInteger(seed) && seed >= 0) return { minutes, seed };
  } catch (error) {
    console.error(error.message);
  }
  console.error(USAGE);
  process.exit(1);
}

const { minutes, seed } = read();
await prepareOrExit();
console.error(`chaos: ${minutes} min, seed ${seed}`);
const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
const env = { ...process.env, CHAOS_MINUTES: String(minutes), CHAOS_SEED: String(seed) };
const child = spawn(process.execPath, [jest, 'test/chaos'], { cwd: ROOT, env, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.once('close', (code) => process.exit(code ?? 1));
