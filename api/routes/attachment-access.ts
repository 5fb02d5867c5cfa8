/** Whose attachment it is, who may see it, and what is said of it. */
import type { Request } from 'express';
import { rfc3339, rfc3339OrNull } from '../../domain/zone';
import { type Ground, logAccess } from '../../store/access-log';
import {
  type Attachment,
  type AttachmentOwner,
  mediaTypeOf,
  type OpenedAttachment,
  type OwnerKind,
  readAttachment,
} from '../../store/attachments/records';
import { readService, subjectOfService } from '../../store/services/records';
import { openedText } from '../../store/vault';
import type { ApiDeps } from '../deps';
import { demand, type Permission } from '../permissions';
import { notFound } from '../problem';
import { callerOf } from '../request';
import type { AttachmentAnswer } from '../schemas/attachments';
import { isUuid } from '../schemas/common';
import { namedCase, namedToRead, outOfScope } from './case-access';
import { groundOf } from './case-view';
import { ownRow, refused } from './service-access';

/** What the owner's own records ask for. */
const OWN: Record<OwnerKind, Record<'read' | 'write', Permission>> = {
  case: { read: 'case:read-child', write: 'case:work' },
  referral: { read: 'case:read-child', write: 'case:work' },
  service: { read: 'service:read', write: 'service:write' },
};

/** Where the caller stands towards an attachment or its owner. */
export interface Standing {
  /** What lines of the access log name. */
  about: string;
  ground?: Ground;
}

export interface OneAttachment extends Standing {
  row: Attachment;
}

/** A record about a case that the caller must not know of is not there for them, nor are its files. @throws Problem 404 */
async function mayKnowOfService(
  deps: ApiDeps,
  req: Request,
  service: { caseId: string | null } | undefined,
): Promise<void> {
  if (service?.caseId != null) await namedCase(deps, req, service.caseId);
}

/** The attachment that the address names. @throws Problem 404 for an unknown one and for another station's alike */
export async function attachmentInScope(
  deps: ApiDeps,
  req: Request<{ id: string }>,
  way: 'read' | 'write',
): Promise<OneAttachment> {
  const { id } = req.params;
  const row = isUuid(id) ? await readAttachment(deps.db, id) : undefined;
  if (!row) throw refused('AttachmentUnknown', 'there is no such attachment');
  const caller = callerOf(req);
  demand(caller, OWN[row.ownerKind as OwnerKind][way], row.caseId ?? undefined);
  if (row.caseId === null) {
    ownRow(caller, row, 'attachment');
    await mayKnowOfService(
      deps,
      req,
      row.ownerKind === 'service' ? await readService(deps.db, row.ownerId) : undefined,
    );
    return { row, about: row.ownerId };
  }
  if (way === 'write') {
    const ofCase = await namedCase(deps, req, row.caseId);
    return { row, about: ofCase.id, ground: groundOf(caller, ofCase) };
  }
  const { row: ofCase, former } = await namedToRead(deps, req, row.caseId);
  // A station that had the case reads what was there when it left.
  if (former && row.addedAt > former.wall) throw outOfScope(ofCase.id);
  return { row, about: ofCase.id, ground: former ? 'former' : groundOf(caller, ofCase) };
}

/** The case in the address as an owner. @throws Problem 404 */
export async function caseOwner(
  deps: ApiDeps,
  req: Request<{ id: string }>,
  way: 'read' | 'write',
): Promise<AttachmentOwner & Standing> {
  demand(callerOf(req), OWN.case[way]);
  const row = await namedCase(deps, req, req.params.id);
  const { id, stationId, subjectId } = row;
  return { kind: 'case', id, stationId, subjectId, caseId: id, about: id, ground: groundOf(callerOf(req), row) };
}

/** The service record in the address. @throws Problem 404 */
export async function serviceInScope(deps: ApiDeps, req: Request<{ id: string }>, way: 'read' | 'write') {
  const { id } = req.params;
  demand(callerOf(req), OWN.service[way]);
  const row = ownRow(callerOf(req), isUuid(id) ? await readService(deps.db, id) : undefined, 'service');
  await mayKnowOfService(deps, req, row);
  return row;
}

/** The service record as an owner: its files lie under its only child's key, else each under one of its own. */
export async function serviceOwner(deps: ApiDeps, req: Request<{ id: string }>): Promise<AttachmentOwner & Standing> {
  const { id, stationId, childIds } = await serviceInScope(deps, req, 'write');
  const subjectId = await subjectOfService(deps.db, deps.vault, childIds);
  return { kind: 'service', id, stationId, subjectId, caseId: null, about: id };
}

/** Each look is a line of the access log. */
export async function logLook(deps: ApiDeps, req: Request, action: string, { about, ground }: Standing): Promise<void> {
  const { userId, staffId } = callerOf(req);
  await logAccess(deps.db, { userId, staffId, action, caseId: about, allowed: true, address: req.ip, ground });
}

/** An attachment as the API shows it. */
export async function attachmentAnswerOf(deps: ApiDeps, { row, words }: OpenedAttachment): Promise<AttachmentAnswer> {
  return {
    id: row.id,
    ownerKind: row.ownerKind as OwnerKind,
    ownerId: row.ownerId,
    type: mediaTypeOf(row),
    size: row.size,
    width: row.width,
    height: row.height,
    thumbnail: row.thumbSize !== null && words !== null,
    name: words?.name ?? null,
    caption: words?.caption ?? null,
    sha256: words?.sha256 ?? null,
    addedBy: { kind: row.addedByKind as 'staff' | 'partner', id: row.addedBy },
    addedAt: rfc3339(row.addedAt),
    withdrawnAt: rfc3339OrNull(row.withdrawnAt),
    withdrawnBy: row.withdrawnBy,
    reason: await openedText(deps.vault, deps.db, row.reasonId),
    erasedAt: rfc3339OrNull(row.erasedAt),
  };
}

/** For a file whose key was destroyed, or a copy that was never made. */
export const noCopy = () => notFound('there is no such copy of this attachment');
