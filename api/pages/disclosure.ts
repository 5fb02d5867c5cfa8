/**
 * What a partner (协作单位) is shown of the child: the least that its work needs (最小必要). A field is shown only when
 * both the kind of partner and the purpose of the referral call for it. The reporter is shown to nobody.
 */
import type { Purpose } from '../schemas/commands';
import type { PARTNER_KINDS } from '../schemas/queries';

export const CHILD_FIELDS = ['name', 'sex', 'birthDate', 'address', 'narrative'] as const;
export type ChildField = (typeof CHILD_FIELDS)[number];
type PartnerKind = (typeof PARTNER_KINDS)[number];

const WHO: readonly ChildField[] = ['name', 'sex', 'birthDate'];
const WHERE: readonly ChildField[] = [...WHO, 'address'];

const BY_KIND: Record<PartnerKind, readonly ChildField[]> = {
  police: CHILD_FIELDS,
  hospital: WHERE,
  civil_affairs: WHERE,
  court: WHERE,
  procuratorate: WHO,
  womens_federation: WHO,
  school: ['name'],
  other: ['name'],
};

const BY_PURPOSE: Record<Purpose, readonly ChildField[]> = {
  investigate: CHILD_FIELDS,
  protect: CHILD_FIELDS,
  forensic: CHILD_FIELDS,
  medical: WHERE,
  placement: WHERE,
  legal_aid: WHO,
  counselling: WHO,
  school_support: WHO,
  other: ['name'],
};

const lookUp = (table: Record<string, readonly ChildField[]>, key: string): readonly ChildField[] =>
  Object.hasOwn(table, key) ? (table[key] ?? []) : [];

/** The fields that a partner of this kind may read for this purpose; an unknown kind or purpose: none. */
export function shownTo(kind: string, purpose: string): ChildField[] {
  const needed = lookUp(BY_PURPOSE, purpose);
  return lookUp(BY_KIND, kind).filter((field) => needed.includes(field));
}
