// npm run screenshots: pictures of the pages for docs/screenshots, from the real product in a real browser.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './compile.mjs';
import { prepareOrExit } from './prepare.mjs';

await prepareOrExit();
const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
const args = [jest, '--testMatch', '<rootDir>/test/browser/*.shots.ts', '--testTimeout', '120000'];
const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.once('close', (code) => process.exit(code ?? 1));
