/** Giving a case to somebody else: take it over (接管), ask a colleague (交接), offer it to another station (移交). */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { pathOf, useCommand } from '../../api/command';
import { useStaff } from '../../api/queries';
import { useSession } from '../../api/session';
import type { CaseFile } from '../../api/types';
import { afterwards } from '../../api/write';
import { Choice, Field } from '../../ui/bits';
import { ReasonForm } from '../../ui/reason-form';
import { useOtherStations } from './stations';

interface PartProps {
  file: CaseFile;
  onDone: (said: string) => void;
}

export function TakeOver({ file, onDone }: PartProps) {
  const { t } = useTranslation();
  const writing = useCommand(file.id, (body: { reason?: string }, header) =>
    answer(api.POST('/api/v1/cases/{id}/take-over', { ...pathOf(file.id, header), body })),
  );
  return (
    <ReasonForm
      {...{ label: t('field.reason'), hint: t('takeOver.hint'), button: t('takeOver.title'), optional: true, writing }}
      onSend={(reason) =>
        afterwards(writing.mutateAsync(reason === '' ? {} : { reason }), () => onDone(t('takeOver.done')))
      }
    />
  );
}

export function HandOver({ file, onDone }: PartProps) {
  const { t } = useTranslation();
  const { me } = useSession();
  const { data: staff = [] } = useStaff();
  const [staffId, setStaffId] = useState('');
  const writing = useCommand(file.id, (body: { staffId: string; note?: string }, header) =>
    answer(api.POST('/api/v1/cases/{id}/hand-over', { ...pathOf(file.id, header), body })),
  );
  const colleagues = staff.filter(
    ({ id, stationId, role }) =>
      stationId === file.stationId && id !== file.assignee && ['social_worker', 'supervisor'].includes(role),
  );
  return (
    <ReasonForm
      {...{ label: t('handOver.note'), hint: t('handOver.hint'), button: t('handOver.send'), optional: true, writing }}
      ready={staffId !== ''}
      onSend={(note) =>
        afterwards(writing.mutateAsync({ staffId, ...(note !== '' && { note }) }), () => onDone(t('handOver.done')))
      }
    >
      <Field label={t('handOver.to')}>
        {(ids) => (
          <select {...ids} name="to" required value={staffId} onChange={(event) => setStaffId(event.target.value)}>
            <option value="">{t('form.choose')}</option>
            {colleagues.map(({ id, name, role }) => (
              <option key={id} value={id}>
                {name} · {t(`role.${role}`)}
                {id === me.staffId && ` · ${t('handOver.me')}`}
              </option>
            ))}
          </select>
        )}
      </Field>
    </ReasonForm>
  );
}

const GROUNDS = ['consent', 'statutory'] as const;

export function OfferTransfer({ file, onDone }: PartProps) {
  const { t } = useTranslation();
  const { data: stations = [] } = useOtherStations(true);
  const [stationId, setStationId] = useState('');
  const [ground, setGround] = useState<(typeof GROUNDS)[number]>();
  const writing = useCommand(
    file.id,
    (body: { stationId: string; ground: (typeof GROUNDS)[number]; reason: string }, header) =>
      answer(api.POST('/api/v1/cases/{id}/transfer', { ...pathOf(file.id, header), body })),
  );
  return (
    <ReasonForm
      {...{ label: t('transfer.reason'), hint: t('transfer.hint'), button: t('transfer.send'), writing }}
      ready={stationId !== '' && ground !== undefined}
      onSend={(reason) => {
        if (ground) afterwards(writing.mutateAsync({ stationId, ground, reason }), () => onDone(t('transfer.done')));
      }}
    >
      <Field label={t('transfer.to')}>
        {(ids) => (
          <select {...ids} name="to" required value={stationId} onChange={(event) => setStationId(event.target.value)}>
            <option value="">{t('form.choose')}</option>
            {stations
              .filter(({ id }) => id !== file.stationId)
              .map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
          </select>
        )}
      </Field>
      <Choice
        legend={t('transfer.ground')}
        name="ground"
        options={GROUNDS.map((value) => ({
          value,
          label: t(`people.ground.${value}`),
          hint: t(`transfer.about.${value}`),
        }))}
        value={ground}
        onChange={setGround}
      />
    </ReasonForm>
  );
}
