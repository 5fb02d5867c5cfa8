// npm run sbom: what the product is made of (CycloneDX), without what only builds and tests it, into dist/sbom.json.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './compile.mjs';

const file = process.argv[2] ?? join(ROOT, 'dist/sbom.json');
const args = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only'];
const { status, stdout, stderr } = spawnSync('npm', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1_048_576 });
if (status === 0) {
  const { components } = JSON.parse(stdout);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, stdout);
  console.log(`${file}: ${components.length} components`);
} else {
  console.error(stderr.trim());
  process.exitCode = 1;
}
