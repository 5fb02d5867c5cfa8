/** Finding a case (查找案件) by its number, or by a child's name, telephone or identity number. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { answer, api } from '../../api/client';
import { useNow, useStations } from '../../api/queries';
import { useSession } from '../../api/session';
import type { CaseSummary } from '../../api/types';
import { type Asked, askedFor } from '../../lib/asked';
import { caseNow, Due, Empty, Failed, Field, Loading, RiskTag } from '../../ui/bits';
import { stepName } from '../../ui/step-name';

type Found = CaseSummary & { why?: 'id_number' | 'phone' | 'name' | 'name_sound' };

async function find(asked: Asked): Promise<Found[]> {
  if ('number' in asked)
    return (await answer(api.GET('/api/v1/cases', { params: { query: { q: asked.number, limit: 50 } } }))).items;
  return (await answer(api.POST('/api/v1/cases/search', { body: asked }))).items;
}

function Line({ one, readAt }: { one: Found; readAt: number }) {
  const { t } = useTranslation();
  const { data: stations = [] } = useStations();
  const now = caseNow(one.asOf, readAt, useNow());
  return (
    <li className="card">
      <p className="case-line">
        <Link to={`/cases/${one.id}`}>{one.number}</Link>
        <RiskTag risk={one.risk} />
        <span>{t(`type.${one.type}`)}</span>
        {one.why && <span className="tag">{t(`search.why.${one.why}`)}</span>}
      </p>
      <p className="meta">
        {t(`status.${one.status}`)} · {stations.find(({ id }) => id === one.stationId)?.name ?? one.stationId}
      </p>
      {one.nextStep && (
        <p>
          {stepName(t, one.nextStep)} <Due at={Date.parse(one.nextStep.dueAt)} now={now} />
        </p>
      )}
    </li>
  );
}

export default function SearchPage() {
  const { t } = useTranslation();
  const { may } = useSession();
  const [typed, setTyped] = useState('');
  const [readAt, setReadAt] = useState(0);
  const asked = askedFor(typed);
  // Who may not know children finds cases by their numbers alone.
  const allowed = asked && ('number' in asked || may('case:read-child'));
  const finding = useMutation({ mutationFn: find, onSuccess: () => setReadAt(Date.now()) });
  return (
    <>
      <h1>{t('search.title')}</h1>
      <form
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          if (asked && allowed) finding.mutate(asked);
        }}
      >
        <Field label={t(may('case:read-child') ? 'search.by' : 'search.byNumber')} hint={t('search.hint')}>
          {(ids) => (
            <input
              {...ids}
              type="search"
              value={typed}
              maxLength={60}
              autoComplete="off"
              onChange={({ target }) => setTyped(target.value)}
            />
          )}
        </Field>
        <button type="submit" className="button primary" disabled={!allowed || finding.isPending}>
          {t('search.find')}
        </button>
      </form>
      <div role="status">
        {finding.isPending && <Loading />}
        {finding.data?.length === 0 && <Empty>{t('search.none')}</Empty>}
        {finding.data && finding.data.length > 0 && <p>{t('search.found', { count: finding.data.length })}</p>}
      </div>
      {finding.error && <Failed error={finding.error} />}
      <ul className="plain">
        {finding.data?.map((one) => (
          <Line key={one.id} one={one} readAt={readAt} />
        ))}
      </ul>
    </>
  );
}
