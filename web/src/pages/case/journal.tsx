/** The journal in words (案卷日志), newest first. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CaseFile, JournalEntry } from '../../api/types';
import { Entries } from './entries';

/** Entries that come in great numbers once a case is late; shown on demand. */
const MANY = ['rung_told', 'further_channel', 'step_due_soon', 'deadline_moved'];

export function Journal({ entries, file, now }: { entries: readonly JournalEntry[]; file: CaseFile; now: number }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const told = entries.filter(({ kind }) => kind !== 'step_planned' && (all || !MANY.includes(kind)));
  return (
    <>
      <label className="check no-print">
        <input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} />
        {t('case.allEntries')}
      </label>
      <Entries entries={told} file={file} now={now} />
    </>
  );
}
