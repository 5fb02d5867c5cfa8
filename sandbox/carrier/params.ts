import { z } from 'zod';
import { refuse } from './errors';

/**
 * Reads an action's parameters as Tencent's gateway does, before the action itself sees them.
 * @throws ApiError UnknownParameter, MissingParameter or InvalidParameter, naming the parameter
 */
export function readParams<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue?.code === 'unrecognized_keys') {
    throw refuse('UnknownParameter', `the parameter \`${issue.keys.join('`, `')}\` is not recognized`);
  }
  const name = issue?.path.join('.') ?? '';
  if (issue?.code === 'invalid_type' && valueAt(body, issue.path) === undefined) {
    throw refuse('MissingParameter', `the request is missing a required parameter \`${name}\``);
  }
  throw refuse('InvalidParameter', `the value of the parameter \`${name}\` is not valid`);
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    body,
  );
}

/** SessionContext is echoed in the answer and must be shorter than 512 bytes. */
export const sessionContext = z
  .string()
  .refine((value) => Buffer.byteLength(value) < 512)
  .optional();
