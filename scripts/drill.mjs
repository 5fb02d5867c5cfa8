// npm run drill: a fire drill (演练) on a running sandbox. Ctrl-C ends it and closes its case.
import { prepareOrExit } from './prepare.mjs';

await prepareOrExit();
const { run } = await import('../dist/cli/drill/main.js');
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());
process.exitCode = await run(process.argv.slice(2), stop.signal);
