// npm run build: installs, generates and compiles, as far as something has changed.
import { prepareOrExit } from './prepare.mjs';

await prepareOrExit();
