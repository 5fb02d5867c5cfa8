/** A YAML text that knows on which line each of its values stands. */
import { LineCounter, isMap, isNode, isPair, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Problem } from './invalid';

export interface Source {
  file: string;
  /** The plain value. */
  value: unknown;
  /** Line of the value at a path, or of the nearest thing around it. */
  lineOf: (path: readonly PropertyKey[]) => number;
}

/** `rules[3].due.high` */
export const pathText = (path: readonly PropertyKey[]): string =>
  path.map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${String(part)}`)).join('');

/** Reads YAML; what is not YAML, a key given twice included, goes to `problems`. */
export function readSource(text: string, file: string, problems: Problem[]): Source {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  for (const error of doc.errors) {
    problems.push({ file, line: lines.linePos(error.pos[0]).line, path: '', expected: `YAML (${error.message})` });
  }
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length > 0; length -= 1) {
      const parent = doc.getIn(path.slice(0, length - 1), true);
      const pair = isMap(parent) && parent.items.find((item) => String(item.key) === String(path[length - 1]));
      const node = isPair(pair) ? pair.key : doc.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  return { file, value: doc.errors.length > 0 ? undefined : doc.toJS(), lineOf };
}

/** The value in the schema's shape; what does not fit goes to `problems`, and nothing is given back. */
export function readAs<T extends z.ZodType>(schema: T, source: Source, problems: Problem[]): z.output<T> | undefined {
  const read = schema.safeParse(source.value);
  if (read.success) return read.data;
  for (const issue of read.error.issues) {
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys : undefined;
    for (const key of unknown ?? [undefined]) {
      const path = key === undefined ? issue.path : [...issue.path, key];
      const what = key === undefined ? issue.message : 'no such word here';
      problems.push({ file: source.file, line: source.lineOf(path), path: pathText(path), expected: what });
    }
  }
  return undefined;
}
