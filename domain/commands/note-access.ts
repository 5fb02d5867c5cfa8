/** Puts on the journal what happened to a case outside its workflow: who may know of it, who broke the glass, what was erased. */
import type { Rule } from './rule';

const ACCESS_EVENTS = [
  /** 限定知悉 */
  'access_restricted',
  'access_opened',
  /** 回避 */
  'conflict_named',
  'conflict_ended',
  /** 紧急查阅 */
  'glass_broken',
  'glass_ended',
  /** 到期销毁 */
  'erasure_proposed',
  'erasure_approved',
  'erasure_declined',
  'erased',
  /** 制作案卷 PDF */
  'case_file_exported',
] as const;
export type AccessEventKind = (typeof ACCESS_EVENTS)[number];

/** Said again until it is there: a repetition finds its id among the updates that the workflow has seen, and changes nothing. */
export const noteAccess: Rule<'note_access'> = {
  whenClosed: true,
  // Who may see a file, and who has, is on the record of the file itself, wherever the case goes on.
  whenJoined: true,
  refuse: () => undefined,
  apply(draft, { kind, data }) {
    draft.record(kind, data);
  },
};
