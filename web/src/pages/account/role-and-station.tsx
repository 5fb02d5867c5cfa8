import { useTranslation } from 'react-i18next';
import { useStations } from '../../api/queries';
import { useSession } from '../../api/session';
import { ROLES, type StaffRole } from '../../api/types';
import { Field } from '../../ui/bits';

/** As what somebody works, and where. */
export function RoleAndStation({
  role,
  stationId,
  onRole,
  onStation,
}: {
  role: StaffRole;
  stationId: string;
  onRole: (role: StaffRole) => void;
  onStation: (id: string) => void;
}) {
  const { t } = useTranslation();
  const { me } = useSession();
  const stations = useStations();
  // A station's own administrator gives no role that sees more than the station.
  const roles = ROLES.filter((one) => me.bureau || !['duty_officer', 'admin'].includes(one));
  return (
    <>
      <Field label={t('account.role')}>
        {(ids) => (
          <select
            {...ids}
            value={role}
            onChange={(event) => onRole(ROLES.find((one) => one === event.target.value) ?? role)}
          >
            {roles.map((one) => (
              <option key={one} value={one}>
                {t(`role.${one}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={t('field.stationId')}>
        {(ids) => (
          <select {...ids} required value={stationId} onChange={(event) => onStation(event.target.value)}>
            <option value="">{t('form.choose')}</option>
            {stations.data?.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
        )}
      </Field>
    </>
  );
}
