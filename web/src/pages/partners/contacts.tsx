/** How a partner is reached (联系方式), in the order in which it is told; a new number counts once its code was typed in. */
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import type { PartnerFile } from '../../api/types';
import { useWrite } from '../../api/write';
import { Empty, Field } from '../../ui/bits';
import { messageOf } from '../../ui/problem';
import { Wrong } from '../../ui/reason-form';
import { useToast } from '../../ui/toast';
import { PARTNER_READS } from './reads';

type Contact = PartnerFile['contacts'][number];

/** A code is sent there, and whoever is there says it. */
function Verify({ contact }: { contact: Contact }) {
  const { t } = useTranslation();
  const say = useToast();
  const [sent, setSent] = useState(false);
  const [code, setCode] = useState('');
  const path = { id: contact.id };
  const ask = useWrite([], (_body: object, header) =>
    answer(api.POST('/api/v1/contacts/{id}/code', { params: { path, header } })),
  );
  const verify = useWrite(PARTNER_READS, (body: { code: string }, header) =>
    answer(api.POST('/api/v1/contacts/{id}/verify', { params: { path, header }, body })),
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    verify.mutate({ code: code.trim() }, { onSuccess: () => say(t('partners.verified')) });
  };
  if (!sent)
    return (
      <>
        <button
          type="button"
          className="button small"
          disabled={ask.isPending}
          onClick={() => ask.mutate({}, { onSuccess: () => setSent(true) })}
        >
          {t('partners.sendCode')}
          <span className="hidden">{contact.value}</span>
        </button>
        <Wrong error={ask.error} />
      </>
    );
  return (
    <form onSubmit={submit}>
      <Field label={t('partners.code')} hint={t('partners.codeHint')}>
        {(ids) => (
          <input
            {...ids}
            name="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            required
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        )}
      </Field>
      <Wrong error={verify.error} />
      <button type="submit" className="button small" disabled={verify.isPending || code.trim() === ''}>
        {t('partners.verify')}
      </button>
    </form>
  );
}

function Add({ partnerId }: { partnerId: string }) {
  const { t } = useTranslation();
  const [value, setValue] = useState('');
  const [label, setLabel] = useState('');
  const writing = useWrite(
    PARTNER_READS,
    (body: { partnerId: string; kind: 'phone' | 'email'; value: string; label?: string }, header) =>
      answer(api.POST('/api/v1/contacts', { params: { header }, body })),
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const kind = value.includes('@') ? 'email' : 'phone';
    const body = { partnerId, kind, value: value.trim(), ...(label.trim() !== '' && { label: label.trim() }) } as const;
    writing.mutate(body, {
      onSuccess: () => {
        setValue('');
        setLabel('');
      },
    });
  };
  return (
    <form onSubmit={submit} className="two">
      <Field label={t('partners.newContact')}>
        {(ids) => (
          <input {...ids} name="contact" required value={value} onChange={(event) => setValue(event.target.value)} />
        )}
      </Field>
      <Field label={t('partners.label')} optional>
        {(ids) => (
          <input
            {...ids}
            name="label"
            maxLength={20}
            value={label}
            onChange={(event) => setLabel(event.target.value)}
          />
        )}
      </Field>
      <Wrong error={writing.error} />
      <button type="submit" className="button" disabled={writing.isPending || value.trim() === ''}>
        {t('partners.addContact')}
      </button>
    </form>
  );
}

export function Contacts({ partner, edits }: { partner: PartnerFile; edits: boolean }) {
  const { t } = useTranslation();
  const say = useToast();
  const first = useWrite(PARTNER_READS, ({ id }: { id: string }, header) =>
    answer(api.PATCH('/api/v1/contacts/{id}', { params: { path: { id }, header }, body: { order: 0 } })),
  );
  const remove = useWrite(PARTNER_READS, ({ id }: { id: string }, header) =>
    answer(api.DELETE('/api/v1/contacts/{id}', { params: { path: { id }, header } })),
  );
  const failed = (error: unknown): void => say(messageOf(t, error), 'bad');
  return (
    <>
      <h3>{t('partners.contacts')}</h3>
      <p className="hint">{t('partners.order')}</p>
      {partner.contacts.length === 0 && <Empty>{t('partners.noContacts')}</Empty>}
      <ol className="contacts">
        {partner.contacts.map((one, n) => (
          <li key={one.id}>
            <p className="case-line">
              <a href={`${one.kind === 'email' ? 'mailto' : 'tel'}:${one.value}`}>{one.value}</a>
              {one.label && <span className="meta">{one.label}</span>}
              {!one.verified && <span className="tag risk-medium">{t('partners.notVerified')}</span>}
            </p>
            {edits && (
              <div className="actions">
                {!one.verified && <Verify contact={one} />}
                {n > 0 && (
                  <button type="button" className="button small" onClick={() => first.mutate(one, { onError: failed })}>
                    {t('partners.first')}
                    <span className="hidden">{one.value}</span>
                  </button>
                )}
                <button type="button" className="button small" onClick={() => remove.mutate(one, { onError: failed })}>
                  {t('partners.remove')}
                  <span className="hidden">{one.value}</span>
                </button>
              </div>
            )}
          </li>
        ))}
      </ol>
      {edits && <Add partnerId={partner.id} />}
    </>
  );
}
