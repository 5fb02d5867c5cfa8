/** Rules of sign-in (登录规则) by role, as policies/sign-in.yaml says them. Pure. */
import { z } from 'zod';
import { clockMs, parseDuration } from './policy/duration';
import { type Problem, PolicyInvalid } from './policy/invalid';
import { readAs, readSource } from './policy/source';

/** What a second factor (第二步验证) can be: codes of an authenticator, or a code in a text. */
export const FACTORS = ['totp', 'text'] as const;
export type Factor = (typeof FACTORS)[number];

export interface SignInRule {
  /** Who has no factor yet sets one up before anything else. */
  demanded: boolean;
  by: Factor[];
  /** A sign-in that is not used for so long is over, in milliseconds. */
  idleMs: number;
  /** However much it is used, it is over then, in milliseconds. */
  longestMs: number;
}

export type SignInRules = Record<string, SignInRule>;

/** What somebody has set up. */
export interface FactorsOf {
  enabled: boolean;
  /** An authenticator that has shown a right code. */
  totp: boolean;
  /** A verified phone. */
  phone: boolean;
}

const SPAN = 'a span of clock time such as 30m, 12h or 7d';
const span = z.string().transform((text, ctx) => {
  const found = parseDuration(text);
  const ms = found && clockMs(found);
  if (ms !== undefined && ms > 0) return ms;
  ctx.addIssue(SPAN);
  return z.NEVER;
});
const rule = z
  .strictObject({
    second_factor: z.enum(['demanded', 'optional']),
    by: z.array(z.enum(FACTORS)).min(1),
    idle: span,
    longest: span,
  })
  .refine((one) => one.idle <= one.longest, { message: 'no longer than longest', path: ['idle'] });

/**
 * @param roles every role has its rule, and no other stands there
 * @throws PolicyInvalid naming file and line of everything that is wrong
 */
export function parseSignIn(text: string, file: string, roles: readonly string[]): SignInRules {
  const problems: Problem[] = [];
  const source = readSource(text, file, problems);
  const shape = z.strictObject({ roles: z.strictObject(Object.fromEntries(roles.map((role) => [role, rule]))) });
  const read = readAs(shape, source, problems);
  if (problems.length > 0 || !read) throw new PolicyInvalid(problems);
  return Object.fromEntries(
    Object.entries(read.roles).map(([role, one]) => [
      role,
      { demanded: one.second_factor === 'demanded', by: one.by, idleMs: one.idle, longestMs: one.longest },
    ]),
  );
}

/** By what somebody may take the second step now; nothing of it where none is set up. */
export function factorsFor(rule: SignInRule, has: FactorsOf): Factor[] {
  if (!has.enabled) return [];
  const can: Factor[] = [...(has.totp ? (['totp'] as const) : []), ...(has.phone ? (['text'] as const) : [])];
  const allowed = can.filter((one) => rule.by.includes(one));
  // Set up before the rule changed: it still lets them in, to set up another one.
  return allowed.length > 0 ? allowed : can;
}

/** Does the rule demand what is not set up? Nothing else is open until it is. */
export const mustEnrol = (rule: SignInRule, has: FactorsOf): boolean =>
  rule.demanded && !factorsFor(rule, has).some((one) => rule.by.includes(one));

/** @param createdAt @param usedAt of the session, in milliseconds */
export const sessionOver = (rule: SignInRule, session: { createdAt: number; usedAt: number }, now: number): boolean =>
  now - session.usedAt > rule.idleMs || now - session.createdAt > rule.longestMs;

/** The longest that any role's sign-in may last, in milliseconds: what the cookie lives. */
export const longestOf = (rules: SignInRules): number => Math.max(...Object.values(rules).map((one) => one.longestMs));
