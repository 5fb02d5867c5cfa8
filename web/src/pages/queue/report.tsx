/** One report of the queue (报告): what it says, who it may be about, and what becomes of it. */
import '../../styles/paper.css';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { answer, api, Refused } from '../../api/client';
import { useNow, useStaff } from '../../api/queries';
import { useSession } from '../../api/session';
import type { ReportFile } from '../../api/types';
import { afterwards } from '../../api/write';
import { dateTime } from '../../lib/time';
import { Failed, Loading } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { messageOf } from '../../ui/problem';
import { useToast } from '../../ui/toast';
import { NotFoundPage } from '../not-found';
import { DecideOut, JoinCase, type PartProps, ScreenOut } from './decide';
import { ReportFacts } from './line';
import { useReport, useTriage } from './reads';
import { ScreenIn } from './screen-in';
import { CHILD_FIELDS, REPORTER_FIELDS } from '../../lib/people';

function Facts({ who, known, fields }: { who: string; known: ReportFile['child']; fields: readonly string[] }) {
  const { t } = useTranslation();
  const rows = fields.flatMap((field) => {
    const value = known?.[field];
    if (typeof value !== 'string' || value === '') return [];
    const words = field === 'sex' ? t(`sex.${value}`) : field === 'role' ? t(`reporterRole.${value}`) : value;
    return (
      <div key={field}>
        <dt>{t(`field.${who}.${field}`)}</dt>
        <dd>{field === 'phone' ? <a href={`tel:${value}`}>{words}</a> : words}</dd>
      </div>
    );
  });
  return rows.length === 0 ? <p className="hint">{t('queue.nothingSaid')}</p> : <dl className="facts">{rows}</dl>;
}

/** Cases that may be about the same child. Only possible: names repeat, and numbers are mistyped. */
function Possible({ report }: { report: ReportFile }) {
  const { t } = useTranslation();
  if (report.possible.length === 0) return null;
  return (
    <section className="card possible" aria-labelledby="report-possible">
      <h2 id="report-possible">{t('queue.possible')}</h2>
      <ul className="plain">
        {report.possible.map((one) => (
          <li key={one.caseId}>
            <Link to={`/cases/${one.caseId}`}>{one.number}</Link>{' '}
            <span className="meta">{t(`queue.why.${one.why}`)}</span>
          </li>
        ))}
      </ul>
      <p className="hint">{t('queue.possibleHint')}</p>
    </section>
  );
}

function Events({ report, now }: { report: ReportFile; now: number }) {
  const { t } = useTranslation();
  const { data: staff = [] } = useStaff();
  return (
    <section className="card" aria-labelledby="report-events">
      <h2 id="report-events">{t('queue.events')}</h2>
      <ol className="journal" reversed>
        {report.events.toReversed().map((one, n) => (
          <li key={`${one.at}${n}`} className="entry">
            <span className="entry-at">{dateTime(t, Date.parse(one.at), now)}</span>
            <span className="entry-text">
              {one.actor.kind === 'staff' && (
                <strong>{staff.find(({ id }) => id === one.actor.id)?.name ?? one.actor.id} </strong>
              )}
              {t(`queue.event.${one.kind}`, { defaultValue: t(`queue.event.other`) })}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Says that one looks at it: its ladder rests for a while, its deadline does not. */
function Take({ report }: { report: ReportFile }) {
  const { t } = useTranslation();
  const say = useToast();
  const writing = useTriage((_body: object, header) =>
    answer(api.POST('/api/v1/reports/{id}/take', { params: { path: { id: report.id }, header }, body: {} })),
  );
  return (
    <button
      type="button"
      className="button"
      disabled={writing.isPending}
      onClick={() =>
        afterwards(
          writing.mutateAsync({}),
          () => say(t('queue.taken')),
          (error) => say(messageOf(t, error), 'bad'),
        )
      }
    >
      {t('queue.do.take')}
    </button>
  );
}

const PARTS: Record<'screen_in' | 'join' | 'screen_out' | 'decide', (props: PartProps) => ReactNode> = {
  screen_in: ScreenIn,
  join: JoinCase,
  screen_out: ScreenOut,
  decide: DecideOut,
};
type Part = keyof typeof PARTS;

function Actions({ report }: { report: ReportFile }) {
  const { t } = useTranslation();
  const { me, may } = useSession();
  const say = useToast();
  const navigate = useNavigate();
  const [open, setOpen] = useState<Part>();
  const able = (part: Part): boolean =>
    report.can.includes(part) && (part !== 'decide' || (may('report:decide') && report.askedBy !== me.staffId));
  const parts = (Object.keys(PARTS) as Part[]).filter(able);
  const Shown = open && PARTS[open];
  const done = (part: Part, caseId: string | null): void => {
    setOpen(undefined);
    say(t(`queue.done.${part}`));
    void navigate(caseId !== null && part !== 'decide' ? `/cases/${caseId}` : '/queue');
  };
  if (report.can.length === 0) return null;
  return (
    <section className="card" aria-labelledby="report-actions">
      <h2 id="report-actions">{t('queue.actions')}</h2>
      <div className="actions">
        {report.can.includes('take') && report.takenBy !== me.staffId && <Take report={report} />}
        {parts.map((part) => (
          <button
            key={part}
            type="button"
            className={part === 'screen_in' ? 'button primary' : 'button'}
            onClick={() => setOpen(part)}
          >
            {t(`queue.do.${part}`)}
          </button>
        ))}
      </div>
      {report.can.includes('decide') && !able('decide') && <p className="hint">{t('queue.waitsForSecond')}</p>}
      {open && Shown && (
        <Dialog title={`${report.number} · ${t(`queue.do.${open}`)}`} onClose={() => setOpen(undefined)}>
          <Shown report={report} onDone={(caseId) => done(open, caseId)} />
        </Dialog>
      )}
    </section>
  );
}

/** The last thing that was decided about it came to nothing: whoever decided it sees why it waits again. */
const wasNotJoined = ({ can, events }: ReportFile): boolean =>
  can.length > 0 && events.findLast(({ kind }) => kind.startsWith('report_'))?.kind === 'report_join_refused';

export default function ReportOfQueuePage() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const found = useReport(id);
  const now = useNow();
  if (found.isPending) return <Loading />;
  if (found.error instanceof Refused && found.error.status === 404) return <NotFoundPage />;
  if (!found.data) return <Failed error={found.error} retry={found.refetch} />;
  const report = found.data;
  return (
    <article className="queue">
      <p>
        <Link to="/queue">{t('queue.back')}</Link>
      </p>
      <header className="case-head">
        <h1>
          {report.number} <span className="tag">{t(`queue.state.${report.state}`)}</span>
        </h1>
        <ReportFacts one={report} now={now} />
        {report.caseId && <Link to={`/cases/${report.caseId}`}>{t('queue.toCase')}</Link>}
      </header>
      {report.state === 'out_asked' && report.reason && (
        <p className="card">{t('queue.reason', { reason: report.reason })}</p>
      )}
      {wasNotJoined(report) && <p className="card">{t('queue.notJoined')}</p>}
      <Actions report={report} />
      <Possible report={report} />
      <section className="card" aria-labelledby="report-said">
        <h2 id="report-said">{t('report.story')}</h2>
        <p className="story">{report.narrative}</p>
        <h3>{t('report.child')}</h3>
        <Facts who="child" known={report.child} fields={CHILD_FIELDS} />
        <h3>{t('report.reporter')}</h3>
        <Facts who="reporter" known={report.reporter} fields={REPORTER_FIELDS} />
      </section>
      <Events report={report} now={now} />
    </article>
  );
}
