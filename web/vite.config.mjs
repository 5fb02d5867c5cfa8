// Builds the staff's app into dist/web: the shell that a phone needs first, and desk pages behind it.
import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Tells the service worker which files are the shell: the entry, all that it imports at once, and the pages for a phone. */
const shellList = () => ({
  name: 'shell-list',
  generateBundle(_options, bundle) {
    const chunks = Object.values(bundle).filter((one) => one.type === 'chunk');
    const entry = chunks.find((one) => one.isEntry && one.name === 'index');
    const worker = chunks.find((one) => one.name === 'sw');
    const shell = new Set();
    const add = (chunk) => {
      if (!chunk || shell.has(chunk.fileName)) return;
      shell.add(chunk.fileName);
      for (const css of chunk.viteMetadata?.importedCss ?? []) shell.add(css);
      for (const name of chunk.imports) add(bundle[name]);
    };
    add(entry);
    for (const chunk of chunks)
      if (/\/(pages\/case\/index\.tsx|locales\/[\w-]+\.json)$/.test(chunk.facadeModuleId ?? '')) add(chunk);
    const files = [...shell].sort().map((name) => `/${name}`);
    worker.code = worker.code.replace(/["'`]__SHELL__["'`]/, JSON.stringify(files.join(' ')));
    if (worker.code.includes('__SHELL__')) this.error('the service worker has no place for the list of the shell');
  },
});

/** @type {import('vite').UserConfig} */
export default {
  root: here('.'),
  plugins: [react(), shellList()],
  html: { cspNonce: '__NONCE__' },
  build: {
    outDir: here('../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2_000,
    rollupOptions: {
      input: { index: here('index.html'), sw: here('src/sw.ts') },
      output: {
        entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'app/[name]-[hash].js'),
        chunkFileNames: 'app/[name]-[hash].js',
        assetFileNames: 'app/[name]-[hash][extname]',
      },
    },
  },
};
