// npm start: prepares what is not prepared yet, then runs the whole product in this process's children until Ctrl-C.
import { prepareOrExit } from './prepare.mjs';
import { progress } from './progress.mjs';

await prepareOrExit();
const { main } = await import('../dist/sandbox/main.js');
await main(progress);
