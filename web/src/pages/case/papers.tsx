/** Papers of the case (个案文书): which forms were begun and signed, what was decided on them, and the signed PDF. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { answer, api } from '../../api/client';
import { useStaff } from '../../api/queries';
import { useSession } from '../../api/session';
import type { CaseFile } from '../../api/types';
import { dateTime } from '../../lib/time';
import { Failed, RiskTag } from '../../ui/bits';
import { formWord } from '../paper/words';
import { NewPaper } from './new-paper';

export function Papers({ file, now }: { file: CaseFile; now: number }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const { data: staff = [] } = useStaff();
  const { id } = file;
  const [open, setOpen] = useState(false);
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
              {may('case:read-child') ? (
                <Link to={`/cases/${id}/papers/${one.id}`}>{formWord(t, one.name)}</Link>
              ) : (
                <strong>{formWord(t, one.name)}</strong>
              )}{' '}
              <span className="tag">{t(`papers.state.${one.state}`)}</span>
              {one.decided && <RiskTag risk={one.decided} />}
              {one.attachmentId !== null && (
                <a href={`/api/v1/attachments/${one.attachmentId}/content`} download>
                  {t('papers.file')}
                  <span className="hidden">{formWord(t, one.name)}</span>
                </a>
              )}
            </p>
            <p className="meta">
              {nameOf(one.signedBy ?? one.editedBy)} · {dateTime(t, Date.parse(one.signedAt ?? one.editedAt), now)}
            </p>
          </li>
        ))}
      </ul>
      {may('case:work') && (
        <button type="button" className="button no-print" onClick={() => setOpen(true)}>
          {t('paper.new')}
        </button>
      )}
      {open && <NewPaper file={file} papers={data ?? []} onClose={() => setOpen(false)} />}
    </section>
  );
}
