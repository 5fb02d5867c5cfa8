import { appendFileSync } from 'node:fs';

/** Writes down when it was called: one line of JSON in a file. */
export const createBareActivities = (file: string) => ({
  mark(id: string): Promise<void> {
    appendFileSync(file, `${JSON.stringify({ id, atMs: Date.now() })}\n`);
    return Promise.resolve();
  },
});

export type BareActivities = ReturnType<typeof createBareActivities>;
