/** One case (个案): what is next, the picture of its deadlines, the child, referrals, risk, and the journal in words. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { Refused } from '../../api/client';
import { useCase, useJournal } from '../../api/desk-queries';
import { useNow, useStaff } from '../../api/queries';
import { useMessages } from '../../api/watch';
import { useSession } from '../../api/session';
import type { CaseFile, Step } from '../../api/types';
import { dateTime } from '../../lib/time';
import { endsByAnswer } from '../../lib/visits';
import { Basis } from '../../ui/basis';
import { caseNow, Due, Empty, Failed, Loading, RiskTag } from '../../ui/bits';
import { Gantt } from '../../ui/gantt';
import { StepDialog } from '../../ui/step-dialog';
import { stepName } from '../../ui/step-name';
import { NotFoundPage } from '../not-found';
import { AlertList } from './alerts';
import { CaseActions } from './actions';
import { Decisions } from './decisions';
import { WhoLooked } from './access';
import { Attachments } from './attachments';
import { Journal } from './journal';
import { Papers } from './papers';
import { Arranged } from './people';
import { PersonCards } from './person';
import { Referrals } from './referrals';
import { Relations } from './relations';
import { RiskHistory } from './risk';
import { isOpen } from '../../lib/steps';

function Head({ file, now }: { file: CaseFile; now: number }) {
  const { t } = useTranslation();
  const { data: staff = [] } = useStaff();
  const assignee = staff.find(({ id }) => id === file.assignee)?.name ?? file.assignee;
  const name = typeof file.child?.['name'] === 'string' ? file.child['name'] : undefined;
  return (
    <header className="case-head">
      <h1>
        {name && `${name} · `}
        {file.number}
      </h1>
      <p className="case-line">
        <RiskTag risk={file.risk} />
        <span>{t(`type.${file.type}`)}</span>
        <span className="tag">{t(`status.${file.status}`)}</span>
        {file.drill && <span className="tag">{t('drill')}</span>}
        {file.workflow === 'pending' && <span className="tag">{t('case.pending')}</span>}
      </p>
      <p className="meta">
        {t('case.received', { at: dateTime(t, Date.parse(file.receivedAt), now) })} ·{' '}
        {assignee ? t('case.assignee', { name: assignee }) : t('case.nobody')} ·{' '}
        {t('case.policy', { version: file.policyVersion })}
      </p>
      {file.riskRaisedFrom && (
        <p className="meta">
          {t('sent.raised', { from: t(`risk.${file.riskRaisedFrom}`), to: t(`risk.${file.risk}`) })}
        </p>
      )}
    </header>
  );
}

function Steps({ file, now, onOpen }: { file: CaseFile; now: number; onOpen: (step: Step) => void }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const open = file.steps.filter(isOpen);
  return (
    <section className="card" aria-labelledby="case-steps">
      <h2 id="case-steps">{t('case.steps')}</h2>
      {open.length === 0 && <Empty>{t('case.noSteps')}</Empty>}
      <ul className="plain">
        {open.map((step) => (
          <li key={step.id} className="work-row">
            <div className="work-text">
              <strong className="work-step">{stepName(t, step)}</strong>
              <Due at={Date.parse(step.dueAt)} now={now} />
              {step.binds === 'watch' && <span className="tag">{t('step.watch')}</span>}
              <details className="why">
                <summary>{t('basis.why')}</summary>
                <Basis basis={step.basis} />
              </details>
            </div>
            {may('case:work') && !endsByAnswer(step.kind) && (
              <button type="button" className="button primary work-done" onClick={() => onOpen(step)}>
                {t('step.finish')}
                <span className="hidden">{stepName(t, step)}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

export default function CasePage() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const found = useCase(id);
  const { may } = useSession();
  const journal = useJournal(id);
  const messages = useMessages(id);
  const wall = useNow();
  const [open, setOpen] = useState<Step>();
  if (found.isPending) return <Loading />;
  if (found.error instanceof Refused && found.error.status === 404) return <NotFoundPage />;
  if (!found.data) return <Failed error={found.error} retry={found.refetch} />;
  const file = found.data;
  const now = caseNow(file.asOf, found.dataUpdatedAt, wall);
  return (
    <article className="case">
      <Head file={file} now={now} />
      {found.error && <Failed error={found.error} retry={found.refetch} />}
      <AlertList file={file} now={now} />
      <Arranged file={file} now={now} />
      <Decisions file={file} journal={journal.data ?? []} now={now} />
      <div className="case-columns">
        <Steps file={file} now={now} onOpen={setOpen} />
        <div>
          <PersonCards file={file} />
          <Relations file={file} />
          <Papers file={file} now={now} />
          {may('attachment:read') && <Attachments file={file} now={now} />}
          <Referrals file={file} journal={journal.data ?? []} now={now} />
          <RiskHistory file={file} journal={journal.data ?? []} now={now} />
          <CaseActions file={file} />
        </div>
      </div>
      <section className="card wide-card" aria-labelledby="case-picture">
        <h2 id="case-picture">{t('case.picture')}</h2>
        <Gantt
          start={Date.parse(file.receivedAt)}
          now={now}
          steps={file.steps}
          alerts={file.alerts}
          messages={messages.data ?? []}
        />
      </section>
      <section className="card wide-card" aria-labelledby="case-journal">
        <h2 id="case-journal">{t('case.journal')}</h2>
        {journal.isPending && <Loading />}
        {journal.error && <Failed error={journal.error} retry={journal.refetch} />}
        <Journal entries={journal.data ?? []} file={file} now={now} />
        {may('case:read-child') && file.leftAt === null && (
          <p className="no-print">
            <a className="button" href={`/api/v1/cases/${file.id}/file.pdf`} download>
              {t('export.file')}
            </a>{' '}
            <span className="hint">{t('export.fileHint')}</span>
          </p>
        )}
      </section>
      {may('access:read') && <WhoLooked id={file.id} />}
      {open && (
        <StepDialog caseId={file.id} number={file.number} step={open} now={now} onClose={() => setOpen(undefined)} />
      )}
    </article>
  );
}
