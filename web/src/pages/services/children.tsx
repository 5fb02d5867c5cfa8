/** Registered children (在册儿童) by name, read only when somebody opens the list: each reading goes on the record. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { allPages } from '../../api/queries';
import { Empty, Failed, Loading } from '../../ui/bits';

const useRegister = (enabled: boolean) =>
  useQuery({
    queryKey: ['register'],
    queryFn: () =>
      allPages((cursor) => answer(api.GET('/api/v1/children', { params: { query: { limit: 200, cursor } } }))),
    staleTime: Infinity,
    enabled,
  });

interface Props {
  chosen: readonly string[];
  needed: boolean;
  wrong: string | undefined;
  onChange: (ids: string[]) => void;
}

export function Children({ chosen, needed, wrong, onChange }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(needed);
  const [find, setFind] = useState('');
  const register = useRegister(open);
  const named = (register.data ?? []).map(({ id, number, data }) => ({
    ...{ id, number },
    name: typeof data?.['name'] === 'string' ? data['name'] : number,
  }));
  const shown = named.filter(({ id, name, number }) => chosen.includes(id) || `${name}${number}`.includes(find.trim()));
  const toggle = (id: string): void =>
    onChange(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  if (!open) {
    return (
      <button type="button" className="button record-children" onClick={() => setOpen(true)}>
        {t('services.children')}
      </button>
    );
  }
  return (
    <fieldset className="field choice">
      <legend>{t('services.children')}</legend>
      {register.isPending && <Loading />}
      {register.error && <Failed error={register.error} retry={register.refetch} />}
      {register.data?.length === 0 && <Empty>{t('services.noChildren')}</Empty>}
      {named.length > 8 && (
        <input
          type="search"
          value={find}
          onChange={(event) => setFind(event.target.value)}
          aria-label={t('services.find')}
          placeholder={t('services.find')}
        />
      )}
      <div className="choices columns-2">
        {shown.map(({ id, name, number }) => (
          <label key={id} className="choice-option">
            <input type="checkbox" checked={chosen.includes(id)} onChange={() => toggle(id)} />
            <span className="choice-label">
              {name}
              <small>{number}</small>
            </span>
          </label>
        ))}
      </div>
      {wrong && <p className="wrong">{wrong}</p>}
    </fieldset>
  );
}
