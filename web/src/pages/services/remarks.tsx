/** What was written on the survey's cards (小问卷留言): a supervisor reads it, hints at harm first, and says that it is seen to. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { answer, api } from '../../api/client';
import { allPages } from '../../api/desk-queries';
import { useStaff } from '../../api/queries';
import { useSession } from '../../api/session';
import type { SurveyRemark } from '../../api/types';
import { useWrite } from '../../api/write';
import { dateTime } from '../../lib/time';
import { Empty, Failed, Loading } from '../../ui/bits';
import { messageOf } from '../../ui/problem';
import { useToast } from '../../ui/toast';

const WEIGHT: Record<string, number> = { harm: 0, low: 1, none: 2 };

function Remark({ one }: { one: SurveyRemark }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const say = useToast();
  const staff = useStaff();
  const write = useWrite(['remarks'], (_: null, header) =>
    answer(api.POST('/api/v1/survey-remarks/{id}/seen', { params: { path: { id: one.id }, header } })),
  );
  const harm = one.concern === 'harm';
  return (
    <li className={`card remark ${harm && one.seenAt === null ? 'remark-harm' : ''}`}>
      <p>
        {harm && <span className="tag risk-critical">{t('surveys.harm')}</span>}{' '}
        <strong>{t(`surveys.face.${one.face}`)}</strong> <span className="meta">{dateTime(t, Date.parse(one.at))}</span>
      </p>
      <p className="story">{one.text ?? t('photo.erased')}</p>
      <p className="actions">
        <Link to={`/services/${one.serviceId}`}>{t('surveys.ofService')}</Link>
        {harm && may('case:report') && (
          <Link className="button" to="/report">
            {t('surveys.report')}
          </Link>
        )}
        {one.seenAt === null ? (
          <button
            type="button"
            className="button primary"
            disabled={write.isPending}
            onClick={() => write.mutate(null, { onError: (error) => say(messageOf(t, error), 'bad') })}
          >
            {t('surveys.see')}
          </button>
        ) : (
          <span className="meta">
            {t('surveys.seen', { name: staff.data?.find(({ id }) => id === one.seenBy)?.name ?? one.seenBy })}
          </span>
        )}
      </p>
    </li>
  );
}

export function RemarksPage() {
  const { t } = useTranslation();
  const found = useQuery({
    queryKey: ['remarks'],
    queryFn: () =>
      allPages((cursor) => answer(api.GET('/api/v1/survey-remarks', { params: { query: { limit: 50, cursor } } }))),
    staleTime: 60_000,
  });
  const rank = ({ seenAt, concern }: SurveyRemark): number => (seenAt === null ? (WEIGHT[concern] ?? 2) : 3);
  return (
    <div className="remarks">
      <div className="page-head">
        <h1>{t('surveys.remarks')}</h1>
        <Link to="/services">{t('services.toCalendar')}</Link>
      </div>
      <p className="hint">{t('surveys.remarksHint')}</p>
      {found.isPending && <Loading />}
      {found.error && <Failed error={found.error} retry={found.refetch} />}
      {found.data?.length === 0 && <Empty>{t('surveys.noRemarks')}</Empty>}
      <ul className="plain">
        {found.data
          ?.toSorted((a, b) => rank(a) - rank(b))
          .map((one) => (
            <Remark key={one.id} one={one} />
          ))}
      </ul>
    </div>
  );
}
