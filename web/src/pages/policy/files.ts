/** The files of a policy under the names that the checker gives them. */
import type { PolicyDraft } from '../../api/types';

export type Files = PolicyDraft['files'];

const BASE = 'base.yaml';
const typeFile = (name: string): string => `types/${name}.yaml`;

export const fileNames = ({ types }: Files): string[] => [BASE, ...Object.keys(types).toSorted().map(typeFile)];

const nameOf = (file: string): string => file.replace(/^types\//, '').replace(/\.yaml$/, '');

export const textOf = ({ base, types }: Files, file: string): string =>
  file === BASE ? base : (types[nameOf(file)] ?? '');

export const withText = (files: Files, file: string, text: string): Files =>
  file === BASE ? { ...files, base: text } : { ...files, types: { ...files.types, [nameOf(file)]: text } };

/** Where a line begins and ends. @param line from 1; one that is not there is the last */
export function lineSpan(text: string, line: number): [number, number] {
  const lines = text.split('\n');
  const index = Math.min(Math.max(line, 1), lines.length) - 1;
  const start = lines.slice(0, index).reduce((sum, one) => sum + one.length + 1, 0);
  return [start, start + (lines[index]?.length ?? 0)];
}
