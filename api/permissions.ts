import type { RequestHandler } from 'express';
import type { Sight } from '../store/sight';
import { forbidden } from './problem';
import { callerOf, type Caller } from './request';

/** Who may do what (权限), as data: every route names the permission it needs, and nothing else grants anything. */

export const ROLES = ['social_worker', 'supervisor', 'duty_officer', 'admin', 'evaluator'] as const;
export type Role = (typeof ROLES)[number];

export const PERMISSIONS = [
  'case:report',
  /** Report a drill (演练): made-up data, real messages. */
  'case:drill',
  'case:read',
  /** The child, the reporter, the story and every note. */
  'case:read-child',
  /** Who reported (报告人); of a social worker's cases domain/sight.ts says which. */
  'case:read-reporter',
  /** Assign, complete and extend steps, raise the risk, ask to close, reopen. */
  'case:work',
  'case:lower-risk',
  /** Decide on more time and on closing. */
  'case:approve',
  /** Restrict a case to named people (限定知悉), and shut out who has a conflict of interest (回避). */
  'case:restrict',
  /** Open, in an emergency, a case that one may not see (紧急查阅). */
  'case:break-glass',
  'referral:send',
  'alert:ack',
  /** The queue of reports (接报队列): read, take, screen in, join, ask to screen out. */
  'report:triage',
  /** Say the second word on screening out. */
  'report:decide',
  /** Systems that report (来源) and their keys. */
  'source:manage',
  'staff:read',
  'partner:read',
  /** Enter, change and retire partners (协作单位目录): of the own station, or of the bureau. */
  'partner:manage',
  /** Service records (服务记录): the own station's. */
  'service:read',
  'service:write',
  /** Correct and withdraw what others entered, or what is older than a day. */
  'service:correct',
  /** The register of children (在册儿童), with names. */
  'register:read',
  'register:write',
  /** Figures of the contract and the records behind them, without names (合同指标). */
  'indicator:read',
  /** Have the evaluation pack (评估资料包) made and fetch it: figures, lists and a sample, without names. */
  'pack:make',
  /** What the audit (巡检) found. */
  'audit:read',
  /** What the carrier's limits leave for each phone. */
  'budget:read',
  /** Enter and retire robots of groups (群机器人). */
  'robot:manage',
  /** What is broken at the carrier, and what to do about it. */
  'fault:read',
  'roster:read',
  /** Ask for a swap of shifts (换班), and answer one. */
  'roster:swap',
  /** Rotations, leaves, overrides, duty phones: of the own station, or of the bureau. */
  'roster:edit',
  /** One's own numbers and mailboxes. */
  'contact:own',
  /** Everybody's. */
  'contact:manage',
  /** Approve the erasure of what was kept long enough (到期销毁), or keep it. */
  'erasure:decide',
  /** Attachments (附件) with their names and captions; the owner's own permission is needed beside it. */
  'attachment:read',
  'attachment:write',
  /** The file as it came, with place and time as the device wrote them (原件). */
  'attachment:original',
  /** Who looked at a case (查阅记录), and what was odd about it. */
  'access:read',
  /** Who may sign in as what: accounts, roles, set-up links. */
  'account:manage',
  /** End the pauses after wrong passwords, so that nobody is kept out in an emergency. */
  'account:unlock',
  /** Propose another version of the policy (时限规则), and see what others propose. */
  'policy:propose',
  /** Publish what somebody else proposed. */
  'policy:approve',
  /** Open payloads for Temporal's pages (解码): ids and codes of workflows. */
  'payload:decode',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

const FIELD_WORK: readonly Permission[] = [
  'case:report',
  'case:read',
  'case:read-child',
  'case:read-reporter',
  'case:work',
  'case:break-glass',
  'referral:send',
  'alert:ack',
  'report:triage',
  'staff:read',
  'partner:read',
  'roster:read',
  'roster:swap',
  'contact:own',
  'attachment:read',
  'attachment:write',
];
const SERVICES: readonly Permission[] = [
  'service:read',
  'service:write',
  'register:read',
  'register:write',
  'indicator:read',
];
/** Figures and deadlines without the child, and nothing to change. */
const OVERSIGHT: readonly Permission[] = ['case:read', 'staff:read', 'partner:read', 'roster:read', 'indicator:read'];

/** How the watch itself is doing, and whether it would (演练). */
const RUNNING: readonly Permission[] = ['audit:read', 'budget:read', 'case:drill'];

/** What keeps messages going out. */
const UPKEEP: readonly Permission[] = [
  'payload:decode',
  'fault:read',
  'robot:manage',
  'roster:edit',
  'contact:own',
  'contact:manage',
  'source:manage',
  'partner:manage',
  'account:manage',
  'account:unlock',
];

/** Field work, decisions on it, and who does it when. */
const LEADING: readonly Permission[] = [
  ...FIELD_WORK,
  ...RUNNING,
  'case:approve',
  'report:decide',
  'case:restrict',
  'roster:edit',
  'access:read',
  'erasure:decide',
  'roster:edit',
  'access:read',
  'policy:propose',
  'attachment:original',
];

/** What each role may do within its scope. */
export const GRANTS: Record<Role, readonly Permission[]> = {
  social_worker: [...FIELD_WORK, ...SERVICES],
  supervisor: [...LEADING, ...SERVICES, 'service:correct', 'pack:make', 'case:lower-risk', 'partner:manage'],
  // Decides too: a station with one supervisor needs somebody else when that supervisor asks.
  duty_officer: [...LEADING, 'fault:read', 'indicator:read', 'pack:make', 'account:unlock', 'policy:approve'],
  admin: [...OVERSIGHT, ...RUNNING, ...UPKEEP],
  evaluator: [...OVERSIGHT, 'pack:make'],
};

export const allow = (caller: Caller, permission: Permission): boolean => GRANTS[caller.role].includes(permission);

/** Whose cases each role could know of: the own station's, every station's, or every one's where the person is the bureau's. */
export const SCOPES: Record<Role, 'station' | 'all' | 'all_of_bureau'> = {
  social_worker: 'station',
  supervisor: 'station',
  duty_officer: 'all',
  admin: 'all_of_bureau',
  evaluator: 'all_of_bureau',
};

/** The stations whose cases a caller works with; what is narrower still stands in domain/sight.ts. */
export function scopeOf(caller: Caller): { stationIds: string[] } | 'all' {
  const scope = SCOPES[caller.role];
  return scope === 'all' || (scope === 'all_of_bureau' && caller.bureau) ? 'all' : { stationIds: [caller.stationId] };
}

/** What a caller may know of: their scope, and who they are. */
export const sightOf = (caller: Caller): Sight => ({ scope: scopeOf(caller), staffId: caller.staffId });

/** Does the caller work with this station? */
export function inScope(caller: Caller, stationId: string): boolean {
  const scope = scopeOf(caller);
  return scope === 'all' || scope.stationIds.includes(stationId);
}

/** May the caller change the station's roster and duty phones? An admin of the bureau everybody's, others their own. */
export const editsRosterOf = (caller: Caller, stationId: string): boolean =>
  allow(caller, 'roster:edit') &&
  (caller.role === 'admin' ? inScope(caller, stationId) : caller.stationId === stationId);

/** Inside a handler, where a permission depends on the body. @throws Problem 403, which is written to the access log */
export function demand(caller: Caller, permission: Permission, caseId?: string): void {
  if (!allow(caller, permission)) {
    throw forbidden(`the role ${caller.role} does not include ${permission}`, { action: permission, caseId });
  }
}

/** Lets only callers through whose role includes the permission; others get 403 and a line in the access log. */
export const requires =
  (permission: Permission): RequestHandler =>
  (req, _res, next) => {
    const { caseId, id } = req.params;
    const named = caseId ?? (req.originalUrl.startsWith('/api/v1/cases/') ? id : undefined);
    demand(callerOf(req), permission, typeof named === 'string' ? named.slice(0, 64) : undefined);
    next();
  };
