/** The contract's indicators (合同指标) as burn-ups towards their targets, each opening into its records. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { answer, api } from '../../api/client';
import { useSession } from '../../api/session';
import { dayWords } from '../../lib/time';
import { Empty, Failed, Field, Loading } from '../../ui/bits';
import { IndicatorCard } from './card';

/** Contracts of the stations that one may see, those that end last first. */
export const useContracts = () =>
  useQuery({
    queryKey: ['contracts'],
    queryFn: async () => (await answer(api.GET('/api/v1/contracts'))).items,
    staleTime: 600_000,
  });

const PARTS = ['output', 'performance'] as const;

function Contract({ id }: { id: string }) {
  const { t } = useTranslation();
  const found = useQuery({
    queryKey: ['indicators', id],
    queryFn: () => answer(api.GET('/api/v1/indicators', { params: { query: { contract: id } } })),
  });
  if (found.isPending) return <Loading />;
  if (!found.data) return <Failed error={found.error} retry={found.refetch} />;
  const { contract, items } = found.data;
  const gone = Math.round(contract.shareGone * 100);
  return (
    <>
      <section className="card contract" aria-labelledby="contract">
        <h2 id="contract">{contract.name}</h2>
        <p>
          {contract.buyer} → {contract.contractor}
        </p>
        <p>
          {t('indicators.term', { from: dayWords(t, contract.term.from), to: dayWords(t, contract.term.to) })} ·{' '}
          <label>
            {t('indicators.gone', { share: gone })} <progress max={100} value={gone} />
          </label>
        </p>
        <ul className="plain contract-days">
          {contract.evaluations.map(({ stage, name, on, daysLeft }) => (
            <li key={stage}>
              <strong>{name}</strong> {dayWords(t, on)}{' '}
              <span className="meta">
                {daysLeft >= 0 ? t('indicators.daysLeft', { count: daysLeft }) : t('indicators.over')}
              </span>
            </li>
          ))}
        </ul>
      </section>
      {PARTS.map((part) => {
        const own = items.filter((one) => one.part === part);
        if (own.length === 0) return null;
        return (
          <section key={part} aria-labelledby={`part-${part}`}>
            <h2 id={`part-${part}`}>{t(`indicators.part.${part}`)}</h2>
            <ul className="plain targets-grid">
              {own.map((indicator) => (
                <IndicatorCard key={indicator.id} indicator={indicator} />
              ))}
            </ul>
          </section>
        );
      })}
    </>
  );
}

export function TargetsPage() {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState<string>();
  const { may } = useSession();
  const contracts = useContracts();
  const chosen = contracts.data?.find(({ id }) => id === wanted) ?? contracts.data?.[0];
  return (
    <div className="targets">
      <div className="page-head">
        <h1>{t('indicators.title')}</h1>
        {may('pack:make') && (contracts.data?.length ?? 0) > 0 && (
          <Link className="button" to="/indicators/evaluation">
            {t('evaluation.title')}
          </Link>
        )}
        {(contracts.data?.length ?? 0) > 1 && (
          <Field label={t('indicators.contract')}>
            {(ids) => (
              <select {...ids} value={chosen?.id} onChange={(event) => setWanted(event.target.value)}>
                {contracts.data?.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
      </div>
      {contracts.isPending && <Loading />}
      {contracts.error && <Failed error={contracts.error} retry={contracts.refetch} />}
      {contracts.data?.length === 0 && <Empty>{t('indicators.noContract')}</Empty>}
      {chosen && <Contract key={chosen.id} id={chosen.id} />}
    </div>
  );
}
