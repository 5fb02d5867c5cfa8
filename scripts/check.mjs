// npm run check: types, lint with the dependency rule, format, known weaknesses of dependencies. Runs all and names what failed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './compile.mjs';
import { checkDependencies } from './dependencies.mjs';
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
const audited = await checkDependencies();
if (audited === 'skipped') console.log('ok     dependencies: the registry is not reachable, skipped');
else if (audited === 'ok') console.log('ok     dependencies');
else console.log([...audited, 'FAILED dependencies'].join('\n'));
process.exitCode = failed.length === 0 && !Array.isArray(audited) ? 0 : 1;
