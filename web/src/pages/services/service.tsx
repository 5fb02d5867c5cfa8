/** One record (服务记录) with its evidence and the cards of its survey. */
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { answer, api } from '../../api/client';
import { useStaff } from '../../api/queries';
import { useSession } from '../../api/session';
import type { ServiceFile } from '../../api/types';
import { useWrite } from '../../api/write';
import { dateTime } from '../../lib/time';
import { Failed, Field, Loading } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { messageOf } from '../../ui/problem';
import { Evidence } from './evidence';
import { asksFor } from './form';
import { Surveys } from './surveys';

function Withdraw({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const write = useWrite(['service', 'services', 'indicators', 'progress'], (body: { reason: string }, header) =>
    answer(api.POST('/api/v1/services/{id}/withdraw', { body, params: { path: { id }, header } })),
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    write.mutate({ reason: reason.trim() }, { onSuccess: onClose });
  };
  return (
    <Dialog title={t('services.withdraw')} onClose={onClose}>
      <form onSubmit={submit}>
        <p className="hint">{t('services.withdrawHint')}</p>
        <Field label={t('field.reason')}>
          {(ids) => (
            <textarea {...ids} rows={2} required value={reason} onChange={(event) => setReason(event.target.value)} />
          )}
        </Field>
        {write.error && (
          <p className="wrong" role="alert">
            {messageOf(t, write.error)}
          </p>
        )}
        <button type="submit" className="button danger wide" disabled={write.isPending || reason.trim() === ''}>
          {t('services.withdraw')}
        </button>
      </form>
    </Dialog>
  );
}

function Facts({ record }: { record: ServiceFile }) {
  const { t } = useTranslation();
  const staff = useStaff();
  const people = record.childIds.length + record.headCount;
  const facts = [
    ['services.at', dateTime(t, Date.parse(record.at))],
    ['services.length', t('services.minutes', { count: record.minutes })],
    ['services.where', t(`services.place.${record.place}`)],
    ...(people > 0 ? [['services.headCount', t('services.people', { count: people })]] : []),
    ...(record.answers === null
      ? []
      : [['services.answers', t('indicators.answers', { answers: record.answers, satisfied: record.satisfied })]]),
    ['services.who', record.staffIds.map((id) => staff.data?.find((one) => one.id === id)?.name ?? id).join(t('list'))],
    ...(record.note === null ? [] : [['services.note', record.note]]),
  ] as const;
  return (
    <dl className="card service-facts">
      {facts.map(([key = '', words]) => (
        <div key={key}>
          <dt>{t(key)}</dt>
          <dd>{words}</dd>
        </div>
      ))}
    </dl>
  );
}

function Opened({ record }: { record: ServiceFile }) {
  const { t } = useTranslation();
  const { may, me } = useSession();
  const [asking, setAsking] = useState(false);
  const gone = record.withdrawnAt !== null;
  const { children, headCount } = asksFor(record.kind);
  const mine = record.enteredBy === me.staffId && may('service:write');
  return (
    <>
      <h1>
        {t(`services.kind.${record.kind}`)} {record.title}
      </h1>
      {gone && <p className="verdict verdict-bad">{t('services.withdrawn')}</p>}
      <Facts record={record} />
      <Evidence record={record} />
      {(children || headCount) && may('service:write') && !gone && <Surveys serviceId={record.id} />}
      {!gone && (mine || may('service:correct')) && (
        <p>
          <button type="button" className="button" onClick={() => setAsking(true)}>
            {t('services.withdraw')}
          </button>
        </p>
      )}
      {asking && <Withdraw id={record.id} onClose={() => setAsking(false)} />}
    </>
  );
}

export function ServicePage() {
  const { id = '' } = useParams();
  const { t } = useTranslation();
  const found = useQuery({
    queryKey: ['service', id],
    queryFn: () => answer(api.GET('/api/v1/services/{id}', { params: { path: { id } } })),
  });
  return (
    <div className="service-page">
      <p>
        <Link to="/services">{t('services.toCalendar')}</Link>
      </p>
      {found.isPending && <Loading />}
      {found.error && <Failed error={found.error} retry={found.refetch} />}
      {found.data && <Opened record={found.data} />}
    </div>
  );
}
