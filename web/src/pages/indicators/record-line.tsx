/** One record behind an indicator, without a name; its evidence opens from it, each look on the record. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { useStaff } from '../../api/queries';
import type { Evidence } from '../../api/types';
import { dateTime } from '../../lib/time';
import { Failed, Loading } from '../../ui/bits';

function Pictures({ indicatorId, recordId }: { indicatorId: string; recordId: string }) {
  const { t } = useTranslation();
  const found = useQuery({
    queryKey: ['indicators', 'evidence', indicatorId, recordId],
    queryFn: async () => {
      const path = { id: indicatorId, recordId };
      return (await answer(api.GET('/api/v1/indicators/{id}/records/{recordId}/evidence', { params: { path } }))).items;
    },
    staleTime: 60_000,
  });
  if (found.isPending) return <Loading />;
  if (!found.data) return <Failed error={found.error} retry={found.refetch} />;
  return (
    <ul className="plain evidence-pictures">
      {found.data.map(({ n }) => (
        <li key={n}>
          <img
            className="whole-picture"
            src={`/api/v1/indicators/${indicatorId}/records/${recordId}/evidence/${n}`}
            alt={t('evaluation.picture', { count: n })}
          />
        </li>
      ))}
    </ul>
  );
}

export function RecordLine({ indicatorId, one }: { indicatorId: string; one: Evidence }) {
  const { t } = useTranslation();
  const staff = useStaff();
  const [open, setOpen] = useState(false);
  const nameOf = (id: string): string => staff.data?.find((other) => other.id === id)?.name ?? id;
  const kinds = { service: 'services.kind', case: 'type', staff: 'role', survey: 'surveys.kind' } as const;
  const what = t(`${kinds[one.source]}.${one.kind}`, { defaultValue: t('surveys.title') });
  const head = one.label ?? (one.source === 'staff' ? nameOf(one.id) : what);
  const facts = [
    ...(one.at === null ? [] : [dateTime(t, Date.parse(one.at))]),
    ...(one.place === null ? [] : [t(`services.place.${one.place}`, { defaultValue: one.place })]),
    ...(one.people === null || one.people === 0 ? [] : [t('services.people', { count: one.people })]),
    ...(one.answers === null
      ? []
      : [
          one.satisfied === null
            ? t('indicators.fewAnswers', { count: one.answers })
            : t('indicators.answers', { satisfied: one.satisfied, answers: one.answers }),
        ]),
    ...one.children,
    // Until the names are there, nobody is called by an id.
    ...(staff.data ? one.staffIds.map(nameOf) : []),
  ];
  return (
    <li>
      <strong>{head}</strong> {head === what ? '' : what} {one.title}
      {one.verdict && <span className={`tag verdict-${one.verdict}`}>{t(`indicators.verdict.${one.verdict}`)}</span>}
      <span className="meta">{facts.join(' · ')}</span>
      {one.proofs > 0 && (
        <button type="button" className="button small" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t('evaluation.evidence', { count: one.proofs })}
          <span className="hidden"> {[head, ...facts].join(' · ')}</span>
        </button>
      )}
      {open && <Pictures indicatorId={indicatorId} recordId={one.id} />}
    </li>
  );
}
