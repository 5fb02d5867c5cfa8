// npm run restore -- FILE --keys KEYS | FILE --into FOLDER | keys KEYS --to FILE: makes a server out of a backup.
import { prepareOrExit } from './prepare.mjs';

await prepareOrExit();
const { run } = await import('../dist/cli/restore/main.js');
process.exitCode = await run(process.argv.slice(2));
