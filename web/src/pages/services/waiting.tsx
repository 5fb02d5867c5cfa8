/** Service records and their photos that are still on this device, in the list of everything that is. */
import '../../styles/desk.css';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { type Post, removePost } from '../../device/posts';
import { isProof, proofsWith } from '../../device/service-posts';
import { dateTime } from '../../lib/time';
import { RemoveButton } from '../../ui/remove-button';
import { RefusedRecord, Why } from './on-way';

export function ServicesOnDevice({ posts }: { posts: readonly Post[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const records = posts.filter((one) => one.kind === 'service');
  // Photos whose record has left the device; the others stand with their record.
  const alone = posts.filter(isProof).filter(({ of }) => !records.some(({ id }) => id === of));
  return (
    <>
      {records.map((one) => {
        const photos = proofsWith(posts, one.id).length;
        return (
          <li key={one.id} className="card">
            <p>
              <strong>
                {t('services.one')} · {t(`services.kind.${one.body.kind}`)}
              </strong>{' '}
              · {dateTime(t, one.savedAt)}
              {photos > 0 && ` · ${t('services.photos', { count: photos })}`}
            </p>
            {one.state === 'waiting' ? (
              <p className="due-soon">{t('posts.waiting')}</p>
            ) : (
              <RefusedRecord
                post={one}
                putRight={({ id }) => void navigate('/services/new', { state: { again: id } })}
              />
            )}
          </li>
        );
      })}
      {alone.map((one) => (
        <li key={one.id} className="card">
          <p>
            <strong>{t('services.evidence')}</strong> · {dateTime(t, one.savedAt)}
          </p>
          {one.state === 'waiting' ? (
            <p className="due-soon">{t('posts.waiting')}</p>
          ) : (
            <div className="verdict verdict-bad" role="alert">
              <h2>{t('posts.refused')}</h2>
              <Why problem={one.problem} />
              <RemoveButton onRemove={() => removePost(one.id)} />
            </div>
          )}
        </li>
      ))}
    </>
  );
}
