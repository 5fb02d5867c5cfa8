/** What our worker does with a referral that is on its way: send, send again, show its code, end it, take it back. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { useCommand } from '../../api/command';
import { useSession } from '../../api/session';
import type { CaseFile, Referral } from '../../api/types';
import { Dialog } from '../../ui/dialog';
import { messageOf } from '../../ui/problem';
import { ReasonForm } from '../../ui/reason-form';
import { useToast } from '../../ui/toast';
import { ReferralQr } from './referral-qr';

/** As the API says it for each state. */
const POSSIBLE: Partial<Record<Referral['state'], readonly Action[]>> = {
  drafted: ['send', 'revoke'],
  sent: ['qr', 'resend', 'revoke'],
  opened: ['qr', 'resend', 'revoke'],
  received: ['qr', 'resend', 'revoke'],
  accepted: ['qr', 'resend', 'revoke'],
  feedback: ['close', 'qr', 'resend', 'revoke'],
};
type Action = 'send' | 'resend' | 'qr' | 'close' | 'revoke';

interface Props {
  file: CaseFile;
  referral: Referral;
  partner: string;
}

function useReferral({ file, referral }: Props) {
  const at = (header: { 'Idempotency-Key': string }) => ({
    params: { path: { id: file.id, referralId: referral.id }, header },
  });
  const path = '/api/v1/cases/{id}/referrals/{referralId}';
  return {
    send: useCommand(file.id, (_body: object, header) => answer(api.POST(`${path}/send`, { ...at(header), body: {} }))),
    resend: useCommand(file.id, (_body: object, header) =>
      answer(api.POST(`${path}/resend`, { ...at(header), body: {} })),
    ),
    close: useCommand(file.id, (body: { note?: string }, header) =>
      answer(api.POST(`${path}/close`, { ...at(header), body })),
    ),
    revoke: useCommand(file.id, (body: { reason: string }, header) =>
      answer(api.POST(`${path}/revoke`, { ...at(header), body })),
    ),
  };
}

export function ReferralActions(props: Props) {
  const { file, referral, partner } = props;
  const { t } = useTranslation();
  const { may } = useSession();
  const say = useToast();
  const [open, setOpen] = useState<'qr' | 'close' | 'revoke' | 'resend'>();
  const writes = useReferral(props);
  const possible = POSSIBLE[referral.state] ?? [];
  if (!may('referral:send') || file.status === 'closed' || file.leftAt !== null) return null;
  const shut = (): void => setOpen(undefined);
  const done = (words: string) => ({
    onSuccess: () => {
      shut();
      say(words);
    },
  });
  const press = (action: Action): void => {
    if (action !== 'send') return setOpen(action);
    writes.send.mutate({}, { ...done(t('referral.sentNow')), onError: (error) => say(messageOf(t, error), 'bad') });
  };
  return (
    <div className="actions no-print">
      {possible.map((action) => (
        <button key={action} type="button" className="button small" onClick={() => press(action)}>
          {t(`referralMore.${action}`)}
          <span className="hidden">{partner}</span>
        </button>
      ))}
      {open === 'qr' && <ReferralQr {...{ caseId: file.id, referralId: referral.id, partner }} onClose={shut} />}
      {open === 'resend' && (
        <Dialog title={t('referralMore.resend')} onClose={shut}>
          <p>{t('referralMore.resendHint')}</p>
          <button
            type="button"
            className="button primary wide"
            disabled={writes.resend.isPending}
            onClick={() =>
              writes.resend.mutate(
                {},
                { ...done(t('referralMore.resentNow')), onError: (error) => say(messageOf(t, error), 'bad') },
              )
            }
          >
            {t('referralMore.resend')}
          </button>
        </Dialog>
      )}
      {open === 'close' && (
        <Dialog title={t('referralMore.close')} onClose={shut}>
          <ReasonForm
            {...{ label: t('field.note'), hint: t('referralMore.closeHint'), button: t('referralMore.close') }}
            {...{ optional: true, writing: writes.close }}
            onSend={(note) => writes.close.mutate(note === '' ? {} : { note }, done(t('referralMore.closedNow')))}
          />
        </Dialog>
      )}
      {open === 'revoke' && (
        <Dialog title={t('referralMore.revoke')} onClose={shut}>
          <ReasonForm
            {...{ label: t('field.reason'), hint: t('referralMore.revokeHint'), button: t('referralMore.revoke') }}
            {...{ danger: true, writing: writes.revoke }}
            onSend={(reason) => writes.revoke.mutate({ reason }, done(t('referralMore.revokedNow')))}
          />
        </Dialog>
      )}
    </div>
  );
}
