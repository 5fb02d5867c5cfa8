// npm run history -- CASE: prints the history of a case's workflow with its payloads opened.
import { prepareOrExit } from './prepare.mjs';

await prepareOrExit();
const { run } = await import('../dist/cli/history/main.js');
process.exitCode = await run(process.argv.slice(2));
