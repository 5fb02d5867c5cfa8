/** Signing a paper (签署), and what may follow from it if somebody says so. */
import { type Response, Router } from 'express';
import { checkAnswers } from '../../domain/forms/answers';
import { type Answers, type Form, type Row, suggest } from '../../domain/forms/form';
import type { Risk } from '../../domain/model';
import { dayOf } from '../../domain/services/term';
import { atBeijingMinute } from '../../domain/zone';
import { isNotKept, keep } from '../../store/attachments/records';
import { discard, stage } from '../../store/attachments/stage';
import { answersOf, claimClock, journalPaper, signPaper } from '../../store/papers/papers';
import type { ApiDeps } from '../deps';
import { operationIdOf } from '../idempotency';
import { requires } from '../permissions';
import { type FieldError, unprocessable } from '../problem';
import { callerOf } from '../request';
import { caseAnswer } from '../schemas/answers';
import { followBody, signBody, signedAnswer } from '../schemas/papers';
import { paperPdf, type SignedPaper } from '../paper/pdf';
import { parse } from '../validate';
import { answerOf, carryOut, reread, seal } from './case-access';
import { collided, type OnePaper, over, paperAnswerOf, type PaperRequest, paperInScope } from './paper-access';
import { refused } from './service-access';

const OVER = ['done', 'cancelled'];
/** A day given without an hour ends with the station's day: 20:00. */
const END_OF_WORK = 20 * 60;
const END_OF_DAY = 24 * 60;

const endOf = (day: unknown, minute: number): number | undefined => {
  const number = typeof day === 'string' ? dayOf(day) : undefined;
  return number === undefined ? undefined : atBeijingMinute(number, minute);
};

const rowsOf = ({ steps }: Form, answers: Answers): Row[] => {
  const rows = steps ? answers[steps.list] : undefined;
  return Array.isArray(rows) ? (rows as Row[]) : [];
};

/** What may follow: steps that the form finishes, decisions that become steps, an order's clock, the grade. */
const followOf = ({ row, paper, form }: OnePaper, answers: Answers) => ({
  finish: row.steps
    .filter(({ kind, state }) => form.finishes.includes(kind) && !OVER.includes(state))
    .map(({ id }) => id),
  steps: rowsOf(form, answers).length,
  order:
    form.expires !== undefined && answers['kind'] === 'protection' && answers['result'] === 'granted' && !paper.clocked,
  risk: paper.decided !== null && paper.decided !== row.risk ? (paper.decided as Risk) : null,
});

