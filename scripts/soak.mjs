// npm run soak -- [--minutes N]: load for so long on a system of its own; what grew all the time fails it.
import { prepareOrExit } from './prepare.mjs';
import { progress } from './progress.mjs';

await prepareOrExit();
const { run } = await import('../dist/bench/soak/main.js');
process.exitCode = await run(process.argv.slice(2), progress);
