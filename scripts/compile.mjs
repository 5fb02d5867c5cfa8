// Generates the Prisma client and compiles the project into dist/, each only when what it is made from has changed.
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { command, PrepareFailure } from './command.mjs';
import { progress } from './progress.mjs';
import { filesBelow, hashOf, readStamp, writeStamp } from './stamp.mjs';
import { compress, webSources } from './web.mjs';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');
const SKIPPED = new Set(['node_modules', 'dist', 'generated', 'temporal-server', 'test', 'web', 'docs', 'scripts']);
// What programs read from beside their compiled files and tsc does not copy.
const COPIED = new Set(['.html', '.css', '.svg', '.sql', '.bloom']);

// The screens' words (界面文字), in which papers of the API speak of a case too.
const WORDS = ['zh-CN.json', 'desk/zh-CN.json'];

const bin = (...path) => join(ROOT, 'node_modules', ...path);
const node = (args, failure, env = process.env) => command(process.execPath, args, { cwd: ROOT, env, failure });

/** Runs a step unless its inputs are those of the last time. */
async function whenChanged(stamp, files, what, work) {
  const hash = hashOf(ROOT, files);
  if (readStamp(stamp) === hash) return;
  rmSync(stamp, { force: true });
  await progress(what, work);
  writeStamp(stamp, hash);
}

/** The Prisma client, without the engine that the command would download: generating does not need it. */
async function generate() {
  const schema = join(ROOT, 'prisma/schema.prisma');
  const files = [schema, join(ROOT, 'package-lock.json'), join(ROOT, 'prisma.config.ts')];
  await whenChanged(
    join(ROOT, 'prisma/generated/.stamp'),
    files,
    '生成数据库客户端 · generating the database client',
    () =>
      node(
        [bin('prisma/build/index.js'), 'generate'],
        new PrepareFailure(
          'GenerateFailed',
          '生成数据库客户端失败,原因见上',
          'generating the database client failed, see above',
        ),
        { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', CHECKPOINT_DISABLE: '1' },
      ),
  );
}

/** Takes away what was compiled from a source that is gone: it would still be found and run. */
function sweep() {
  for (const file of filesBelow(DIST, (name) => name === 'web')) {
    const source = join(ROOT, relative(DIST, file));
    const kept =
      COPIED.has(extname(file)) || source.endsWith('.json') ? source : source.replace(/\.js(\.map)?$/, '.ts');
    if (!existsSync(kept)) rmSync(file);
  }
}

async function compile() {
  const sources = filesBelow(ROOT, (name) => SKIPPED.has(name) || name.startsWith('.'));
  const inputs = sources.filter((file) => ['.ts', '.json', ...COPIED].includes(extname(file)));
  const words = WORDS.map((name) => [join(ROOT, 'web/src/locales', name), join(DIST, 'words', name)]);
  const generated = filesBelow(join(ROOT, 'prisma/generated')).filter((file) => !file.endsWith('.stamp'));
  const files = [...inputs, ...generated, ...words.map(([from]) => from)];
  const failure = new PrepareFailure('BuildFailed', '编译失败,原因见上', 'the build failed, see above');
  await whenChanged(join(DIST, '.stamp'), files, '编译 · compiling', async () => {
    await node([bin('typescript/bin/tsc'), '-p', 'tsconfig.build.json'], failure);
    for (const file of inputs.filter((name) => COPIED.has(extname(name)))) {
      const target = join(DIST, relative(ROOT, file));
      mkdirSync(dirname(target), { recursive: true });
      copyFileSync(file, target);
    }
    sweep();
    for (const [from, to] of words) {
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(from, to);
    }
    // The worker's workflow code is bundled once here rather than at each of its starts.
    const bundle = join(DIST, 'worker/bundle.js');
    if (existsSync(bundle)) await node([bundle], failure);
  });
}

/** The staff's app, which the API serves from dist/web. */
async function bundleWeb() {
  const target = join(DIST, 'web');
  const failure = new PrepareFailure(
    'WebBuildFailed',
    '网页端构建失败,原因见上',
    'building the web app failed, see above',
  );
  await whenChanged(join(target, '.stamp'), webSources(ROOT), '构建网页端 · building the web app', async () => {
    // The runner of tests and the image set this; a development build would be served otherwise.
    const env = { ...process.env, NODE_ENV: 'production' };
    await node(
      [bin('vite/bin/vite.js'), 'build', '--config', 'web/vite.config.mjs', '--logLevel', 'warn'],
      failure,
      env,
    );
    compress(target);
  });
}

/** Generates and compiles what has changed. Throws PrepareFailure. */
export async function build() {
  await generate();
  await compile();
  await bundleWeb();
}
