/** What a report of the queue says of itself without being opened: nothing personal. */
import { useTranslation } from 'react-i18next';
import { useStaff } from '../../api/queries';
import type { ReportLine } from '../../api/types';
import { Due } from '../../ui/bits';

export function ReportFacts({ one, now }: { one: ReportLine; now: number }) {
  const { t } = useTranslation();
  const { data: staff = [] } = useStaff();
  const nameOf = (id: string): string => staff.find((other) => other.id === id)?.name ?? id;
  const from = one.source?.name ?? t(`queue.via.${one.via}`);
  return (
    <>
      <p className="case-line">
        <span className={`tag ${one.looks === 'critical' ? 'risk-critical' : ''}`}>
          {t(`queue.looks.${one.looks}`)}
        </span>
        <span>{one.type ? t(`type.${one.type}`) : t('queue.noType')}</span>
        {one.triggers.map((trigger) => (
          <span key={trigger} className="tag">
            {t(`trigger.${trigger}`)}
          </span>
        ))}
      </p>
      <p>
        <Due at={Date.parse(one.dueAt)} now={now} />
      </p>
      <p className="meta">
        {from}
        {one.takenBy && ` · ${t('queue.takenBy', { name: nameOf(one.takenBy) })}`}
        {one.state === 'out_asked' && one.askedBy && ` · ${t('queue.outAsked', { name: nameOf(one.askedBy) })}`}
      </p>
      {one.doubts.length > 0 && (
        <p className="due-soon">
          {t('queue.doubts')} {one.doubts.map((doubt) => t(`queue.doubt.${doubt}`)).join(t('list'))}
        </p>
      )}
    </>
  );
}
