// npm run keys -- status | rotate | renew NUMBER | separate --to FILE | reindex | erased --to FILE | erase-again FILE
import { prepareOrExit } from './prepare.mjs';

await prepareOrExit();
const { run } = await import('../dist/cli/keys/main.js');
process.exitCode = await run(process.argv.slice(2));
