/** What the audit found (巡检): things that may not be, and what was done about them. Silent trouble is the worst kind. */
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFindings } from '../../api/watch';
import type { Finding } from '../../api/types';
import { dateTime } from '../../lib/time';
import { Empty } from '../../ui/bits';
import { Count, Unread } from './unread';

function Row({ one }: { one: Finding }) {
  const { t } = useTranslation();
  return (
    <li className="finding">
      <p className="case-line">
        {one.caseId && one.number && <Link to={`/cases/${one.caseId}`}>{one.number}</Link>}
        <strong>{t(`findings.kind.${one.kind}`, { defaultValue: one.text })}</strong>
        {one.drill && <span className="tag">{t('drill')}</span>}
      </p>
      <p className="meta">
        {t('findings.since', { at: dateTime(t, Date.parse(one.firstSeen)) })} ·{' '}
        {t(one.repairedAt === null ? `findings.repair.${one.repair}` : 'findings.tried')}
      </p>
    </li>
  );
}

export function BoardFindings() {
  const { t } = useTranslation();
  const found = useFindings(true);
  const { data } = found;
  return (
    <section className="card" aria-labelledby="board-findings">
      <h2 id="board-findings">
        {t('findings.title')} <Count of={found.data?.items} />
      </h2>
      <Unread query={found} />
      {data?.items.length === 0 && <Empty>{t('findings.none')}</Empty>}
      <ul className="plain">
        {data?.items.map((one) => (
          <Row key={one.id} one={one} />
        ))}
      </ul>
      {data && (
        <p className="hint">
          {data.lastRunAt
            ? t('findings.looked', { at: dateTime(t, Date.parse(data.lastRunAt)) })
            : t('findings.notYet')}
        </p>
      )}
    </section>
  );
}
