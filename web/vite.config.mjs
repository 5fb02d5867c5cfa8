// Builds the staff's app into dist/web: the shell that a phone needs first, and desk pages behind it.
import react from '@vitejs/plugin-react';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformWithOxc } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** What is used without signal beside the shell: pages for a phone, and the words. */
const KEPT =
  /\/(pages\/(?:(?:case|visit|paper|services)\/index|report\/(?:outbox|wrongs))\.tsx|locales\/(?:desk\/|forms\/)?[\w-]+\.json)$/;

/**
 * Writes the service worker, one file that imports nothing, with the list of the shell: the entry, all that it imports at
 * once, and the pages for a phone.
 */
const serviceWorker = () => ({
  name: 'service-worker',
  async generateBundle(_options, bundle) {
    const chunks = Object.values(bundle).filter((one) => one.type === 'chunk');
    const entry = chunks.find((one) => one.isEntry && one.name === 'index');
    const shell = new Set();
    const add = (chunk) => {
      if (!chunk || shell.has(chunk.fileName)) return;
      shell.add(chunk.fileName);
      for (const css of chunk.viteMetadata?.importedCss ?? []) shell.add(css);
      for (const name of chunk.imports) add(bundle[name]);
    };
    add(entry);
    for (const chunk of chunks) if (KEPT.test(chunk.facadeModuleId ?? '')) add(chunk);
    const files = [...shell].sort((a, b) => (a < b ? -1 : 1)).map((name) => `/${name}`);
    const { code } = await transformWithOxc(readFileSync(here('src/sw.ts'), 'utf8'), 'sw.ts');
    const source = code.replace(/["'`]__SHELL__["'`]/, JSON.stringify(files.join(' ')));
    if (source === code) this.error('the service worker has no place for the list of the shell');
    this.emitFile({ type: 'asset', fileName: 'sw.js', source });
  },
});

/** @type {import('vite').UserConfig} */
export default {
  root: here('.'),
  plugins: [react(), serviceWorker()],
  // Its package leads every bundler to the build that warns developers, which is larger.
  resolve: {
    alias: [{ find: /^react-router$/, replacement: here('../node_modules/react-router/dist/production/index.mjs') }],
  },
  html: { cspNonce: '__NONCE__' },
  build: {
    outDir: here('../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    // A browser that does not know preloading loads the same files a moment later.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2_000,
    rollupOptions: {
      input: { index: here('index.html') },
      output: {
        entryFileNames: 'app/[name]-[hash].js',
        chunkFileNames: 'app/[name]-[hash].js',
        assetFileNames: 'app/[name]-[hash][extname]',
      },
    },
  },
};
