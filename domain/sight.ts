/**
 * Who may know of a case beyond role and station: named people (限定知悉), conflicts of interest (回避), break-glass
 * (紧急查阅). Pure; store/sight.ts says the same in SQL, and a test holds one against the other.
 */

/** What stands between a case and people who could otherwise see it. */
export interface Shield {
  /** Restricted to the named. */
  restricted: boolean;
  named: readonly string[];
  /** People who must not know of it, such as relatives of the suspect. */
  conflicts: readonly Conflicted[];
  /** Broken glass and until when, in milliseconds. */
  glass: readonly { staffId: string; until: number }[];
}

export interface Conflicted {
  staffId: string;
  role: string;
}

export const NO_SHIELD: Shield = { restricted: false, named: [], conflicts: [], glass: [] };

export interface Seer {
  staffId: string;
  /** Are the case's station and the person's role such that they would see it without a shield? */
  inScope: boolean;
}

/** Conflict first: it shuts out the named, and break-glass as well. @param now milliseconds */
export function maySee({ staffId, inScope }: Seer, shield: Shield, now: number): boolean {
  if (shield.conflicts.some((one) => one.staffId === staffId)) return false;
  if (shield.glass.some((one) => one.staffId === staffId && one.until > now)) return true;
  return inScope && (!shield.restricted || shield.named.includes(staffId));
}

/** Does the shield change anything about who is told? */
export const isShielded = ({ restricted, conflicts }: Shield): boolean => restricted || conflicts.length > 0;

/** Somebody of the staff, or a duty phone (值班手机) that people of one role hand on. */
export interface Hearer {
  kind: 'staff' | 'contact' | 'partner' | 'robot';
  id: string;
  /** Of a person the role, of a duty phone the role that it is for. */
  role?: string | undefined;
}

const OFFICER = 'duty_officer';
/** As staff and as rungs call them. */
const sameRole = (a: string, b: string | undefined): boolean =>
  a === b || (a === 'social_worker' && b === 'worker') || (a === 'worker' && b === 'social_worker');

/**
 * May messages about the case go there? A restricted case is told to the named and to duty officers (民政局值班员), who answer
 * for every case; a group, or a phone that others carry too, hears nothing that somebody among them must not know.
 */
export function mayHear(shield: Shield, { kind, id, role }: Hearer): boolean {
  if (!isShielded(shield) || kind === 'partner') return true;
  if (kind === 'robot') return false;
  if (kind === 'contact') {
    if (shield.restricted && role !== OFFICER) return false;
    return !shield.conflicts.some((one) => sameRole(one.role, role));
  }
  if (shield.conflicts.some((one) => one.staffId === id)) return false;
  return !shield.restricted || shield.named.includes(id) || role === OFFICER;
}

/**
 * Who of the named stands in where nobody whom the roster has on a rung may hear: on the worker's rung all of them, on the
 * supervisor's the supervisors. The officers' rung has its own people.
 */
export function namedFor(
  shield: Shield,
  rung: 'worker' | 'supervisor' | 'duty_officer',
  roles: ReadonlyMap<string, string>,
): string[] {
  if (!shield.restricted || rung === OFFICER) return [];
  const free = shield.named.filter((id) => !shield.conflicts.some((one) => one.staffId === id));
  return rung === 'worker' ? free : free.filter((id) => roles.get(id) === 'supervisor');
}

/**
 * Who may know the reporter (报告人): 反家庭暴力法第十四条 demands that they be kept secret. Of those whose role includes it a
 * social worker only where the case is theirs, where they took the report, or where nobody has the case yet and somebody
 * has to call back.
 */
export const mayKnowReporter = (
  { staffId, role }: { staffId: string; role: string },
  row: { assigneeId: string | null; reportedBy: string },
): boolean =>
  role !== 'social_worker' || row.assigneeId === null || row.assigneeId === staffId || row.reportedBy === staffId;
