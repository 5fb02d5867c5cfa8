/** Contacts (联系方式): one's own, those of partners and duty phones; each counts once its code was typed in. */
import { type Request, type Response, Router } from 'express';
import { rfc3339 } from '../../domain/zone';
import type { Contact } from '../../prisma/generated/client';
import { CODE_MS } from '../../store/contact-codes';
import { listContacts, readContact } from '../../store/contacts';
import { addContact, arrangeContact, isLastPhone, removeContact } from '../../store/contact-writes';
import { sendCode, verifyContact, type Owner } from '../../store/contact-writes';
import { readPartner, readPartnerOf } from '../../store/people';
import { readPlace, readStaff } from '../../store/roster-names';
import type { ApiDeps } from '../deps';
import { allow, demand, editsRosterOf, inScope, requires, scopeOf } from '../permissions';
import { conflict, forbidden, gone, notFound, tooMany, unprocessable } from '../problem';
import { callerOf, type Caller } from '../request';
import { itemsOf } from '../schemas/answers';
import { type ContactAnswer, type ContactBody, codeAnswer, codeBody } from '../schemas/contacts';
import { contactAnswer, contactBody, contactPatch } from '../schemas/contacts';
import { emptyQuery } from '../schemas/queries';
import { parse } from '../validate';
import { atOf, roleOf } from './roster-access';

type ById = Request<{ id: string }>;

function ownerShown({ staffId, partnerId, stationId, dutyRole }: Contact): ContactAnswer['owner'] {
  if (staffId !== null) return { kind: 'staff', staffId };
  if (partnerId !== null) return { kind: 'partner', partnerId };
  return { kind: 'duty_phone', stationId: stationId ?? '', role: dutyRole ?? '' };
}

const shown = (row: Contact): ContactAnswer => ({
  id: row.id,
  owner: ownerShown(row),
  kind: row.kind === 'email' ? 'email' : 'phone',
  value: row.value,
  label: row.label,
  order: row.ord,
  verifiedAt: row.verifiedAt && atOf(row.verifiedAt),
  replaces: row.replacesId,
});

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  const caller = callerOf(req);
  const rows = await listContacts(deps.db, caller.staffId, allow(caller, 'roster:edit') ? scopeOf(caller) : undefined);
  res.json({ items: rows.map(shown) });
};

/** Whose contact it will be, and whose station it belongs to. @throws Problem 403, 404 */
async function ownerOf(
  deps: ApiDeps,
  caller: Caller,
  body: Pick<ContactBody, 'staffId' | 'partnerId' | 'dutyPhone'>,
): Promise<{ owner: Owner; stationId: string | null }> {
  if (body.partnerId !== undefined) return partnerOwner(deps, caller, body.partnerId);
  if (body.dutyPhone) {
    const { stationId = caller.stationId, role } = body.dutyPhone;
    const place = await readPlace(deps.db, stationId);
    if (!place || !inScope(caller, stationId)) throw notFound('there is no such station');
    demandEditor(caller, stationId);
    return { owner: { stationId, dutyRole: role }, stationId };
  }
  const { staffId = caller.staffId } = body;
  if (staffId !== caller.staffId) demand(caller, 'contact:manage');
  const [staff] = await readStaff(deps.db, [staffId]);
  if (!staff || !(staffId === caller.staffId || inScope(caller, staff.stationId))) throw notFound('there is nobody');
  return { owner: { staffId }, stationId: staff.stationId };
}

async function partnerOwner(deps: ApiDeps, caller: Caller, partnerId: string) {
  const known =
    scopeOf(caller) === 'all'
      ? await readPartner(deps.db, partnerId)
      : await readPartnerOf(deps.db, partnerId, caller.stationId);
  if (!known) throw notFound('there is no such partner');
  demandEditor(caller, known.stationId ?? caller.stationId);
  // One that works with every station is the bureau's to change.
  if (known.stationId === null && !caller.bureau) throw forbidden('the bureau changes what every station works with');
  return { owner: { partnerId }, stationId: known.stationId };
}

function demandEditor(caller: Caller, stationId: string): void {
  if (!editsRosterOf(caller, stationId)) {
    throw forbidden("the station's supervisor changes this", { action: 'contact:edit' });
  }
}

function isOwnedBy({ staffId, partnerId, stationId, dutyRole }: Contact, owner: Owner): boolean {
  if ('staffId' in owner) return owner.staffId === staffId;
  if ('partnerId' in owner) return owner.partnerId === partnerId;
  return owner.stationId === stationId && owner.dutyRole === dutyRole;
}

