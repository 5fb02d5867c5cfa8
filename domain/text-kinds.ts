/** What kind of text a message is; each has its wording and carrier template in policies/texts.yaml. */
export const TEXT_KINDS = [
  'reminder',
  'reminder_watch',
  'overdue',
  'overdue_watch',
  'overdue_skipped',
  'acknowledged',
  'over',
  'referral',
  'unknown_code',
  'late_code',
  'audit_finding',
  'digest',
  'bundle',
  'bundle_reminder',
  'system_fault',
  'robot_test',
  'verify_contact',
  'access_odd',
  'glass_broken',
  'erasure_due',
] as const;
export type TextKind = (typeof TEXT_KINDS)[number];

/** The kinds that a case can send have another wording in a drill (演练), with templates of its own. */
export const DRILL_KINDS = [
  'drill_reminder',
  'drill_reminder_watch',
  'drill_overdue',
  'drill_overdue_watch',
  'drill_overdue_skipped',
  'drill_acknowledged',
  'drill_over',
  'drill_referral',
  'drill_late_code',
  'drill_bundle',
  'drill_bundle_reminder',
] as const;
export type DrillKind = (typeof DRILL_KINDS)[number];
