/**
 * Runs a step that takes a while and shows what is done and the seconds so far. The work may say more with `say`.
 * scripts/progress.mjs gives it to the supervisor; the tests give a plain one.
 */
export type Progress = <T>(what: string, work: (say: (text: string) => void) => Promise<T>) => Promise<T>;
