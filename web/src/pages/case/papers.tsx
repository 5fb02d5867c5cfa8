/** Papers of the case (个案文书): which forms were begun and signed, what was decided on them, and the signed PDF. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { useStaff } from '../../api/queries';
import { dateTime } from '../../lib/time';
import { Failed, RiskTag } from '../../ui/bits';

export function Papers({ id, now }: { id: string; now: number }) {
  const { t } = useTranslation();
  const { data: staff = [] } = useStaff();
  const { data, error, refetch } = useQuery({
    queryKey: ['case', id, 'papers'],
    queryFn: async () => (await answer(api.GET('/api/v1/cases/{id}/papers', { params: { path: { id } } }))).items,
  });
  const nameOf = (staffId: string): string => staff.find((one) => one.id === staffId)?.name ?? staffId;
  return (
    <section className="card" aria-labelledby="case-papers">
      <h2 id="case-papers">{t('papers.title')}</h2>
      {error && <Failed error={error} retry={refetch} />}
      {data?.length === 0 && <p className="hint">{t('papers.none')}</p>}
      <ul className="plain">
        {data?.map((one) => (
          <li key={one.id} className="referral">
            <p className="case-line">
              <strong>{one.name}</strong> <span className="tag">{t(`papers.state.${one.state}`)}</span>
              {one.decided && <RiskTag risk={one.decided} />}
              {one.attachmentId !== null && (
                <a href={`/api/v1/attachments/${one.attachmentId}/content`} download>
                  {t('papers.file')}
                  <span className="hidden">{one.name}</span>
                </a>
              )}
            </p>
            <p className="meta">
              {nameOf(one.signedBy ?? one.editedBy)} · {dateTime(t, Date.parse(one.signedAt ?? one.editedAt), now)}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
