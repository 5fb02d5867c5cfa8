// npm run import -- key --to FILE | --in FOLDER --key FILE: takes an exported station into an empty system.
import { prepareOrExit } from './prepare.mjs';

await prepareOrExit();
const { run } = await import('../dist/cli/import/main.js');
process.exitCode = await run(process.argv.slice(2));
