/** One paper of a case (个案文书): written, signed, read. */
import '../../styles/paper.css';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import type { Answers, Form } from '../../../../domain/forms/form';
import { answer, api, Refused } from '../../api/client';
import { useCommand } from '../../api/command';
import { useCase } from '../../api/desk-queries';
import { refreshCase, useStaff } from '../../api/queries';
import { useSession } from '../../api/session';
import type { CaseFile, PaperFile } from '../../api/types';
import { afterwards } from '../../api/write';
import { dropPaper, keepPaper, keptPaper } from '../../device/papers';
import { dateTime } from '../../lib/time';
import { Failed, Field, Loading, RiskTag } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { messageOf } from '../../ui/problem';
import { useToast } from '../../ui/toast';
import { NotFoundPage } from '../not-found';
import { Editor } from './editor';
import { FollowCard } from './follow';
import { PaperKeeper, type Revision } from './keeper';
import { AnswersRead, Copies } from './read';
import { readPaper, useForm, usePaper } from './reads';
import { formFrom, formWord } from './words';

const revisionOf = ({ rev, answers, editedBy, state }: PaperFile): Revision => ({
  ...{ rev, editedBy, state },
  answers: (answers ?? {}) as Answers,
});

/** The draft's keeper, once what lay on this device is read. */
function useKeeper(caseId: string, paper: PaperFile): PaperKeeper | undefined {
  const { me } = useSession();
  const [keeper, setKeeper] = useState<PaperKeeper>();
  useEffect(() => {
    const path = { id: caseId, paperId: paper.id };
    const hands = {
      save: (rev: number, answers: Answers, key: string) =>
        answer(
          api.PUT('/api/v1/cases/{id}/papers/{paperId}/draft', {
            params: { path, header: { 'Idempotency-Key': key } },
            body: { rev, answers },
          }),
        ),
      read: async () => revisionOf(await readPaper(caseId, paper.id)),
      keep: (kept: { rev: number; base: Answers; answers: Answers }) => keepPaper(me.staffId, paper.id, kept),
      drop: () => dropPaper(me.staffId, paper.id),
    };
    let gone = false;
    keptPaper(me.staffId, paper.id)
      .catch((error: unknown) => {
        // Sealed with a key that a sign-out has thrown away: nobody reads it any more.
        console.warn('what lay on this device cannot be opened', error);
        return undefined;
      })
      .then((kept) => {
        const own = kept as { rev: number; base: Answers; answers: Answers } | undefined;
        if (!gone) setKeeper(new PaperKeeper(hands, revisionOf(paper), own));
      })
      .catch((error: unknown) => console.error('the draft cannot be kept', error));
    return () => {
      gone = true;
    };
  }, [caseId, paper, me.staffId]);
  return keeper;
}

function Draft(props: { caseId: string; paper: PaperFile; form: Form; onOver: (byOther: boolean) => void }) {
  const keeper = useKeeper(props.caseId, props.paper);
  return keeper ? <Editor {...props} paperId={props.paper.id} keeper={keeper} /> : <Loading />;
}

function Withdraw({ caseId, paper, onDone }: { caseId: string; paper: PaperFile; onDone: () => void }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const command = useCommand(caseId, (body: { reason: string }, header) =>
    answer(
      api.POST('/api/v1/cases/{id}/papers/{paperId}/withdraw', {
        params: { path: { id: caseId, paperId: paper.id }, header },
        body,
      }),
    ),
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    afterwards(command.mutateAsync({ reason: reason.trim() }), onDone);
  };
  return (
    <>
      <button type="button" className="button no-print" onClick={() => setOpen(true)}>
        {t('paper.withdraw')}
      </button>
      {open && (
        <Dialog title={t('paper.withdraw')} onClose={() => setOpen(false)}>
          <form onSubmit={submit}>
            <p className="hint">{t('paper.withdrawHint')}</p>
            <Field label={t('field.reason')}>
              {(ids) => (
                <textarea
                  {...ids}
                  rows={3}
                  required
                  value={reason}
                  onChange={(event) => setReason(event.target.value)}
                />
              )}
            </Field>
            {command.error && (
              <p className="wrong" role="alert">
                {messageOf(t, command.error)}
              </p>
            )}
            <button type="submit" className="button danger wide" disabled={command.isPending || reason.trim() === ''}>
              {t('paper.withdraw')}
            </button>
          </form>
        </Dialog>
      )}
    </>
  );
}

