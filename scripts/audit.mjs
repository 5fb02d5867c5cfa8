// npm run audit -- verify | anchors | anchor: walks the journal and names whatever is not as it was written.
import { prepareOrExit } from './prepare.mjs';

await prepareOrExit();
const { run } = await import('../dist/cli/audit/main.js');
process.exitCode = await run(process.argv.slice(2));
