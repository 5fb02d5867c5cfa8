/** What a case would have (推演): choose type, danger and facts, and see every deadline before there is a case. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { CASE_TYPES, type CaseType, type Risk, RISKS, type Trigger, TRIGGERS } from '../../api/types';
import { Failed, Field, Loading, RiskTag } from '../../ui/bits';
import { momentOf } from '../../lib/time';
import { Gantt } from '../../ui/gantt';

export function WhatIf() {
  const { t } = useTranslation();
  const [type, setType] = useState<CaseType>('sexual_abuse');
  const [risk, setRisk] = useState<Risk>();
  const [trigger, setTrigger] = useState<Trigger>();
  const [guardian, setGuardian] = useState(false);
  const [underSix, setUnderSix] = useState(false);
  const [received, setReceived] = useState('');
  const receivedAt = momentOf(received);
  const query = {
    type,
    ...(risk && { risk }),
    ...(trigger && { triggers: trigger }),
    ...(guardian && { guardianIsSuspect: 'true' as const }),
    ...(underSix && { underSix: 'true' as const }),
    ...(receivedAt !== undefined && { receivedAt: new Date(receivedAt).toISOString() }),
  };
  const found = useQuery({
    queryKey: ['what-if', query],
    queryFn: () => answer(api.GET('/api/v1/policies/what-if', { params: { query } })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  return (
    <>
      <div className="what-if">
        <Field label={t('report.type')}>
          {(ids) => (
            <select
              {...ids}
              value={type}
              onChange={(event) => setType(CASE_TYPES.find((one) => one === event.target.value) ?? type)}
            >
              {CASE_TYPES.map((one) => (
                <option key={one} value={one}>
                  {t(`type.${one}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t('report.danger')}>
          {(ids) => (
            <select
              {...ids}
              value={risk ?? ''}
              onChange={(event) => setRisk(RISKS.find((one) => one === event.target.value))}
            >
              <option value="">{t('risk.unsure')}</option>
              {RISKS.map((one) => (
                <option key={one} value={one}>
                  {t(`risk.${one}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t('report.triggers')}>
          {(ids) => (
            <select
              {...ids}
              value={trigger ?? ''}
              onChange={(event) => setTrigger(TRIGGERS.find((one) => one === event.target.value))}
            >
              <option value="">{t('form.none')}</option>
              {TRIGGERS.map((one) => (
                <option key={one} value={one}>
                  {t(`trigger.${one}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t('publish.received')} hint={t('publish.receivedHint')}>
          {(ids) => (
            <input
              {...ids}
              type="datetime-local"
              value={received}
              onChange={(event) => setReceived(event.target.value)}
            />
          )}
        </Field>
        <label className="check">
          <input type="checkbox" checked={guardian} onChange={(event) => setGuardian(event.target.checked)} />
          {t('policy.guardian')}
        </label>
        <label className="check">
          <input type="checkbox" checked={underSix} onChange={(event) => setUnderSix(event.target.checked)} />
          {t('policy.underSix')}
        </label>
      </div>
      {found.isPending && <Loading />}
      {found.error && <Failed error={found.error} retry={found.refetch} />}
      {found.data && (
        <>
          <p>
            <RiskTag risk={found.data.risk} /> {found.data.why}
          </p>
          <Gantt start={Date.parse(found.data.receivedAt)} steps={found.data.steps} />
        </>
      )}
    </>
  );
}
