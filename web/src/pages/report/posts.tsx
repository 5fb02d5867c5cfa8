/** Visits, service records and photos that are still on this device. */
import { useTranslation } from 'react-i18next';
import { Refused } from '../../api/client';
import { removePost } from '../../device/posts';
import { dateTime } from '../../lib/time';
import { RemoveButton } from '../../ui/remove-button';
import { messageOf } from '../../ui/problem';
import { usePosts } from '../../ui/posts';
import { ServicesOnDevice } from '../services/waiting';

export function PostsOnDevice() {
  const { t } = useTranslation();
  const posts = usePosts();
  const ofCases = posts.filter((one) => one.caseId !== undefined);
  return (
    <>
      {ofCases.map((one) => (
        <li key={one.id} className="card">
          <p>
            <strong>
              {t(`posts.${one.kind}`)} · {one.number}
            </strong>{' '}
            · {dateTime(t, one.savedAt)}
          </p>
          {one.state === 'waiting' && <p className="due-soon">{t('posts.waiting')}</p>}
          {one.problem && (
            <div className="verdict verdict-bad" role="alert">
              <h2>{t('posts.refused')}</h2>
              <p>
                {messageOf(
                  t,
                  new Refused(one.problem.status, one.problem.type, one.problem.detail, one.problem.errors),
                )}
              </p>
              {one.kind === 'visit' && <p className="story">{one.note}</p>}
              <RemoveButton onRemove={() => removePost(one.id)} />
            </div>
          )}
        </li>
      ))}
      <ServicesOnDevice posts={posts} />
    </>
  );
}
