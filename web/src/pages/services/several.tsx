/** Several of a list (多选): a button while nobody asks for it, then check boxes with a search; read only when it is opened. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../api/session';
import { readColleagues, readRegister, type RegisteredChild } from '../../device/kept-lists';
import { Empty, Failed, Loading } from '../../ui/bits';

type Item = Omit<RegisteredChild, 'number'> & { number?: string };

interface Props {
  name: 'children' | 'colleagues';
  read: () => Promise<Item[]>;
  chosen: readonly string[];
  /** Open from the beginning. */
  needed?: boolean;
  wrong?: string | undefined;
  onChange: (ids: string[]) => void;
}

const FEW = 8;

function Several({ name, read, chosen, needed = false, wrong, onChange }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(needed || chosen.length > 0);
  const [find, setFind] = useState('');
  const list = useQuery({
    queryKey: ['choosable', name],
    queryFn: read,
    staleTime: Infinity,
    enabled: open,
    networkMode: 'always',
  });
  const items = list.data ?? [];
  const shown = items.filter(
    ({ id, name: words, number = '' }) => chosen.includes(id) || `${words}${number}`.includes(find.trim()),
  );
  const toggle = (id: string): void =>
    onChange(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  if (!open) {
    return (
      <button type="button" className="button record-children" onClick={() => setOpen(true)}>
        {t(`services.${name}`)}
      </button>
    );
  }
  return (
    <fieldset className="field choice">
      <legend>{t(`services.${name}`)}</legend>
      {list.isPending && <Loading />}
      {list.error && <Failed error={list.error} retry={list.refetch} />}
      {list.data?.length === 0 && <Empty>{t(`services.none_${name}`)}</Empty>}
      {items.length > FEW && (
        <input
          type="search"
          value={find}
          onChange={(event) => setFind(event.target.value)}
          aria-label={t('services.find')}
          placeholder={t('services.find')}
        />
      )}
      <div className="choices columns-2">
        {shown.map(({ id, name: words, number }) => (
          <label key={id} className="choice-option">
            <input type="checkbox" checked={chosen.includes(id)} onChange={() => toggle(id)} />
            <span className="choice-label">
              {words}
              {number !== undefined && number !== words && <small>{number}</small>}
            </span>
          </label>
        ))}
      </div>
      {wrong && <p className="wrong">{wrong}</p>}
    </fieldset>
  );
}

/** Registered children (在册儿童) by name: each reading goes on the record. Without signal by number. */
export function Children(props: Omit<Props, 'name' | 'read'>) {
  const { me } = useSession();
  return <Several {...props} name="children" read={() => readRegister(me.staffId)} />;
}

/** Who did it together with whoever writes it down (同事). */
export function Colleagues(props: Omit<Props, 'name' | 'read'>) {
  const { me } = useSession();
  const read = async () => (await readColleagues(me.staffId, me.stationId)).filter(({ id }) => id !== me.staffId);
  return <Several {...props} name="colleagues" read={read} />;
}
