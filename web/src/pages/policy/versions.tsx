/** The versions there are, and what differs between two of them. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { Failed, Field, Loading } from '../../ui/bits';
import { Changes } from './changes';

export function Versions() {
  const { t } = useTranslation();
  const versions = useQuery({
    queryKey: ['policies'],
    queryFn: async () => (await answer(api.GET('/api/v1/policies'))).items,
  });
  const all = versions.data ?? [];
  const [chosenFrom, setFrom] = useState<string>();
  const [chosenTo, setTo] = useState<string>();
  const to = chosenTo ?? all[0]?.version;
  const from = chosenFrom ?? all.at(-1)?.version;
  const compared = useQuery({
    queryKey: ['policies', 'compare', from, to],
    queryFn: () =>
      answer(api.GET('/api/v1/policies/compare', { params: { query: { from: from ?? '', to: to ?? '' } } })),
    enabled: from !== undefined && to !== undefined && from !== to,
  });
  if (versions.isPending) return <Loading />;
  if (all.length < 2) return <p className="meta">{t('publish.onlyOne')}</p>;
  const choose = (label: string, value: string | undefined, set: (version: string) => void) => (
    <Field label={label}>
      {(ids) => (
        <select {...ids} value={value} onChange={(event) => set(event.target.value)}>
          {all.map(({ version, current }) => (
            <option key={version} value={version}>
              {current ? t('publish.inForce', { version }) : version}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
  return (
    <>
      <div className="two">
        {choose(t('publish.from'), from, setFrom)}
        {choose(t('publish.to'), to, setTo)}
      </div>
      {compared.isFetching && <Loading />}
      {compared.error && <Failed error={compared.error} retry={compared.refetch} />}
      {from === to && <Changes changes={[]} />}
      {from !== to && compared.data && <Changes changes={compared.data.changes} />}
    </>
  );
}
