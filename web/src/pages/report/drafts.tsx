/** Drafts on this device (草稿): gone on with, or taken away. What a session's end has left behind is shown to be copied. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useSession } from '../../api/session';
import { type Draft, dropDraft, pageOfDraft, readDrafts } from '../../device/drafts';
import { type Rest, useDraftNames } from '../../device/rest';
import { dateTime } from '../../lib/time';
import { RemoveButton } from '../../ui/remove-button';

/** A visit carries its case's number. */
function About({ draft: { name, value } }: { draft: Draft }) {
  const { t } = useTranslation();
  const kind = name.split('/')[0] ?? '';
  const number = (value as { item?: { number: string } }).item?.number;
  return (
    <strong>
      {t(`drafts.${kind}`)}
      {number && ` · ${number}`}
    </strong>
  );
}

function Words({ rest: { title, fields } }: { rest: Rest }) {
  return (
    <>
      <p>{title}</p>
      <dl>
        {fields.map(({ label, text }) => (
          <div key={`${label}/${text}`}>
            <dt className="meta">{label}</dt>
            <dd className="story">{text}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

export function Drafts() {
  const { t } = useTranslation();
  const { me } = useSession();
  const names = useDraftNames();
  const [drafts, setDrafts] = useState<Draft[]>([]);
  useEffect(() => {
    let left = false;
    readDrafts(me.staffId).then(
      (found) => !left && setDrafts(found),
      (error: unknown) => console.error('the drafts cannot be read', error),
    );
    return () => {
      left = true;
    };
  }, [me.staffId, names]);
  if (drafts.length === 0) return null;
  return (
    <section aria-labelledby="drafts">
      <h2 id="drafts">{t('drafts.title')}</h2>
      <ul className="plain">
        {drafts.map((draft) => {
          const page = pageOfDraft(draft.name);
          return (
            <li key={draft.name} className="card">
              <p>
                <About draft={draft} /> · {dateTime(t, draft.savedAt)}
              </p>
              {page === undefined && <Words rest={draft.value as Rest} />}
              <div className="actions">
                <RemoveButton onRemove={() => dropDraft(me.staffId, draft.name)} />
                {page !== undefined && (
                  <Link className="button primary" to={page}>
                    {t('drafts.goOn')}
                  </Link>
                )}
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
