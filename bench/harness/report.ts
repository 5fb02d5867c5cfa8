/** The result as JSON for machines and as Markdown for people. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Machine } from './machine';
import type { Row } from './row';

export interface Result {
  machine: Machine;
  measures: Row[];
}

/** Two figures that matter, whatever the size. */
export function figure(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-GB').replaceAll(',', ' ');
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}

const verdict = (holds: boolean | null): string => (holds === null ? '–' : holds ? 'yes' : '**no**');

function cells(row: Row): string[] {
  const { what, unit, ours, yardstick, ratio, spread, rounds, must, holds } = row;
  const range = ratio ?? spread;
  return [
    what,
    `${figure(ours)} ${unit}`,
    yardstick === null ? '–' : `${figure(yardstick)} ${unit}`,
    ratio === null ? '–' : `${figure(ratio.median)} ×`,
    `${figure(range.least)} … ${figure(range.most)}`,
    String(rounds),
    must ?? 'reported',
    verdict(holds),
  ];
}

const HEAD = ['measure', 'ours', 'yardstick', 'ratio', 'least … most', 'rounds', 'must be', 'holds'];

/** The rows as a Markdown table. */
export const table = (rows: readonly Row[]): string => aligned([HEAD, ...rows.map(cells)]);

/** Lines of cells, the first the head, as a Markdown table with its columns padded. */
export function aligned(lines: readonly string[][]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(3, ...lines.map((line) => line[column]?.length ?? 0)));
  const line = (values: string[]): string =>
    `| ${values.map((value, i) => value.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = lines;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

/** The page that docs/benchmarks.md is. */
export function page({ machine, measures }: Result): string {
  const { cpu, cores, memoryGb, system, node, commit, loadBefore } = machine;
  return `# Measurements

Written by \`npm run bench\`. Every figure stands beside a yardstick that was taken in the same run on the same machine, in
turn with ours; the ratio is the median of the rounds' ratios. Without a yardstick, least and most are of our own figure.
What each one does is said at the head of its file in [bench/measures/](../bench/measures/); what was done about them, and what
stands in the way of those that do not hold, in [ADR 14](adr/0014-hot-paths.md).

Machine: ${cpu}, ${cores} cores, ${memoryGb} GB, ${system}, Node.js ${node}. The newest rows are of version ${commit || 'unknown'},
with a load of ${loadBefore} before the run (in benchmarks.json each row says when it was taken). PostgreSQL, Temporal, carrier double, API, worker and the yardstick share these cores.

${table(measures)}
`;
}

/** What an earlier run left; undefined when there is none. */
function earlier(file: string): Result | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Result) : undefined;
}

/** Rows that were measured now take the place of their older ones; the others stay. */
export function merged(before: readonly Row[], now: readonly Row[]): Row[] {
  const fresh = new Map(now.map((row) => [row.id, row]));
  const kept = before.map((row) => fresh.get(row.id) ?? row);
  const known = new Set(before.map((row) => row.id));
  return [...kept, ...now.filter((row) => !known.has(row.id))];
}

/** Keeps the result beside the documents: JSON, and the page made from it. */
export function keep(result: Result, files: { json: string; markdown: string }): void {
  const all = { machine: result.machine, measures: merged(earlier(files.json)?.measures ?? [], result.measures) };
  writeFileSync(files.json, `${JSON.stringify(all, null, 2)}\n`);
  writeFileSync(files.markdown, page(all));
}
