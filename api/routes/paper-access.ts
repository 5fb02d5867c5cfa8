/** What every route about papers (个案文书) has in common. */
import type { Request } from 'express';
import type { Form } from '../../domain/forms/form';
import type { Risk } from '../../domain/model';
import { rfc3339, rfc3339OrNull } from '../../domain/zone';
import { logAccess } from '../../store/access-log';
import { namesOf, type WholeCase } from '../../store/cases';
import { type CasePaper, readPaper } from '../../store/papers/papers';
import type { ApiDeps } from '../deps';
import { conflict, type Problem } from '../problem';
import { callerOf } from '../request';
import { isUuid } from '../schemas/common';
import type { PaperAnswer } from '../schemas/papers';
import { caseInScope } from './case-access';
import { groundOf } from './case-view';
import { refused } from './service-access';

export type PaperRequest = Request<{ id: string; paperId: string }>;

export interface OnePaper {
  row: WholeCase;
  paper: CasePaper;
  form: Form;
}

/** The form of a paper, in the version that it was begun on. @throws Problem when no file holds it any more */
export function formOf(deps: ApiDeps, { formId, formVersion }: CasePaper): Form {
  const form = deps.forms.version(formId, formVersion);
  if (!form) throw conflict('FormUnknown', `no file holds version ${formVersion} of the form ${formId}`);
  return form;
}

/** The case and the paper that the address names. @throws Problem 404 */
export async function paperInScope(deps: ApiDeps, req: PaperRequest): Promise<OnePaper> {
  const row = await caseInScope(deps, req);
  const { paperId } = req.params;
  const paper = isUuid(paperId) ? await readPaper(deps.db, row.id, paperId) : undefined;
  if (!paper) throw refused('PaperUnknown', 'the case has no such paper');
  return { row, paper, form: formOf(deps, paper) };
}

/** Each answer with the words about a child is a line of the access log. */
export async function logPaperLook(deps: ApiDeps, req: Request, row: WholeCase, action: string): Promise<void> {
  const caller = callerOf(req);
  const { userId, staffId } = caller;
  const ground = groundOf(caller, row);
  await logAccess(deps.db, { userId, staffId, action, caseId: row.id, allowed: true, address: req.ip, ground });
}

/** Somebody else saved first; these words are kept as a copy, and only ids and a name are said here. */
export async function collided(deps: ApiDeps, paper: CasePaper, copyId?: string): Promise<Problem> {
  const names = await namesOf(deps.db, { staff: [paper.editedBy], partners: [] });
  const by = names.get(paper.editedBy) ?? paper.editedBy;
  const kept = copyId === undefined ? '' : '; what you wrote is kept as a copy';
  return conflict('PaperChangedMeanwhile', `${by} saved this paper meanwhile${kept}`, {
    possible: ['GET', `PUT draft with rev ${paper.rev}`],
    current: { rev: paper.rev, editedBy: by, ...(copyId !== undefined && { copyId }) },
  });
}

/** It is no draft any more. */
export const over = ({ state }: CasePaper): Problem =>
  state === 'signed'
    ? refused('PaperSigned', 'this paper is signed and stays as it is', ['withdraw', 'begin another one'])
    : refused('PaperWithdrawn', 'this paper was withdrawn', ['begin another one']);

export const paperAnswerOf = (paper: CasePaper, { name }: Pick<Form, 'name'>): PaperAnswer => ({
  id: paper.id,
  form: paper.formId,
  version: paper.formVersion,
  name,
  state: paper.state as PaperAnswer['state'],
  rev: paper.rev,
  score: paper.score,
  most: paper.most,
  suggested: paper.suggested as Risk | null,
  decided: paper.decided as Risk | null,
  createdBy: paper.createdBy,
  createdAt: rfc3339(paper.createdAt),
  editedBy: paper.editedBy,
  editedAt: rfc3339(paper.editedAt),
  signedBy: paper.signedBy,
  signedAt: rfc3339OrNull(paper.signedAt),
  attachmentId: paper.pdfId,
  expiresAt: rfc3339OrNull(paper.expiresAt),
});
