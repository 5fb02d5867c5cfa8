/** The result as a short table for people. */
import { aligned, figure } from '../harness/report';
import type { Judged, Soaked } from './main';

const HEAD = ['figure', 'after warming up', 'at the end', 'most', 'an hour', 'leaks'];
const verdict = (leaks: boolean | null): string => (leaks === null ? 'too short to say' : leaks ? '**yes**' : 'no');

export const soakTable = (figures: readonly Judged[]): string =>
  aligned([
    HEAD,
    ...figures.map(({ name, unit, first, last, most, perHour, leaks }) => [
      name,
      ...[first, last, most, perHour].map((value) => `${figure(value)} ${unit}`.trim()),
      verdict(leaks),
    ]),
  ]);

export function soakPage({ machine, at, minutes, done, failed, figures }: Soaked): string {
  const { cpu, cores, memoryGb, node, commit } = machine;
  return `# Soak (长时运行)

Written by \`npm run soak -- --keep\`. What counts as a leak is said at the head of [bench/soak/leak.ts](../bench/soak/leak.ts), what is
looked at and what each may do in [bench/soak/sample.ts](../bench/soak/sample.ts). Samples are in soak.json.

${minutes} minutes until ${at}, version ${commit || 'unknown'}, ${cpu}, ${cores} cores, ${memoryGb} GB, Node.js ${node}: ${done} pieces of work done, ${failed} failed.

${soakTable(figures)}
`;
}
