/** Referrals (转介): to whom, how far and what came back; sending a new one, taking one back. */
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { useCommand } from '../../api/command';
import { usePartners } from '../../api/queries';
import { useSession } from '../../api/session';
import type { CaseFile, JournalEntry, Referral } from '../../api/types';
import { dateTime } from '../../lib/time';
import { Due, Field } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { messageOf } from '../../ui/problem';
import { useToast } from '../../ui/toast';
import { Entries } from './entries';
import { NewReferral } from './new-referral';

const OVER: readonly Referral['state'][] = ['closed', 'revoked', 'declined'];

function Revoke({ file, referral, onClose }: { file: CaseFile; referral: Referral; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useToast();
  const [reason, setReason] = useState('');
  const command = useCommand(file.id, (body: { reason: string }, header) =>
    answer(
      api.POST('/api/v1/cases/{id}/referrals/{referralId}/revoke', {
        params: { path: { id: file.id, referralId: referral.id }, header },
        body,
      }),
    ),
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    command.mutate(
      { reason: reason.trim() },
      {
        onSuccess: () => {
          say(t('referralMore.revokedNow'));
          onClose();
        },
      },
    );
  };
  return (
    <Dialog title={t('referralMore.revoke')} onClose={onClose}>
      <form onSubmit={submit}>
        <p className="hint">{t('referralMore.revokeHint')}</p>
        <Field label={t('field.reason')}>
          {(ids) => (
            <textarea {...ids} rows={3} required value={reason} onChange={(event) => setReason(event.target.value)} />
          )}
        </Field>
        {command.error && (
          <p className="wrong" role="alert">
            {messageOf(t, command.error)}
          </p>
        )}
        <button type="submit" className="button danger wide" disabled={command.isPending || reason.trim() === ''}>
          {t('referralMore.revoke')}
        </button>
      </form>
    </Dialog>
  );
}

interface Props {
  file: CaseFile;
  journal: readonly JournalEntry[];
  now: number;
}

/** The deadline that the partner has before it, if any. */
function Awaited({ referral, now }: { referral: Referral; now: number }) {
  const { t } = useTranslation();
  const { state, confirmBy, feedbackBy } = referral;
  if (state === 'sent' || state === 'opened')
    return (
      <p>
        {t('referral.confirmBy')} <Due at={Date.parse(confirmBy)} now={now} />
      </p>
    );
  if (state !== 'received' || feedbackBy === null) return null;
  return (
    <p>
      {t('referralMore.feedbackBy')} <Due at={Date.parse(feedbackBy)} now={now} />
    </p>
  );
}

function Row({ referral, file, journal, now }: Props & { referral: Referral }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const { data: partners = [] } = usePartners();
  const [asking, setAsking] = useState(false);
  const story = journal.filter(({ data }) => data['referralId'] === referral.id);
  const name = partners.find(({ id }) => id === referral.partnerId)?.name ?? referral.partnerId;
  return (
    <li className="referral">
      <strong>{name}</strong>{' '}
      <span className={`tag referral-${referral.state}`}>{t(`referral.state.${referral.state}`)}</span>
      <p className="meta">
        {t(`purpose.${referral.purpose}`, { defaultValue: referral.purpose })} ·{' '}
        {dateTime(t, Date.parse(referral.sentAt), now)}
      </p>
      <Awaited referral={referral} now={now} />
      {story.length > 0 && (
        <details className="why">
          <summary>{t('referralMore.story')}</summary>
          <Entries entries={story} file={file} now={now} />
        </details>
      )}
      {may('referral:send') && file.status !== 'closed' && !OVER.includes(referral.state) && (
        <button type="button" className="button small" onClick={() => setAsking(true)}>
          {t('referralMore.revoke')}
          <span className="hidden">{name}</span>
        </button>
      )}
      {asking && <Revoke file={file} referral={referral} onClose={() => setAsking(false)} />}
    </li>
  );
}

export function Referrals({ file, journal, now }: Props) {
  const { t } = useTranslation();
  const { may } = useSession();
  const [open, setOpen] = useState(false);
  return (
    <section className="card" aria-labelledby="case-referrals">
      <h2 id="case-referrals">{t('referral.title')}</h2>
      {file.referrals.length === 0 && <p className="hint">{t('referral.none')}</p>}
      <ul className="plain">
        {file.referrals.map((one) => (
          <Row key={one.id} referral={one} file={file} journal={journal} now={now} />
        ))}
      </ul>
      {may('referral:send') && file.status !== 'closed' && (
        <button type="button" className="button" onClick={() => setOpen(true)}>
          {t('referral.new')}
        </button>
      )}
      {open && <NewReferral file={file} onClose={() => setOpen(false)} />}
    </section>
  );
}
