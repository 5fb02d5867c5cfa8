/** The words of the screens (界面文字) for papers: what a page says of a case in Chinese, a paper says too. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Words {
  [key: string]: string | Words;
}

/** Beside the sources, or in dist/, where the build puts a copy. */
const FOLDERS = [join(__dirname, '../../web/src/locales'), join(__dirname, '../../words')];
const FILES = ['zh-CN.json', 'desk/zh-CN.json'];

const merged = (one: Words, other: Words): Words => {
  const all = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const before = all[key];
    all[key] = typeof before === 'object' && typeof value === 'object' ? merged(before, value) : value;
  }
  return all;
};

let words: Words | undefined;

function load(): Words {
  const folder = FOLDERS.find((one) => existsSync(join(one, 'zh-CN.json')));
  if (folder === undefined) throw new Error('the words of the screens were not built');
  const texts = FILES.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Words);
  return texts.reduce(merged, {});
}

/**
 * What the screens call it. @param key as in `risk.high`
 * @param otherwise where the screens have no word for it
 */
export function wordFor(key: string, otherwise: string, values: Record<string, string> = {}): string {
  words ??= load();
  let found: string | Words | undefined = words;
  for (const part of key.split('.')) {
    found = typeof found === 'object' && Object.hasOwn(found, part) ? found[part] : undefined;
  }
  if (typeof found !== 'string') return otherwise;
  return found.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '');
}
