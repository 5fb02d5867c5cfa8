// npm run bench -- [--only NAME] [--rounds N] [--quick] [--json]: measures the product on a system of its own.
import { prepareOrExit } from './prepare.mjs';
import { progress } from './progress.mjs';

await prepareOrExit();
const { run } = await import('../dist/bench/main.js');
process.exitCode = await run(process.argv.slice(2), progress);
