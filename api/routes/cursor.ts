/** Where a page of a list ends, as one opaque word. */
import { z } from 'zod';
import { unprocessable } from '../problem';

/** A moment in a cursor, in milliseconds since the epoch, that the database can compare with. */
export const cursorMs = z.number().int().min(0).max(Date.UTC(2200, 0));

const encodeCursor = (place: unknown): string => Buffer.from(JSON.stringify(place)).toString('base64url');

/** @throws Problem 422 for a word that no list of ours gave out */
export function decodeCursor<T extends z.ZodType>(schema: T, cursor: string | undefined): z.output<T> | undefined {
  if (cursor === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw unprocessable([{ path: 'cursor', message: 'must be the nextCursor of an earlier answer' }]);
  }
}

/** Cuts a list that was read one longer than asked for. @returns the page and where it ends, null on the last one */
export function pageOf<T>(rows: T[], limit: number, place: (last: T) => unknown) {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { page, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(place(last)) : null };
}
