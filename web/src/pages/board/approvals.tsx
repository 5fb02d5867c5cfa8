/** What waits for a decision: decided here, beside the reason, or on the case's page. */
import type { UseQueryResult } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useCase, useJournal } from '../../api/desk-queries';
import { useNow } from '../../api/queries';
import { useSession } from '../../api/session';
import type { Approval } from '../../api/types';
import { dateTime } from '../../lib/time';
import { caseNow, Empty, Failed, Loading, RiskTag } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { Decisions, isDecided } from '../case/decisions';
import { Count, Unread } from './unread';

/** The reason is the child's story: the case is opened for it, which goes on the record as a look. */
function DecideHere({ one, onClose }: { one: Approval; onClose: () => void }) {
  const { t } = useTranslation();
  const found = useCase(one.caseId);
  const journal = useJournal(one.caseId);
  const now = useNow();
  const over = found.data && journal.data && isDecided(found.data, one.stepId);
  useEffect(() => {
    if (over) onClose();
  }, [over, onClose]);
  return (
    <Dialog title={`${one.number} · ${t(`approval.${one.kind}`)}`} onClose={onClose}>
      {(found.isPending || journal.isPending) && <Loading />}
      {found.error && <Failed error={found.error} retry={found.refetch} />}
      {journal.error && <Failed error={journal.error} retry={journal.refetch} />}
      {found.data && journal.data && (
        <Decisions
          file={found.data}
          journal={journal.data}
          now={caseNow(found.data.asOf, found.dataUpdatedAt, now)}
          only={one.stepId}
        />
      )}
      <p>
        <Link to={`/cases/${one.caseId}`}>{t('approval.whole')}</Link>
      </p>
    </Dialog>
  );
}

export function BoardApprovals({ approvals }: { approvals: UseQueryResult<Approval[]> }) {
  const { t } = useTranslation();
  const { may, me } = useSession();
  const [open, setOpen] = useState<Approval>();
  return (
    <section className="card" aria-labelledby="board-approvals">
      <h2 id="board-approvals">
        {t('board.approvals')} <Count of={approvals.data} />
      </h2>
      <Unread query={approvals} />
      {approvals.data?.length === 0 && <Empty>{t('board.noApprovals')}</Empty>}
      <ul className="plain">
        {approvals.data?.map((one) => (
          <li key={`${one.caseId}${one.stepId ?? ''}`} className="approval">
            <p className="case-line">
              <RiskTag risk={one.risk} />
              <Link to={`/cases/${one.caseId}`}>
                {one.number} {t(`approval.${one.kind}`)}
              </Link>
            </p>
            {one.until && (
              <p>{t('decision.extension', { name: one.stepName, until: dateTime(t, Date.parse(one.until)) })}</p>
            )}
            <p className="meta">
              {t('decision.by', { name: one.askedByName ?? one.askedBy, at: dateTime(t, Date.parse(one.askedAt)) })}
            </p>
            {may('case:approve') && one.askedBy !== me.staffId && (
              <button type="button" className="button small" onClick={() => setOpen(one)}>
                {t('approval.decide')}
                <span className="hidden">{one.number}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
      {open && <DecideHere one={open} onClose={() => setOpen(undefined)} />}
    </section>
  );
}
