// npm run openapi-client: writes web/src/api/schema.d.ts, the types of the web app's client, from what the API says of itself.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './compile.mjs';
import { prepareOrExit } from './prepare.mjs';

// The generator needs TypeScript 5 beside it: it is fetched for the purpose and never part of the project.
const GENERATOR = ['openapi-typescript@7.13.0', 'typescript@5.9.3'];
const TARGET = join(ROOT, 'web/src/api/schema.d.ts');
const word = () => randomBytes(32).toString('base64url');

/** The API answers this much without a database: it listens on a free port and is asked once. */
async function describe() {
  const { startApi } = await import('../dist/api/main.js');
  const { documentHash } = await import('../dist/api/openapi-hash.js');
  const { readConfig } = await import('../dist/api/config.js');
  const api = await startApi({
    ...readConfig({
      DATABASE_URL: 'postgresql://nobody:nothing@127.0.0.1:1/none',
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      VAULT_KEY: randomBytes(32).toString('base64'),
      AUTH_SECRET: word(),
      CARRIER_SECRET: word(),
      LOG_LEVEL: 'silent',
      PORT: '0',
    }),
  });
  const document = api.deps.docs.document('', '0');
  const hash = documentHash(api.deps.docs);
  await api.close();
  return { document, hash };
}

await prepareOrExit();
const { document, hash } = await describe();
const folder = mkdtempSync(join(tmpdir(), 'shouwang-openapi-'));
try {
  const [input, output] = [join(folder, 'openapi.json'), join(folder, 'schema.d.ts')];
  writeFileSync(input, JSON.stringify(document));
  const packages = GENERATOR.flatMap((one) => ['-p', one]);
  const args = ['--yes', ...packages, 'openapi-typescript', input, '-o', output];
  const { status } = spawnSync('npx', args, { cwd: folder, stdio: 'inherit' });
  if (status !== 0) throw new Error('openapi-typescript failed, see above');
  writeFileSync(TARGET, `// ${hash}\n${readFileSync(output, 'utf8')}`);
  console.log(`wrote ${TARGET}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
