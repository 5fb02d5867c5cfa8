/** My work (我的工作): what is late, next, today, this week; by time or by child. Two taps finish a step. */
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useChildren, useNow, useWork } from '../api/queries';
import { useSession } from '../api/session';
import type { WorkItem } from '../api/types';
import { bucketOf } from '../lib/time';
import { endsByAnswer, isVisit } from '../lib/visits';
import { caseNow, Due, Empty, Failed, Loading, RiskTag } from '../ui/bits';
import { StepDialog } from '../ui/step-dialog';
import { stepName } from '../ui/step-name';

/** What comes after the next seven days is read when there is time for it: the soonest of it stands open, the rest is folded. */
const LATER_OPEN = 5;
const BUCKETS = ['late', 'next', 'today', 'week', 'later'] as const;

interface Row extends WorkItem {
  /** The case's own time, milliseconds. */
  now: number;
  child: string | undefined;
}

function WorkRow({ row, onDone, byCase }: { row: Row; onDone: (row: Row) => void; byCase: boolean }) {
  const { t } = useTranslation();
  const { step, now } = row;
  return (
    <li className="work-row">
      <div className="work-text">
        {!byCase && <CaseLine row={row} />}
        <strong className="work-step">{stepName(t, step)}</strong>
        {step.binds === 'watch' && <span className="tag">{t('step.watch')}</span>}
        <Due at={Date.parse(step.dueAt)} now={now} />
        {step.extension && <span className="tag">{t('step.extensionAsked')}</span>}
      </div>
      <div className="work-hands">
        {isVisit(step.kind) && (
          <Link className="button" to={`/work/visit/${row.caseId}/${step.id}`}>
            {t('visit.write')}
            <span className="hidden">{row.number}</span>
          </Link>
        )}
        {endsByAnswer(step.kind) ? (
          <Link className="button primary" to={`/cases/${row.caseId}`}>
            {t('step.answer')}
            <span className="hidden">{row.number}</span>
          </Link>
        ) : (
          <button type="button" className="button primary work-done" onClick={() => onDone(row)}>
            {t('step.finish')}
            <span className="hidden">
              {row.number} {stepName(t, step)}
            </span>
          </button>
        )}
      </div>
    </li>
  );
}

function CaseLine({ row }: { row: Row }) {
  const { t } = useTranslation();
  return (
    <span className="case-line">
      <RiskTag risk={row.risk} />
      <Link to={`/cases/${row.caseId}`}>
        {row.child ? `${row.child} · ` : ''}
        {row.number}
      </Link>
      <span>{t(`type.${row.type}`)}</span>
      {row.unassigned && <span className="tag">{t('work.unassigned')}</span>}
      {row.drill && <span className="tag">{t('drill')}</span>}
    </span>
  );
}

interface Listed {
  rows: Row[];
  byCase: boolean;
  onDone: (row: Row) => void;
}

function Rows({ rows, byCase, onDone }: Listed) {
  return (
    <ul className="plain">
      {rows.map((row) => (
        <WorkRow key={`${row.caseId}/${row.step.id}`} row={row} onDone={onDone} byCase={byCase} />
      ))}
    </ul>
  );
}

function Groups({ rows, byCase, onDone }: Listed) {
  const { t } = useTranslation();
  const groups = useMemo(() => {
    if (!byCase)
      return BUCKETS.map((bucket) => ({
        key: bucket,
        rows: rows.filter((row) => bucketOf(Date.parse(row.step.dueAt), row.now) === bucket),
      }));
    const ids = [...new Set(rows.map(({ caseId }) => caseId))];
    return ids.map((id) => ({ key: id, rows: rows.filter(({ caseId }) => caseId === id) }));
  }, [rows, byCase]);
  return groups
    .filter((group) => group.rows.length > 0)
    .map((group) => (
      <section key={group.key} className={`work-group work-${byCase ? 'case' : group.key}`}>
        <h2>
          {byCase && group.rows[0] ? <CaseLine row={group.rows[0]} /> : t(`work.${group.key}`)}
          <span className="count">{group.rows.length}</span>
        </h2>
        <Rows rows={group.key === 'later' ? group.rows.slice(0, LATER_OPEN) : group.rows} {...{ byCase, onDone }} />
        {group.key === 'later' && group.rows.length > LATER_OPEN && (
          <details className="more">
            <summary>{t('work.rest', { count: group.rows.length - LATER_OPEN })}</summary>
            <Rows rows={group.rows.slice(LATER_OPEN)} {...{ byCase, onDone }} />
          </details>
        )}
      </section>
    ));
}

export function WorkPage() {
  const { t } = useTranslation();
  const { may, me } = useSession();
  const work = useWork(me.staffId);
  const children = useChildren(may('case:read-child') && work.data?.kept === false && work.data.items.length > 0);
  const now = useNow();
  const [byCase, setByCase] = useState(false);
  const [open, setOpen] = useState<Row>();
  const rows = useMemo<Row[]>(
    () =>
      (work.data?.items ?? []).map((item) => ({
        ...item,
        now: caseNow(item.asOf, work.data?.readAt ?? now, now),
        child: children.data?.get(item.caseId) ?? undefined,
      })),
    [work.data, children.data, now],
  );
  return (
    <>
      <div className="page-head">
        <h1>{t('work.title')}</h1>
        <div className="segments" role="group" aria-label={t('work.order')}>
          <button type="button" aria-pressed={!byCase} onClick={() => setByCase(false)}>
            {t('work.byTime')}
          </button>
          <button type="button" aria-pressed={byCase} onClick={() => setByCase(true)}>
            {t('work.byCase')}
          </button>
        </div>
      </div>
      {work.isPending && <Loading />}
      {work.error && <Failed error={work.error} retry={work.refetch} />}
      {work.data?.kept && <p className="hint">{t('visit.kept')}</p>}
      {work.data?.items.length === 0 && <Empty>{t('work.empty')}</Empty>}
      <Groups rows={rows} byCase={byCase} onDone={setOpen} />
      {open && (
        <StepDialog
          caseId={open.caseId}
          number={open.number}
          step={open.step}
          now={open.now}
          onClose={() => setOpen(undefined)}
        />
      )}
    </>
  );
}
