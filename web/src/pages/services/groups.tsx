/** The group that met (小组): one of those there are, or a new one opened on the spot. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { GROUP_THEMES } from '../../../../domain/services/kinds';
import { answer, api } from '../../api/client';
import { useSession } from '../../api/session';
import { useWrite } from '../../api/write';
import { readGroups } from '../../device/kept-lists';
import { Field } from '../../ui/bits';
import { messageOf } from '../../ui/problem';

export function useGroups() {
  const { me } = useSession();
  return useQuery({ queryKey: ['service-groups'], queryFn: () => readGroups(me.staffId), networkMode: 'always' });
}

type Theme = (typeof GROUP_THEMES)[number];

function NewGroup({ onMade }: { onMade: (id: string) => void }) {
  const { t } = useTranslation();
  const [title, setTitle] = useState('');
  const [theme, setTheme] = useState<Theme>('arts');
  const write = useWrite(['service-groups'], (body: { title: string; theme: Theme }, header) =>
    answer(api.POST('/api/v1/service-groups', { body, params: { header } })),
  );
  const make = (): void => write.mutate({ title: title.trim(), theme }, { onSuccess: ({ id }) => onMade(id) });
  return (
    <fieldset className="card new-group">
      <legend>{t('services.newGroup')}</legend>
      <Field label={t('services.groupTitle')} hint={t('services.titleHint')}>
        {(ids) => <input {...ids} maxLength={60} value={title} onChange={(event) => setTitle(event.target.value)} />}
      </Field>
      <Field label={t('services.theme')}>
        {(ids) => (
          <select {...ids} value={theme} onChange={(event) => setTheme(event.target.value as Theme)}>
            {GROUP_THEMES.map((one) => (
              <option key={one} value={one}>
                {t(`services.themes.${one}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {write.error && (
        <p className="wrong" role="alert">
          {messageOf(t, write.error)}
        </p>
      )}
      <button type="button" className="button" disabled={write.isPending || title.trim() === ''} onClick={make}>
        {t('services.openGroup')}
      </button>
    </fieldset>
  );
}

interface Props {
  value: string;
  wrong: string | undefined;
  onChange: (id: string) => void;
}

export function Group({ value, wrong, onChange }: Props) {
  const { t } = useTranslation();
  const groups = useGroups();
  const [opening, setOpening] = useState(false);
  return (
    <>
      <Field
        label={t('services.group')}
        wrong={wrong}
        hint={groups.data?.length === 0 ? t('services.noGroup') : undefined}
      >
        {(ids) => (
          <select {...ids} value={value} onChange={(event) => onChange(event.target.value)}>
            <option value="">{t('form.choose')}</option>
            {groups.data?.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      {opening ? (
        <NewGroup
          onMade={(id) => {
            setOpening(false);
            onChange(id);
          }}
        />
      ) : (
        <button type="button" className="button small record-children" onClick={() => setOpening(true)}>
          {t('services.newGroup')}
        </button>
      )}
    </>
  );
}
