/** A record on its way (在途): whether the station has it, how many of its photos, and what to do where it did not take it. */
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { arrived, type Post, type Service } from '../../device/posts';
import { dropService, proofsWith } from '../../device/service-posts';
import { usePosts } from '../../ui/posts';
import { RemoveButton } from '../../ui/remove-button';

/** Why the station did not take it, by field where it says so. */
export function Why({ problem }: Pick<Post, 'problem'>) {
  const { t } = useTranslation();
  if (!problem) return null;
  const fields = [...new Set(problem.errors.map(({ path }) => path))];
  const words = fields.map((path) => t(`services.wrong.${path}`, { defaultValue: t('services.wrong.other') }));
  return (
    <p>
      {words.length > 0
        ? words.join(t('list'))
        : t([`problem.type.${problem.type}`, `problem.status.${problem.status}`, 'problem.unexpected'])}
    </p>
  );
}

interface RefusedProps {
  post: Post & Service;
  putRight: (post: Post & Service) => void;
  onGone?: () => void;
}

export function RefusedRecord({ post, putRight, onGone }: RefusedProps) {
  const { t } = useTranslation();
  return (
    <div className="verdict verdict-bad" role="alert">
      <h2>{t('services.refused', { kind: t(`services.kind.${post.body.kind}`) })}</h2>
      <Why problem={post.problem} />
      <div className="actions">
        <button type="button" className="button primary" onClick={() => putRight(post)}>
          {t('services.putRight')}
        </button>
        <RemoveButton onRemove={() => dropService(post.id).then(onGone)} />
      </div>
    </div>
  );
}

/** What was entered here: the post, the kind's word and the number of its photos. */
export interface Made {
  id: string;
  kind: string;
  photos: number;
}

export function OnWay({ made, putRight }: { made: Made; putRight: RefusedProps['putRight'] }) {
  const { t } = useTranslation();
  const posts = usePosts();
  const { id, photos } = made;
  const post = posts.find((one): one is Post & Service => one.id === id && one.kind === 'service');
  const left = proofsWith(posts, id);
  const refused = left.filter(({ state }) => state === 'refused').length;
  const serviceId = arrived.get(id);
  const kind = t(`services.kind.${made.kind}`);
  if (post?.state === 'refused') return <RefusedRecord post={post} putRight={putRight} />;
  if (serviceId === undefined) {
    if (!post) return null;
    return (
      <p className="record-waiting">
        {t('services.kept', { kind })}
        {photos > 0 && ` ${t('services.keptPhotos', { count: left.length })}`}
      </p>
    );
  }
  const waiting = left.length - refused;
  return (
    <p className={left.length === 0 ? 'record-saved' : 'record-waiting'}>
      ✓ {t('services.saved', { kind })} {photos > 0 && left.length === 0 && t('services.photosSent', { count: photos })}
      {waiting > 0 && t('services.photosWaiting', { count: waiting })}
      {refused > 0 && t('services.photosRefused', { count: refused })}{' '}
      <Link to={`/services/${serviceId}`}>{t('services.open')}</Link>
    </p>
  );
}
