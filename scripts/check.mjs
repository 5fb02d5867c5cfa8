// npm run check: types, lint with the dependency rule, format. Runs all three and names what failed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './compile.mjs';
import { prepareOrExit } from './prepare.mjs';

await prepareOrExit();

const CHECKS = {
  types: ['typescript/bin/tsc', '-p', 'tsconfig.json'],
  'web types': ['typescript/bin/tsc', '-p', 'web/tsconfig.json'],
  lint: ['oxlint/bin/oxlint', '--type-aware', '--deny-warnings', '.'],
  format: ['prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
};

const failed = Object.entries(CHECKS).filter(([name, [program, ...args]]) => {
  const { status } = spawnSync(process.execPath, [join(ROOT, 'node_modules', program), ...args], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name}`);
  return status !== 0;
});
process.exitCode = failed.length === 0 ? 0 : 1;
