/**
 * Who is on duty now (当前值班), on every page; a duty that nobody has stands there in red. Its room is kept from the beginning,
 * so that nothing moves under a finger when the names come.
 */
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useOnDuty } from '../api/queries';
import { useSession } from '../api/session';

export function OnDutyLine() {
  const { t } = useTranslation();
  const { me, may } = useSession();
  // Whoever has every station before them would get all of them: their own is the bureau's.
  const wide = me.role !== 'social_worker' && me.role !== 'supervisor';
  const { data, isLoading } = useOnDuty(wide ? me.stationId : undefined, may('roster:read'));
  if (isLoading) return <div className="on-duty" aria-hidden="true" />;
  if (!data || data.items.length === 0) return null;
  return (
    <Link to="/roster" className="on-duty">
      <strong>{t('onDuty.label')}</strong>
      {data.items.map(({ stationId, role, people }) => (
        <span key={`${stationId}/${role}`} className={people.length === 0 ? 'on-duty-none' : undefined}>
          <span className="on-duty-role">{t(`rung.${role}`)}</span>{' '}
          {people.length === 0 ? t('onDuty.nobody') : people.map(({ name }) => name).join(t('list'))}
        </span>
      ))}
    </Link>
  );
}
