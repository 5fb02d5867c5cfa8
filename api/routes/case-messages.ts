/** Every message that a case has caused (告知与回执). No words of them and no addresses: who, by what, and what came back. */
import { type Request, type Response, Router } from 'express';
import { rfc3339 } from '../../domain/zone';
import type { Delivery } from '../../prisma/generated/client';
import { namesOf } from '../../store/cases';
import { messagesOf } from '../../store/work';
import type { ApiDeps } from '../deps';
import { requires } from '../permissions';
import { itemsOf } from '../schemas/answers';
import { caseMessage, type CaseMessage } from '../schemas/messages';
import { emptyQuery } from '../schemas/queries';
import { parse } from '../validate';
import { caseInScope } from './case-access';

const { channel: channelOf, personKind: personKindOf } = caseMessage.shape;

/** A carrier's times are the wall's; where a case's clock was moved, they are moved like the message. */
const shift = ({ at, createdAt }: Delivery, aheadMs: number): number =>
  aheadMs === 0 ? 0 : at.getTime() - createdAt.getTime();

const messageOf = (row: Delivery, names: Map<string, string>, aheadMs: number): CaseMessage => ({
  at: rfc3339(row.at),
  kind: row.kind,
  channel: channelOf.catch(null).parse(row.channel),
  personKind: personKindOf.catch(null).parse(row.personKind),
  personId: row.personId,
  name: names.get(row.personId) ?? null,
  alertId: row.alertId,
  stepId: row.stepId,
  referralId: row.referralId,
  state: row.state,
  code: row.code,
  receiptAt: row.receiptAt && rfc3339(row.receiptAt.getTime() + shift(row, aheadMs)),
});

const messages = (deps: ApiDeps) => async (req: Request<{ id: string }>, res: Response) => {
  parse(emptyQuery, req.query);
  const found = await caseInScope(deps, req);
  const rows = await messagesOf(deps.db, found.id);
  const ofKind = (kind: string): string[] => [
    ...new Set(rows.flatMap(({ personKind, personId }) => (personKind === kind ? [personId] : []))),
  ];
  const names = await namesOf(deps.db, { staff: ofKind('staff'), partners: ofKind('partner') });
  const items = rows.map((row) => messageOf(row, names, Number(found.clockAheadMs)));
  res.json({ items });
};

/** `GET /cases/{id}/messages` */
export function createCaseMessagesRouter(deps: ApiDeps): Router {
  deps.docs.add({
    method: 'get',
    path: '/api/v1/cases/{id}/messages',
    summary: 'Every message that the case has caused, with its receipt; the latest 500',
    tag: 'cases',
    permission: 'case:read',
    answers: { 200: { description: 'The messages, oldest first', schema: itemsOf(caseMessage) } },
  });
  return Router().get('/cases/:id/messages', requires('case:read'), messages(deps));
}
