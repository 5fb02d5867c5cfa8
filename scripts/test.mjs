// npm test: prepares what is not prepared yet, runs Jest with the arguments given and ends with `N passed, N failed`.
// --no-browser leaves out the suites that drive one.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './compile.mjs';
import { prepareOrExit } from './prepare.mjs';
import { readStamp } from './stamp.mjs';

/** Counts Jest's result: a suite that could not run at all is one failure, or it would go unseen. */
function count(resultFile) {
  const text = readStamp(resultFile);
  if (text === undefined) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(text);
  return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
}

await prepareOrExit();
const folder = mkdtempSync(join(tmpdir(), 'shouwang-jest-'));
const resultFile = join(folder, 'result.json');
const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
const asked = process.argv.slice(2);
// Whole systems wait a good part of their time, for clocks, receipts and one another: three fit beside one another on two cores.
// A browser draws all the time.
const withoutBrowser = ['--testPathIgnorePatterns', 'test/browser', '--maxWorkers', '3'];
const chosen = asked.flatMap((one) => (one === '--no-browser' ? withoutBrowser : [one]));
const args = [jest, '--json', `--outputFile=${resultFile}`, ...chosen];
// With --json Jest writes its result to stdout as well: the file is enough.
const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['inherit', 'ignore', 'inherit'] });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.once('close', (code) => {
  const { passed, failed } = count(resultFile);
  rmSync(folder, { recursive: true, force: true });
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exit(failed > 0 ? 1 : (code ?? 1));
});
