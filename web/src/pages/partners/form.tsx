/** Entering a partner, and changing what is known of it: name, area, hours, duties by law. */
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import type { Partner } from '../../api/types';
import { useWrite } from '../../api/write';
import { Field } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { Wrong } from '../../ui/reason-form';
import { useToast } from '../../ui/toast';
import { WEEKDAYS } from '../../lib/month';
import type { Hours } from './hours';
import { PARTNER_READS } from './reads';

const KINDS = [
  'police',
  'school',
  'hospital',
  'civil_affairs',
  'womens_federation',
  'procuratorate',
  'court',
  'other',
] as const satisfies readonly Partner['kind'][];
type Kind = (typeof KINDS)[number];

interface Words {
  kind: Kind;
  name: string;
  area: string;
  always: boolean;
  weekdays: number[];
  from: string;
  until: string;
  law: string;
  article: string;
  duty: string;
}

const OFFICE: Hours[number] = { weekdays: [1, 2, 3, 4, 5], from: '09:00', until: '18:00' };

const wordsOf = (partner: Partner | undefined): Words => ({
  ...{ kind: partner?.kind ?? 'police', name: partner?.name ?? '', area: partner?.area ?? '' },
  always: partner ? partner.hours === null : true,
  ...(partner?.hours?.[0] ?? OFFICE),
  ...(partner?.duties[0] ?? { law: '', article: '', duty: '' }),
});

/** The first line of hours and of duties is edited here; further ones stay as they are. */
function bodyOf(words: Words, partner: Partner | undefined) {
  const { law, article, duty, always, weekdays, from, until } = words;
  const first = [law, article, duty].every((one) => one.trim() !== '')
    ? [{ law: law.trim(), article: article.trim(), duty: duty.trim() }]
    : [];
  return {
    name: words.name.trim(),
    area: words.area.trim() === '' ? null : words.area.trim(),
    hours: always ? null : [{ weekdays, from, until }, ...(partner?.hours?.slice(1) ?? [])],
    duties: [...first, ...(partner?.duties.slice(1) ?? [])],
  };
}

export function PartnerForm({ partner, onClose }: { partner?: Partner; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useToast();
  const [words, setWords] = useState(() => wordsOf(partner));
  const set = (change: Partial<Words>): void => setWords((known) => ({ ...known, ...change }));
  const writing = useWrite(PARTNER_READS, (said: Words, header) => {
    const { area, hours, ...rest } = bodyOf(said, partner);
    return partner
      ? answer(
          api.PATCH('/api/v1/partners/{id}', {
            params: { path: { id: partner.id }, header },
            body: { ...rest, area, hours },
          }),
        )
      : answer(
          api.POST('/api/v1/partners', {
            params: { header },
            body: { ...rest, kind: said.kind, ...(area !== null && { area }), ...(hours !== null && { hours }) },
          }),
        );
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    writing.mutate(words, {
      onSuccess: () => {
        say(t('partners.saved'));
        onClose();
      },
    });
  };
  const text = (key: 'name' | 'area' | 'law' | 'article' | 'duty', most: number, optional: boolean) => (
    <Field key={key} label={t(`partners.field.${key}`)} optional={optional}>
      {(ids) => (
        <input
          {...ids}
          name={key}
          required={!optional}
          maxLength={most}
          value={words[key]}
          onChange={(event) => set({ [key]: event.target.value })}
        />
      )}
    </Field>
  );
  const toggle = (day: number): void =>
    set({
      weekdays: words.weekdays.includes(day) ? words.weekdays.filter((one) => one !== day) : [...words.weekdays, day],
    });
  return (
    <Dialog title={t(partner ? 'partners.edit' : 'partners.new')} onClose={onClose}>
      <form onSubmit={submit}>
        {!partner && (
          <Field label={t('partners.field.kind')}>
            {(ids) => (
              <select
                {...ids}
                name="kind"
                value={words.kind}
                onChange={(event) => set({ kind: KINDS.find((one) => one === event.target.value) ?? 'other' })}
              >
                {KINDS.map((one) => (
                  <option key={one} value={one}>
                    {t(`partner.${one}`)}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
        {text('name', 80, false)}
        {text('area', 120, true)}
        <label className="check">
          <input type="checkbox" checked={words.always} onChange={(event) => set({ always: event.target.checked })} />
          {t('partners.always')}
        </label>
        {!words.always && (
          <fieldset className="field">
            <legend>{t('partners.field.hours')}</legend>
            <div className="actions">
              {WEEKDAYS.map((day) => (
                <label key={day} className="check">
                  <input type="checkbox" checked={words.weekdays.includes(day)} onChange={() => toggle(day)} />
                  {t(`time.weekdays.${day}`)}
                </label>
              ))}
            </div>
            <div className="two">
              {(['from', 'until'] as const).map((key) => (
                <Field key={key} label={t(`partners.field.${key}`)}>
                  {(ids) => (
                    <input
                      {...ids}
                      type="time"
                      required
                      value={words[key]}
                      onChange={(event) => set({ [key]: event.target.value })}
                    />
                  )}
                </Field>
              ))}
            </div>
          </fieldset>
        )}
        <h3>{t('partners.duties')}</h3>
        {text('law', 60, true)}
        {text('article', 30, true)}
        {text('duty', 200, true)}
        <Wrong error={writing.error} />
        <button
          type="submit"
          className="button primary wide"
          disabled={writing.isPending || words.name.trim() === '' || (!words.always && words.weekdays.length === 0)}
        >
          {writing.isPending ? t('state.busy') : t('partners.save')}
        </button>
      </form>
    </Dialog>
  );
}
