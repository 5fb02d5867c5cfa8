/** Steps that people add (追加步骤): what a conference decided, or a plan's task. */
const ADDED_KINDS = ['decision', 'task'] as const;
export type AddedKind = (typeof ADDED_KINDS)[number];

/** What they are called; no policy names them. */
export const ADDED_NAMES: Record<AddedKind, string> = { decision: '会商决定', task: '方案任务' };
