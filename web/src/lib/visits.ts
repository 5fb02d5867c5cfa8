/** Steps that mean going to see the child (走访、见面): they have a form of their own. */
const VISITS = ['visit', 'first_contact', 'warning_visit', 'return_contact', 'recontact', 'post_closure_check'];
export const isVisit = (kind: string): boolean => VISITS.includes(kind);

/** Steps that end when somebody who was asked has answered (接手、接收): there is nothing to tick off. */
const ANSWERED = ['handover_accept', 'transfer_accept'];
export const endsByAnswer = (kind: string): boolean => ANSWERED.includes(kind);
