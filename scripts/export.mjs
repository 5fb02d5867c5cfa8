// npm run export -- --station ID --out FOLDER --for KEY: everything of one station as JSON Lines, sealed for the receiver.
import { prepareOrExit } from './prepare.mjs';

await prepareOrExit();
const { run } = await import('../dist/cli/export/main.js');
process.exitCode = await run(process.argv.slice(2));
