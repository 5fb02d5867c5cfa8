/** Referrals (转介): to whom, how far and what came back; sending a new one. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePartners } from '../../api/desk-queries';
import { useSession } from '../../api/session';
import type { CaseFile, JournalEntry, Referral } from '../../api/types';
import { dateTime } from '../../lib/time';
import { Due } from '../../ui/bits';
import { Entries } from './entries';
import { NewReferral } from './new-referral';
import { ReferralActions } from './referral-actions';

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
  const { data: partners } = usePartners();
  const story = journal.filter(({ data }) => data['referralId'] === referral.id);
  const name = partners?.find(({ id }) => id === referral.partnerId)?.name ?? (partners ? referral.partnerId : '…');
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
      <ReferralActions file={file} referral={referral} partner={name} />
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
