// npm run setup-link -- --name NAME | --for USERNAME: prints a one-time link by which somebody sets their password.
import { prepareOrExit } from './prepare.mjs';

await prepareOrExit();
const { run } = await import('../dist/cli/setup-link/main.js');
process.exitCode = await run(process.argv.slice(2));