async function file(
  deps: ApiDeps,
  { row, paper, form }: OnePaper,
  more: Omit<SignedPaper, 'form' | 'number' | 'stationName' | 'childName' | 'paperId'>,
) {
  const { child } = await deps.vault.openCase(deps.db, row.id);
  const name = typeof child === 'object' && child !== null && 'name' in child ? child.name : undefined;
  const station = await deps.db.station.findUniqueOrThrow({ where: { id: row.stationId } });
  const childName = typeof name === 'string' && name !== '' ? name : '（未登记姓名）';
  const bytes = await paperPdf({
    ...more,
    form,
    number: row.number,
    stationName: station.name,
    childName,
    paperId: paper.id,
  });
  async function* once(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  return stage(deps, { name: `${form.name}.pdf`, said: 'application/pdf', bytes: once() });
}

const sign = (deps: ApiDeps) => async (req: PaperRequest, res: Response) => {
  const one = await paperInScope(deps, req);
  const { row, paper, form } = one;
  const { rev, risk, reason } = parse(signBody, req.body);
  if (paper.state !== 'draft') throw over(paper);
  if (paper.rev !== rev) throw await collided(deps, paper);
  const answers = await answersOf(deps.db, deps.vault, paper);
  const suggestion = suggest(form, answers);
  const wrong: FieldError[] = checkAnswers(form, answers, true);
  const scored = suggestion.risk !== undefined;
  if (scored && risk === undefined) wrong.push({ path: 'risk', message: 'required: a person decides' });
  if (!scored && risk !== undefined) wrong.push({ path: 'risk', message: 'this form suggests no risk' });
  if (scored && risk !== undefined && risk !== suggestion.risk && reason === undefined) {
    wrong.push({ path: 'reason', message: 'is needed when you decide otherwise than the form suggests' });
  }
  if (wrong.length > 0) throw unprocessable(wrong);
  const caller = callerOf(req);
  const at = Date.now();
  const pdf = await file(deps, one, { answers, suggestion, decided: risk, reason, signer: caller.name, signedAt: at });
  const pdfId = operationIdOf({ caller: 'paper', key: paper.id });
  const owner = {
    kind: 'case',
    id: row.id,
    stationId: row.stationId,
    subjectId: row.subjectId,
    caseId: row.id,
  } as const;
  const expiresAt = endOf(form.expires && answers[form.expires], END_OF_DAY);
  const signed = await deps.db
    .$transaction(async (tx) => {
      const reasonId =
        reason === undefined
          ? undefined
          : await deps.vault.seal(tx, { subjectId: row.subjectId, caseId: row.id, kind: 'reason', value: reason });
      const signing = { rev, suggestion, decided: risk, reasonId, staffId: caller.staffId, at, pdfId, expiresAt };
      if (!(await signPaper(tx, paper, signing))) return false;
      const by = { kind: 'staff', id: caller.staffId } as const;
      await keep(tx, deps.vault, pdf, { id: pdfId, owner, caption: form.name, by, at });
      return true;
    })
    .catch(async (error: unknown) => {
      if (isNotKept(error)) await discard(deps, pdf);
      throw error;
    });
  if (!signed) await discard(deps, pdf);
  const now = await paperInScope(deps, req);
  if (!signed) throw now.paper.state === 'draft' ? await collided(deps, now.paper) : over(now.paper);
  res.json({ ...paperAnswerOf(now.paper, form), follow: followOf(now, answers) });
};

/** Everything that is asked for, checked before anything is done. @throws Problem 422 */
function checkFollow(
  one: OnePaper,
  answers: Answers,
  asked: { finish?: string; steps: boolean; order: boolean; risk: boolean },
) {
  const { row, form } = one;
  const wrong: FieldError[] = [];
  const may = followOf(one, answers);
  const step = row.steps.find(({ id }) => id === asked.finish);
  if (asked.finish !== undefined && !(step && form.finishes.includes(step.kind))) {
    wrong.push({ path: 'finish', message: 'the case has no step of that id that this form finishes' });
  }
  if (asked.steps && may.steps === 0)
    wrong.push({ path: 'steps', message: 'this paper holds nothing that becomes a step' });
  for (const [n, { due }] of asked.steps ? rowsOf(form, answers).entries() : []) {
    if ((endOf(due, END_OF_WORK) ?? 0) <= Date.now())
      wrong.push({ path: `answers.${n}.due`, message: 'must lie ahead' });
  }
  if (asked.order && !may.order && !one.paper.clocked) {
    wrong.push({ path: 'order', message: 'this paper is no protection order that was granted' });
  }
  if (asked.risk && one.paper.decided === null) wrong.push({ path: 'risk', message: 'this paper decides no risk' });
  if (wrong.length > 0) throw unprocessable(wrong);
}

const follow = (deps: ApiDeps) => async (req: PaperRequest, res: Response) => {
  const one = await paperInScope(deps, req);
  const { row, paper, form } = one;
  const asked = parse(followBody, req.body);
  if (paper.state !== 'signed') throw refused('PaperWithdrawn', `this paper is ${paper.state}`, ['sign']);
  const answers = await answersOf(deps.db, deps.vault, paper);
  checkFollow(one, answers, asked);
  const { staffId } = callerOf(req);
  const idOf = (what: string): string => operationIdOf({ caller: paper.id, key: what });
  /** Each is one operation of this paper, however often it is asked for. */
  const order = (what: string, command: Parameters<typeof carryOut>[3]) =>
    carryOut(deps, Object.assign(req, { operationId: idOf(what) }), row.id, command);
  const note = (what: string): Promise<void> => journalPaper(deps.db, paper, staffId, 'followed', what);
  const { kind } = form.steps ?? {};
  for (const [n, { what, who, due }] of asked.steps && kind ? rowsOf(form, answers).entries() : []) {
    const ref = `${paper.id}/${n}`;
    const noteId = await seal(
      deps,
      row,
      'note',
      [what, who].filter(Boolean).join('（负责：') + (who ? '）' : ''),
      idOf(`note/${n}`),
    );
    await order(`step/${n}`, {
      do: 'add_step',
      ref,
      kind: kind ?? 'task',
      dueAt: endOf(due, END_OF_WORK) ?? 0,
      noteId,
    });
    await note(`step/${n}`);
  }
  if (asked.order && !paper.clocked) {
    const [eventAt, until] = [endOf(answers['issued'], 0), endOf(answers['until'], END_OF_DAY)];
    await order('order', { do: 'start_clock', event: 'order_issued', eventAt, until });
    await claimClock(deps.db, paper);
    await note('order');
  }
  if (asked.risk && paper.decided !== null && paper.decided !== row.risk) {
    const reasonId = await seal(deps, row, 'reason', `${form.name}：评估人决定`, idOf('reason'));
    await order('risk', { do: 'set_risk', risk: paper.decided as Risk, reasonId });
    await note(`risk/${paper.decided}`);
  }
  const step = row.steps.find(({ id }) => id === asked.finish);
  if (step && !OVER.includes(step.state)) {
    await order(`finish/${step.id}`, { do: 'complete', stepId: step.id, outcome: 'done' });
    await note(`finish/${step.id}`);
  }
  res.json(answerOf(deps, await reread(deps, row.id)));
};

/** `POST …/sign` and `POST …/follow` */
export function createPaperSigningRouter(deps: ApiDeps): Router {
  const path = '/api/v1/cases/{id}/papers/{paperId}';
  deps.docs.add(
    {
      ...{ method: 'post', path: `${path}/sign`, summary: 'Sign a paper; its PDF becomes a file of the case' },
      ...{ tag: 'casework', permission: 'case:work', body: signBody },
      answers: { 200: { description: 'Signed, and what may follow', schema: signedAnswer } },
    },
    {
      ...{
        method: 'post',
        path: `${path}/follow`,
        summary: 'Finish the step, add the decisions as steps, start the order’s clock',
      },
      ...{ tag: 'casework', permission: 'case:work', body: followBody },
      answers: { 200: { description: 'The case', schema: caseAnswer } },
    },
  );
  return Router()
    .post('/cases/:id/papers/:paperId/sign', requires('case:work'), sign(deps))
    .post('/cases/:id/papers/:paperId/follow', requires('case:work'), follow(deps));
}
