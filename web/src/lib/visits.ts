/** Steps that mean going to see the child (走访、见面): they have a form of their own. */
const VISITS = ['visit', 'first_contact', 'warning_visit', 'return_contact', 'recontact', 'post_closure_check'];
export const isVisit = (kind: string): boolean => VISITS.includes(kind);
