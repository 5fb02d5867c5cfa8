// npm run pack -- --contract ID --stage mid|final --out DIR: the evaluation pack of a contract, from a running system.
import { prepareOrExit } from './prepare.mjs';

await prepareOrExit();
const { run } = await import('../dist/cli/pack/main.js');
process.exitCode = await run(process.argv.slice(2));
