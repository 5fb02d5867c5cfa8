import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Paths from the folder, with a slash before them, of all files below it whose name ends so. */
export function filesBelow(folder: string, ending: string, under = '/'): string[] {
  return readdirSync(join(folder, under), { withFileTypes: true }).flatMap((entry) => {
    const path = `${under}${entry.name}`;
    if (entry.name.startsWith('.')) return [];
    if (entry.isDirectory()) return filesBelow(folder, ending, `${path}/`);
    return path.endsWith(ending) ? [path] : [];
  });
}
