import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { Refused } from '../../api/client';
import { useSession } from '../../api/session';
import { readDraft, saveDraft } from '../../device/drafts';
import { remove, type Report } from '../../device/outbox';
import { Ask } from '../../ui/dialog';
import { messageOf } from '../../ui/problem';
import { formOf } from './form';

/** A report that came back: why, and the way to put it right. It stays here until it is sent or written anew. */
export function Wrongs({ report }: { report: Report }) {
  const { t } = useTranslation();
  const { me } = useSession();
  const navigate = useNavigate();
  const { problem } = report;
  const [asking, setAsking] = useState(false);
  const write = async (): Promise<void> => {
    await saveDraft(me.staffId, formOf(report.body));
    await remove(report.id);
    await navigate('/report');
  };
  /** There is one draft of a report: another one's words are not written over unasked. */
  const wanted = async (): Promise<void> => {
    const other = await readDraft(me.staffId).catch(() => undefined);
    if (other) setAsking(true);
    else await write();
  };
  return (
    <div className="verdict verdict-bad" role="alert">
      <h1>{t('outbox.refused')}</h1>
      {problem && <p>{messageOf(t, new Refused(problem.status, problem.type, problem.detail, problem.errors))}</p>}
      <button type="button" className="button primary" onClick={() => void wanted()}>
        {t('outbox.putRight')}
      </button>
      {asking && (
        <Ask
          title={t('outbox.overwrite')}
          yes={t('outbox.overwriteYes')}
          onYes={() => void write()}
          onNo={() => setAsking(false)}
        />
      )}
    </div>
  );
}

export default Wrongs;
