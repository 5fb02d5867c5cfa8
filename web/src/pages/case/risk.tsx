/** The risk level and how it came to be (危险等级变化). */
import { useTranslation } from 'react-i18next';
import type { CaseFile, JournalEntry } from '../../api/types';
import { RiskTag } from '../../ui/bits';
import { Entries } from './entries';

const KINDS = ['reported', 'risk_set', 'trigger_learnt'];

export function RiskHistory({ file, journal, now }: { file: CaseFile; journal: readonly JournalEntry[]; now: number }) {
  const { t } = useTranslation();
  return (
    <section className="card" aria-labelledby="case-risk">
      <h2 id="case-risk">
        {t('riskHistory.title')} <RiskTag risk={file.risk} />
      </h2>
      <Entries entries={journal.filter(({ kind }) => KINDS.includes(kind))} file={file} now={now} />
    </section>
  );
}
