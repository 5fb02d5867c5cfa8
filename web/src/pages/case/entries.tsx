/** Entries of the journal in words: what an entry says is put together from its codes; notes are quoted. */
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { usePartners } from '../../api/desk-queries';
import { useStaff } from '../../api/queries';
import type { CaseFile, JournalEntry } from '../../api/types';
import { dateTime } from '../../lib/time';
import { stepName } from '../../ui/step-name';

interface Names {
  staff: ReadonlyMap<string, string>;
  partners: ReadonlyMap<string, string>;
}

/** Codes of an entry as words; times by Beijing's clock. */
function wordsOf(t: TFunction, { data }: JournalEntry, file: CaseFile, names: Names): Record<string, string> {
  const text = (key: string): string => (typeof data[key] === 'string' ? data[key] : '');
  const time = (key: string): string => (text(key) === '' ? '' : dateTime(t, Date.parse(text(key))));
  const step = file.steps.find(({ id }) => id === text('stepId'));
  const referral = file.referrals.find(({ id }) => id === text('referralId'));
  const partnerId = text('partnerId') || (referral?.partnerId ?? '');
  const risk = (key: string): string => t(`risk.${text(key)}`, { defaultValue: text(key) });
  return {
    step: step ? stepName(t, step) : text('stepId').replace(/-\d+$/, ''),
    due: time('dueAt'),
    until: time('until'),
    from: /^\d{4}-/.test(text('from')) ? time('from') : risk('from'),
    to: /^\d{4}-/.test(text('to')) ? time('to') : risk('to'),
    by: time('confirmBy'),
    staff: names.staff.get(text('staffId')) ?? text('staffId'),
    partner: names.partners.get(partnerId) ?? partnerId,
    purpose: t(`purpose.${text('purpose')}`, { defaultValue: '' }),
    outcome: t(`outcome.${text('outcome')}`, { defaultValue: text('outcome') }),
    type: t(`type.${text('type')}`, { defaultValue: '' }),
    risk: risk('risk'),
    trigger: t(`trigger.${text('trigger')}`, { defaultValue: text('trigger') }),
    event: t(`event.${text('event')}`, { defaultValue: text('event') }),
    via: t(`via.${text('via')}`, { defaultValue: text('via') }),
    code: text('code'),
    number: text('number'),
    link: t(`link.${text('link')}`, { defaultValue: text('link') }),
    why: t(`why.${text('why')}`, { defaultValue: text('why') }),
    round: typeof data['round'] === 'number' ? String(data['round']) : '',
    rung: typeof data['rung'] === 'number' ? String(data['rung'] + 1) : '',
  };
}

/** One entry: when, who, what, and what they wrote. */
export function Entries({ entries, file, now }: { entries: readonly JournalEntry[]; file: CaseFile; now: number }) {
  const { t } = useTranslation();
  const { data: staff = [] } = useStaff();
  const { data: partners = [] } = usePartners();
  const names = {
    staff: new Map(staff.map(({ id, name }) => [id, name])),
    partners: new Map(partners.map(({ id, name }) => [id, name])),
  };
  return (
    <ol className="journal" reversed>
      {entries.toReversed().map((entry) => (
        <li key={entry.seq} className={`entry entry-${entry.kind}`}>
          <span className="entry-at">{dateTime(t, Date.parse(entry.at), now)}</span>
          <span className="entry-text">
            {entry.actor.kind !== 'system' && <strong>{entry.actor.name ?? entry.actor.id} </strong>}
            {t(`journal.${entry.kind}`, { ...wordsOf(t, entry, file, names), defaultValue: entry.kind })}
            {entry.note && <q>{entry.note}</q>}
          </span>
        </li>
      ))}
    </ol>
  );
}
