/** What goes first: whose turn it is when many messages wait, and what a message may use of a budget. Pure. */
import type { Priority } from './budget';
import { RISKS, type Risk } from './model';
import type { TextKind } from './text-kinds';

/** Texts that somebody has to act on; all others only inform. */
const CALLS_TO_ACT: readonly TextKind[] = [
  'reminder',
  'reminder_watch',
  'overdue',
  'overdue_watch',
  'overdue_skipped',
  'referral',
  'referral_again',
  'accept_asked',
  'audit_finding',
  'system_fault',
  'verify_contact',
  'sign_in_code',
  'report_soon',
  'report_late',
  'partner_code',
  'glass_broken',
];

/** After everything that somebody has to act on. */
const INFORMATION_RANK = 9;

/** The place of a message in the queue: 0 for a critical case, up to 3 for a low one, 9 for information. */
export const rankOf = (kind: TextKind, risk?: Risk): number =>
  CALLS_TO_ACT.includes(kind) ? RISKS.indexOf(risk ?? 'medium') : INFORMATION_RANK;

export const priorityOf = (rank: number): Priority =>
  rank >= INFORMATION_RANK ? 'information' : rank === 0 ? 'critical' : 'normal';

/** The place of a case's work in the task queue, from 1: the server hands out lower figures first. */
export const taskPriority = (risk: Risk): { priorityKey: number } => ({ priorityKey: RISKS.indexOf(risk) + 1 });

/** Behind what has not been written down at all yet: messages that are stored have had a head start. */
export const afterwards = (risk: Risk): { priorityKey: number } => ({ priorityKey: RISKS.indexOf(risk) + 2 });
