/** A random sample of an indicator's records (随机抽样): the same seed draws the same records again, for everybody. */
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, newKey } from '../../api/client';
import { Empty, Failed, Field, Loading } from '../../ui/bits';
import { RecordLine } from './record-line';
import { SampleFields } from './sample-fields';

interface Drawing {
  indicator: string;
  seed: string;
  size: number;
}

function Drawn({ drawing }: { drawing: Drawing }) {
  const { t } = useTranslation();
  const { indicator: id, seed, size } = drawing;
  const found = useQuery({
    queryKey: ['indicators', 'sample', id, seed, size],
    queryFn: () =>
      answer(api.GET('/api/v1/indicators/{id}/sample', { params: { path: { id }, query: { seed, size } } })),
  });
  if (found.isPending) return <Loading />;
  if (!found.data) return <Failed error={found.error} retry={found.refetch} />;
  const { items, of } = found.data;
  return (
    <>
      <p role="status" className="drawn">
        {t('evaluation.drawn', { count: items.length, of, seed })}
      </p>
      {items.length === 0 && <Empty>{t('indicators.none')}</Empty>}
      <ul className="plain record-list">
        {items.map((one) => (
          <RecordLine key={`${one.source}/${one.id}`} indicatorId={id} one={one} />
        ))}
      </ul>
    </>
  );
}

export function Sample({ contractId }: { contractId: string }) {
  const { t } = useTranslation();
  const found = useQuery({
    queryKey: ['indicators', contractId],
    queryFn: () => answer(api.GET('/api/v1/indicators', { params: { query: { contract: contractId } } })),
  });
  const [wanted, setWanted] = useState<string>();
  const [seed, setSeed] = useState(() => newKey().slice(0, 8));
  const [size, setSize] = useState(10);
  const [drawing, setDrawing] = useState<Drawing>();
  const indicators = found.data?.items ?? [];
  const indicator = indicators.find(({ id }) => id === wanted)?.id ?? indicators[0]?.id;
  const draw = (event: FormEvent): void => {
    event.preventDefault();
    if (indicator !== undefined && seed.trim() !== '') setDrawing({ indicator, seed: seed.trim(), size });
  };
  return (
    <section className="card" aria-labelledby="sample">
      <h2 id="sample">{t('evaluation.sample')}</h2>
      <p className="hint">{t('evaluation.sampleText')}</p>
      {found.isPending && <Loading />}
      {found.error && <Failed error={found.error} retry={found.refetch} />}
      <form onSubmit={draw} noValidate>
        <Field label={t('evaluation.indicator')}>
          {(ids) => (
            <select {...ids} value={indicator} onChange={(event) => setWanted(event.target.value)}>
              {indicators.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <SampleFields {...{ size, least: 1, seed, onSize: setSize, onSeed: setSeed }} />
        <button type="submit" className="button primary" disabled={indicator === undefined}>
          {t('evaluation.draw')}
        </button>
      </form>
      {drawing && <Drawn drawing={drawing} />}
    </section>
  );
}
