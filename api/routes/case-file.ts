/** A case's file (案卷) as PDF for a court or the archive, and whether a file in somebody's hands is one of ours. */
import { createHash, randomUUID } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import { mayKnowReporter } from '../../domain/sight';
import { rfc3339 } from '../../domain/zone';
import { attachmentsOfCase, open } from '../../store/attachments/records';
import { namesOf, readEvents, type WholeCase } from '../../store/cases';
import { papersOf } from '../../store/papers/papers';
import { hex } from '../../store/proof/anchor';
import { anchorOf, fileMade, journalHolds } from '../../store/proof/heads';
import { addChange } from '../../store/shields';
import { journalNow } from '../access-journal';
import type { ApiDeps } from '../deps';
import { idsIn } from '../paper/case-file/journal';
import { caseFileText, type Material } from '../paper/case-file/sections';
import { writeCaseFile } from '../paper/case-file/written';
import { allow, requires } from '../permissions';
import { conflict } from '../problem';
import { callerOf } from '../request';
import { type VerdictAnswer, verdictAnswer, verifyBody } from '../schemas/case-file';
import { parse } from '../validate';
import { caseInScope } from './case-access';
import { nameOf } from './case-answer';
import { look } from './case-view';
import { withoutHiddenOthers } from './hidden-others';

type CaseRequest = Request<{ id: string }>;

const SHA_HEADER = 'X-Content-SHA256';

/** Everything that the file says, as the caller may read it. */
async function gather(deps: ApiDeps, req: CaseRequest, row: WholeCase): Promise<Material> {
  const caller = callerOf(req);
  const { db, vault, policies } = deps;
  const events = await withoutHiddenOthers(deps, caller, await readEvents(db, row.id));
  const last = events.at(-1);
  if (!last) throw conflict('CaseNotBegun', 'the journal of this case is empty', { possible: ['GET'] });
  const opened = await look(deps, req, { row }, { withReporter: true, also: 'case:file' });
  const [rows, anchor, papers] = [
    await attachmentsOfCase(db, row.id),
    await anchorOf(db, row.id),
    await papersOf(db, row.id),
  ];
  const people = [
    ...[...row.steps.map(({ doneBy }) => doneBy), ...row.alerts.map((one) => one.acknowledgedBy), row.assigneeId],
    ...[...papers.map(({ signedBy }) => signedBy), ...rows.map(({ addedBy }) => addedBy)],
    ...[...row.referrals.map(({ partnerId }) => partnerId), ...idsIn(events)],
  ].filter((id) => id !== null);
  const ids = [...new Set(people)];
  const station = await db.station.findUniqueOrThrow({ where: { id: row.stationId } });
  return {
    ...{ row, events, stationName: station.name, opened: opened ?? { items: new Map() } },
    reporter: allow(caller, 'case:read-reporter') && mayKnowReporter(caller, row),
    papers: papers.map((paper) => ({ row: paper, form: deps.forms.version(paper.formId, paper.formVersion) })),
    attachments: await open(db, vault, rows),
    proof: { seq: last.seq, hash: hex(last.hash), ...(anchor && { anchor }) },
    names: await namesOf(db, { staff: ids, partners: ids }),
    stepName: (kind) => nameOf(policies.current.names, kind),
    ...{ madeBy: caller.name, madeAt: Date.now() },
  };
}

/** The journal holds its hash from the moment that it leaves: without that it would be a paper that nobody can prove. */
const pdf = (deps: ApiDeps) => async (req: CaseRequest, res: Response) => {
  const row = await caseInScope(deps, req);
  const material = await gather(deps, req, row);
  const { pages, bytes } = await writeCaseFile(caseFileText(material));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { seq, hash } = material.proof;
  const id = randomUUID();
  const { staffId } = callerOf(req);
  const data = { sha256, pages, untilSeq: seq, head: hash };
  await addChange(deps.db, { id, caseId: row.id, staffId, kind: 'case_file_exported', data });
  await journalNow(deps, id);
  res.type('application/pdf').attachment(`${row.number}.pdf`).set(SHA_HEADER, sha256).send(bytes);
};

const nothing: VerdictAnswer = {
  ...{ genuine: false, madeAt: null, madeBy: null, pages: null, untilSeq: null, journalHolds: null },
};

const verify = (deps: ApiDeps) => async (req: CaseRequest, res: Response) => {
  const row = await caseInScope(deps, req);
  const { sha256 } = parse(verifyBody, req.body);
  const made = await fileMade(deps.db, row.id, sha256);
  if (!made) {
    res.json(nothing);
    return;
  }
  // Written by the route above as these very types.
  const { pages, untilSeq, head } = made.data as { pages: number; untilSeq: number; head: string };
  const names = await namesOf(deps.db, { staff: made.staffId === null ? [] : [made.staffId], partners: [] });
  const answer: VerdictAnswer = {
    ...{ genuine: true, madeAt: rfc3339(made.at), pages, untilSeq },
    madeBy: made.staffId === null ? null : { id: made.staffId, name: names.get(made.staffId) ?? null },
    journalHolds: await journalHolds(deps.db, row, { seq: untilSeq, hash: head }),
  };
  res.json(answer);
};

/** `GET /cases/{id}/file.pdf` and `POST /cases/{id}/file/verify` */
export function createCaseFileRouter(deps: ApiDeps): Router {
  deps.docs.add(
    {
      ...{ method: 'get', path: '/api/v1/cases/{id}/file.pdf', tag: 'cases', permission: 'case:read-child' },
      summary: `案卷 · The whole case as PDF for a court or the archive; its SHA-256 stands in ${SHA_HEADER} and in the journal`,
      answers: { 200: { description: 'application/pdf' } },
    },
    {
      ...{ method: 'post', path: '/api/v1/cases/{id}/file/verify', tag: 'cases', permission: 'case:read' },
      summary: '核对案卷 · Was a file with this SHA-256 made here, and does the journal still hold what stands in it?',
      body: verifyBody,
      answers: { 200: { description: 'What is known of it', schema: verdictAnswer } },
    },
  );
  return Router()
    .get('/cases/:id/file.pdf', requires('case:read-child'), pdf(deps))
    .post('/cases/:id/file/verify', requires('case:read'), verify(deps));
}
