import { runApi } from '../api/main';
import { mountSandbox } from './routes/mount';

/** The API of the sandbox: the same one, and the routes that look into its phones and move its clocks. */
if (require.main === module) void runApi(mountSandbox);
