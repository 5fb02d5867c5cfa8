/** policies/screening.yaml: how soon a report of the queue is to be screened, and who is told when it is not. */
import { z } from 'zod';
import { PolicyInvalid, type Problem } from '../policy/invalid';
import { toLadder } from '../policy/parse';
import { clockSpan, ladder, words } from '../policy/schema';
import { readAs, readSource } from '../policy/source';
import { LOOKS } from './model';
import type { ScreeningPolicy, ScreeningRule } from './watch';

const rule = z.strictObject({ due: clockSpan, remind: clockSpan, ladder });
const schema = z.strictObject({ version: words, critical: rule, usual: rule });

const MINUTE = 60_000;

const toRule = ({ due, remind, ladder: text }: z.infer<typeof rule>): ScreeningRule => ({
  dueMs: due,
  remindMs: remind,
  ladder: toLadder(text),
  figure: `${due / MINUTE} 分钟`,
});

/** @throws PolicyInvalid naming file, line and what was expected, for every problem */
export function parseScreening(text: string, file: string): ScreeningPolicy {
  const problems: Problem[] = [];
  const source = readSource(text, file, problems);
  const read = problems.length > 0 ? undefined : readAs(schema, source, problems);
  for (const looks of LOOKS) {
    const { due = 1, remind = 0 } = read?.[looks] ?? {};
    if (remind < due) continue;
    const path = [looks, 'remind'];
    problems.push({ file, line: source.lineOf(path), path: path.join('.'), expected: 'less than due' });
  }
  if (!read || problems.length > 0) throw new PolicyInvalid(problems);
  return { version: read.version, critical: toRule(read.critical), usual: toRule(read.usual) };
}
