// Builds the web app into dist/web when its sources have changed, with a compressed copy beside each file.
import { readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { filesBelow } from './stamp.mjs';

/** What the app is made from; `root` is the project's folder. */
export const webSources = (root) => [
  ...filesBelow(join(root, 'web')),
  join(root, 'domain/zone.ts'),
  join(root, 'package-lock.json'),
];

/** Puts `name.br` beside everything that gets smaller by it. */
export function compress(folder) {
  for (const file of filesBelow(folder)) {
    if (!['.js', '.css', '.svg', '.json', '.webmanifest'].includes(extname(file))) continue;
    const plain = readFileSync(file);
    const small = brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } });
    if (small.length < plain.length) writeFileSync(`${file}.br`, small);
  }
}
