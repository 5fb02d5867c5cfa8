// npm run policy -- check FILE… | simulate … | explain CASE: checks policies, prints what a case would have, or why one has it.
import { prepareOrExit } from './prepare.mjs';

await prepareOrExit();
const { run } = await import('../dist/cli/policy/main.js');
process.exitCode = await run(process.argv.slice(2));
