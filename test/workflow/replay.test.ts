/** Every workflow shape that was ever released replays: a change without `patched` fails here, not on a running case. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Worker } from '@temporalio/worker';
import { dataConverter, payloadKeys } from '../../runtime/payload-codec';
import { PROJECT } from '../../sandbox/config';
import { workflowCode } from '../support/infra';

const FOLDER = join(PROJECT, 'test/histories');
const recorded = readdirSync(FOLDER);
const CONVERTER = dataConverter(payloadKeys(Buffer.alloc(32, 7).toString('base64')));
let code: string;

const replay = (name: string, bundle: string): Promise<void> => {
  const history: unknown = JSON.parse(gunzipSync(readFileSync(join(FOLDER, name))).toString());
  const options = { workflowBundle: { code: bundle }, replayName: name, dataConverter: CONVERTER };
  return Worker.runReplayHistory(options, history, 'case/recorded');
};

beforeAll(async () => {
  const { workflowBundle } = await workflowCode();
  code = readFileSync(workflowBundle.codePath, 'utf8');
}, 120_000);

test.each(recorded)('%s replays', async (name) => {
  await expect(replay(name, code)).resolves.toBeUndefined();
});

test('a workflow that does something else than it did is found out', async () => {
  const changed = code.replace(/\{\s*record\s*\}\s*=/, '{ journal: record } =');
  expect(changed).not.toBe(code);
  await expect(replay(recorded[0] ?? '', changed)).rejects.toThrow(/[Nn]ondetermini/);
});
