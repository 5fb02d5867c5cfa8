/** The evaluation (评估): packs made by a button, and the evaluator's sample with its evidence, without a name. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Empty, Failed, Field, Loading } from '../../ui/bits';
import { Packs } from './packs';
import { Sample } from './sample';
import { useContracts } from './targets';

export function EvaluationPage() {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState<string>();
  const contracts = useContracts();
  const chosen = contracts.data?.find(({ id }) => id === wanted) ?? contracts.data?.[0];
  return (
    <div className="targets evaluation">
      <div className="page-head">
        <h1>{t('evaluation.title')}</h1>
        <Link to="/indicators">{t('indicators.title')}</Link>
      </div>
      {contracts.isPending && <Loading />}
      {contracts.error && <Failed error={contracts.error} retry={contracts.refetch} />}
      {contracts.data?.length === 0 && <Empty>{t('indicators.noContract')}</Empty>}
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
      {chosen && (
        <>
          <p>{chosen.name}</p>
          <Packs key={`packs/${chosen.id}`} contract={chosen} />
          <Sample key={`sample/${chosen.id}`} contractId={chosen.id} />
        </>
      )}
    </div>
  );
}
