/** What waits for a decision. It is decided on the case's page, beside the reason and the whole case. */
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Approval } from '../../api/types';
import { dateTime } from '../../lib/time';
import { Empty, RiskTag } from '../../ui/bits';

export function BoardApprovals({ approvals }: { approvals: readonly Approval[] }) {
  const { t } = useTranslation();
  return (
    <section className="card" aria-labelledby="board-approvals">
      <h2 id="board-approvals">
        {t('board.approvals')} <span className="count">{approvals.length}</span>
      </h2>
      {approvals.length === 0 && <Empty>{t('board.noApprovals')}</Empty>}
      <ul className="plain">
        {approvals.map((one) => (
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
          </li>
        ))}
      </ul>
    </section>
  );
}
