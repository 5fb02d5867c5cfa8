// node scripts/breached-passwords.mjs list.txt: makes api/auth/breached.bloom, which passwords are held against, from a list
// of breached ones, one a line. The one that ships is made of SecLists' xato-net-10-million-passwords-1000000.txt.
import { createReadStream, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { ROOT } from './compile.mjs';

const { Bloom } = await import('../dist/api/auth/bloom.js');
/** Shorter ones are refused for their length. */
const LEAST = 10;

const words = new Set();
for await (const line of createInterface({ input: createReadStream(process.argv[2] ?? '/dev/stdin') })) {
  const word = line.trim().toLowerCase();
  if (word.length >= LEAST) words.add(word);
}
const bloom = Bloom.for(words.size);
for (const word of words) bloom.add(word);
writeFileSync(join(ROOT, 'api/auth/breached.bloom'), bloom.bytes);
console.log(`${words.size} passwords, ${bloom.bytes.length} bytes`);
