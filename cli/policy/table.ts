/** The rules in force as a Markdown table, as docs/policy.md shows them. */
import type { Risk } from '../../domain/model';
import { RISKS } from '../../domain/model';
import { type Policy, type RuleRow, describe } from '../../domain/policy';

const HEAD = ['Step', '步骤', 'Type', 'Starts with', ...RISKS, 'Basis'];

const EVERY = '每 ';

function figure(row: RuleRow, risk: Risk): string {
  const every = row.every?.[risk];
  if (every === undefined || every === '—') return row.due[risk];
  const times = row.times === undefined ? '' : `，共 ${row.times} 次`;
  return row.due[risk] === every ? `${EVERY}${every}${times}` : `${row.due[risk]}，再${EVERY}${every}${times}`;
}

const basis = ({ basis: { kind, law, article, word } }: RuleRow): string =>
  law === undefined ? kind : `**${kind}** ${law}${article ?? ''}${word ? `「${word}」` : ''}`;

const cells = (row: RuleRow): string[] => [
  `${row.kind}${row.binds === 'watch' ? ' (watch)' : ''}`,
  row.name,
  row.types.join('、') || '—',
  [row.start, ...row.when.filter((one) => !one.startsWith('trigger'))].join('; '),
  ...RISKS.map((risk) => figure(row, risk)),
  basis(row),
];

const line = (parts: string[]): string => `| ${parts.join(' | ')} |`;

/** One row for each rule, in the order of the files. */
export const asTable = (policy: Policy): string =>
  [line(HEAD), line(HEAD.map(() => '---')), ...describe(policy).map((row) => line(cells(row)))].join('\n');