const add = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const caller = callerOf(req);
  const body = parse(contactBody, req.body);
  const { owner, stationId } = await ownerOf(deps, caller, body);
  const { kind, value, label, replaces } = body;
  if (replaces !== undefined) {
    const old = await readContact(deps.db, replaces);
    if (old?.kind !== kind || !isOwnedBy(old, owner))
      throw unprocessable([{ path: 'replaces', message: 'is no contact of this kind and owner' }]);
  }
  const given = { kind, value, ...(label !== undefined && { label }) };
  const made = await addContact(
    deps.db,
    { id: req.operationId, owner, given, ...(replaces !== undefined && { replacesId: replaces }) },
    { staffId: caller.staffId, stationId },
  );
  if (!made) throw conflict('ContactKnown', 'this number or mailbox is there already');
  res.status(201).json(shown(made));
};

/** A contact that the caller may change. @throws Problem 403, 404 */
async function editable(deps: ApiDeps, req: ById) {
  const caller = callerOf(req);
  const contact = await readContact(deps.db, req.params.id);
  if (!contact) throw notFound('there is no such contact');
  const { staffId, partnerId, stationId, dutyRole } = contact;
  const dutyPhone = stationId === null || dutyRole === null ? undefined : { stationId, role: roleOf(dutyRole) };
  const asked = {
    ...(staffId !== null && { staffId }),
    ...(partnerId !== null && { partnerId }),
    ...(dutyPhone && { dutyPhone }),
  };
  const owner = await ownerOf(deps, caller, asked);
  return { contact, caller, by: { staffId: caller.staffId, stationId: owner.stationId } };
}

const code = (deps: ApiDeps) => async (req: ById, res: Response) => {
  const { contact, by } = await editable(deps, req);
  const wait = await sendCode(deps.db, contact, by);
  if (wait) throw tooMany(wait.waitMs / 1_000, 'a code was sent just now, or too many today');
  res.json({ sent: true, goodUntil: rfc3339(Date.now() + CODE_MS) });
};

const verify = (deps: ApiDeps) => async (req: ById, res: Response) => {
  const { contact, by } = await editable(deps, req);
  const { code: given } = parse(codeBody, req.body);
  const result = await verifyContact(deps.links, deps.db, contact, given, by);
  if (result === 'over') throw gone('ContactCodeOver', 'no code is waiting, or it is over; ask for a new one');
  if ('left' in result) {
    throw unprocessable([{ path: 'code', message: `is not the code that was sent; ${result.left} tries left` }]);
  }
  res.json(shown(result));
};

const arrange = (deps: ApiDeps) => async (req: ById, res: Response) => {
  const { order: ord, label } = parse(contactPatch, req.body);
  const { contact, by } = await editable(deps, req);
  const change = { ...(ord !== undefined && { ord }), ...(label !== undefined && { label }) };
  res.json(shown(await arrangeContact(deps.db, contact, change, by)));
};

const remove = (deps: ApiDeps) => async (req: ById, res: Response) => {
  const { contact, caller, by } = await editable(deps, req);
  // Without it nobody would be told; an admin may still take a lost phone away.
  if (!allow(caller, 'contact:manage') && (await isLastPhone(deps.db, contact))) {
    throw conflict('LastPhone', 'this is the only verified phone; enter and verify another one first');
  }
  res.json(shown(await removeContact(deps.db, contact, by)));
};

/** `/contacts` */
export function createContactsRouter(deps: ApiDeps): Router {
  const shared = { tag: 'contacts', permission: 'contact:own' } as const;
  const one = { description: 'The contact', schema: contactAnswer };
  const path = '/api/v1/contacts';
  deps.docs.add(
    {
      ...shared,
      ...{ method: 'get', path },
      summary: "One's own contacts; for who edits the roster also those of the station",
      answers: { 200: { description: 'Contacts in their order', schema: itemsOf(contactAnswer) } },
    },
    {
      ...shared,
      ...{ method: 'post', path, body: contactBody },
      summary: 'Enter a number or a mailbox; it counts once it is verified',
      answers: { 201: one },
    },
    {
      ...shared,
      ...{ method: 'patch', path: `${path}/{id}`, body: contactPatch },
      summary: 'Change order or label: the first verified one of a kind is used',
      answers: { 200: one },
    },
    { ...shared, method: 'delete', path: `${path}/{id}`, summary: 'Take a contact away', answers: { 200: one } },
    {
      ...shared,
      ...{ method: 'post', path: `${path}/{id}/code` },
      summary: 'Send a code (验证码) there: once a minute, five times a day; good for ten minutes',
      answers: { 200: { description: 'It is on its way', schema: codeAnswer } },
    },
    {
      ...shared,
      ...{ method: 'post', path: `${path}/{id}/verify`, body: codeBody },
      summary: 'Type the code in: five tries',
      answers: { 200: one },
    },
  );
  const own = requires('contact:own');
  return Router()
    .get('/contacts', own, list(deps))
    .post('/contacts', own, add(deps))
    .patch('/contacts/:id', own, arrange(deps))
    .delete('/contacts/:id', own, remove(deps))
    .post('/contacts/:id/code', own, code(deps))
    .post('/contacts/:id/verify', own, verify(deps));
}