function Head({ file, paper, form }: { file: CaseFile | undefined; paper: PaperFile; form: Form }) {
  const { t } = useTranslation();
  const { data: staff = [] } = useStaff();
  const child = file?.child?.['name'];
  const name = staff.find(({ id }) => id === (paper.signedBy ?? paper.editedBy))?.name ?? paper.editedBy;
  const at = dateTime(t, Date.parse(paper.signedAt ?? paper.editedAt));
  return (
    <header className="case-head">
      <p className="no-print">
        <Link to={`/cases/${file?.id ?? ''}`}>{t('paper.back', { number: file?.number ?? '' })}</Link>
      </p>
      <h1>
        {formWord(t, form.name)}
        {typeof child === 'string' && ` · ${child}`}
      </h1>
      <p className="case-line">
        <span className="tag">{t(`papers.state.${paper.state}`)}</span>
        {paper.decided && <RiskTag risk={paper.decided} />}
        {paper.decided && paper.score !== null && (
          <span>{t('paper.score', { score: paper.score, most: paper.most })}</span>
        )}
        {paper.state !== 'draft' && (
          <span className="meta">
            {name} · {at}
          </span>
        )}
      </p>
      {paper.reason && <p>{t('paper.reason', { reason: paper.reason })}</p>}
    </header>
  );
}

/** A signed paper, or one that this person may only read. */
function Reading({
  paper,
  form,
  file,
  onDone,
}: {
  paper: PaperFile;
  form: Form;
  file: CaseFile | undefined;
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const { me, may } = useSession();
  const answers = (paper.answers ?? {}) as Answers;
  const own = [paper.createdBy, paper.signedBy].includes(me.staffId) || may('case:approve');
  return (
    <>
      {paper.attachmentId !== null && (
        <p className="actions no-print">
          <a className="button primary" href={`/api/v1/attachments/${paper.attachmentId}/content`} download>
            {t('papers.file')}
          </a>
          {own && paper.state === 'signed' && may('case:work') && file && (
            <Withdraw caseId={file.id} paper={paper} onDone={onDone} />
          )}
        </p>
      )}
      {paper.state === 'signed' && may('case:work') && file && <FollowCard {...{ form, paper, answers, file }} />}
      {paper.answers === null ? (
        <p className="card hint">{t('photo.erased')}</p>
      ) : (
        <AnswersRead {...{ form, answers }} />
      )}
    </>
  );
}

export default function PaperPage() {
  const { t } = useTranslation();
  const { id = '', paperId = '' } = useParams();
  const { may } = useSession();
  const say = useToast();
  const client = useQueryClient();
  const file = useCase(id);
  const paper = usePaper(id, paperId);
  const form = useForm(paper.data);
  const again = paper.refetch;
  const reread = useCallback(() => void Promise.all([again(), refreshCase(client, id)]), [again, client, id]);
  const over = useCallback(
    (byOther: boolean) => {
      if (byOther) say(t('paper.overMeanwhile'), 'bad');
      else say(t('paper.signed'));
      reread();
    },
    [reread, say, t],
  );
  const error = paper.error ?? form.error;
  if (error instanceof Refused && error.status === 404) return <NotFoundPage />;
  if (error && !paper.data) return <Failed error={error} retry={again} />;
  if (form.error) return <Failed error={form.error} retry={form.refetch} />;
  if (!paper.data || !form.data || file.isPending) return <Loading />;
  const known = formFrom(form.data);
  const writes = paper.data.state === 'draft' && paper.data.answers !== null && may('case:work');
  return (
    <article className="paper">
      <Head file={file.data} paper={paper.data} form={known} />
      {writes ? (
        <Draft key={paper.data.rev} caseId={id} paper={paper.data} form={known} onOver={over} />
      ) : (
        <Reading paper={paper.data} form={known} file={file.data} onDone={reread} />
      )}
      <Copies caseId={id} paper={paper.data} form={known} />
    </article>
  );
}
