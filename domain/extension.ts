/** More time that was asked for (延期) and is not decided yet. */
import type { Extension } from './model';

/** The step is due as late by now, or later: to grant the request would change nothing, or bring the deadline nearer. @param dueAt ms */
export const isOvertaken = ({ until }: Pick<Extension, 'until'>, dueAt: number): boolean => until <= dueAt;
