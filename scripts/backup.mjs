// npm run backup -- --to FOLDER | check FILE | keys --to FILE: copies the whole server into one encrypted file.
import { prepareOrExit } from './prepare.mjs';

await prepareOrExit();
const { run } = await import('../dist/cli/backup/main.js');
process.exitCode = await run(process.argv.slice(2));
