/** A note to the case or to one of its steps (补充说明): nothing but an entry of the journal; the words lie in the vault. */
import type { Rule } from './rule';

export const addNote: Rule<'add_note'> = {
  whenClosed: true,
  // Which steps there are is asked of the rows: a long-lived case lets go of steps that are over.
  refuse: () => undefined,
  apply(draft, { stepId, noteId }) {
    draft.record('noted', { ...(stepId !== undefined && { stepId }), noteId });
  },
};
