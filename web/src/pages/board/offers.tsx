/** Cases between stations (移交): offered to us, with why, to be accepted or not; offered by us; and those that left. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { answer, api } from '../../api/client';
import { useStaff } from '../../api/queries';
import { useSession } from '../../api/session';
import type { TransferItem } from '../../api/types';
import { afterwards, useWrite } from '../../api/write';
import { dateTime } from '../../lib/time';
import { Due, Empty, Failed, Field, Loading, RiskTag } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { ReasonForm, Wrong } from '../../ui/reason-form';
import { useToast } from '../../ui/toast';
import { Count, Unread } from './unread';

type Way = 'in' | 'out' | 'past';
const READS = ['transfers', 'cases', 'work'] as const;

/** The reason is opened with it, which is on the record: read again only when the stream says that it changed. */
const useTransfers = (way: Way, enabled = true) =>
  useQuery({
    queryKey: ['transfers', way],
    queryFn: async () => (await answer(api.GET('/api/v1/transfers', { params: { query: { way } } }))).items,
    ...{ staleTime: 300_000, refetchOnWindowFocus: false },
    enabled,
  });

/** The offer that is before one's eyes, and no later one. */
const thatOffer = ({ askedAt }: TransferItem): { askedAt?: string } => (askedAt === null ? {} : { askedAt });

function Accept({ one, onDone }: { one: TransferItem; onDone: () => void }) {
  const { t } = useTranslation();
  const { data: staff = [] } = useStaff();
  const [staffId, setStaffId] = useState('');
  const writing = useWrite(READS, (body: { staffId?: string; askedAt?: string }, header) =>
    answer(api.POST('/api/v1/cases/{id}/transfer/accept', { params: { path: { id: one.caseId }, header }, body })),
  );
  const ours = staff.filter(
    ({ stationId, role }) => stationId === one.toStationId && ['social_worker', 'supervisor'].includes(role),
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        afterwards(writing.mutateAsync({ ...thatOffer(one), ...(staffId !== '' && { staffId }) }), onDone);
      }}
    >
      <Field label={t('offers.to')}>
        {(ids) => (
          <select {...ids} name="to" value={staffId} onChange={(event) => setStaffId(event.target.value)}>
            <option value="">{t('offers.onDuty')}</option>
            {ours.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Wrong error={writing.error} />
      <button type="submit" className="button primary wide" disabled={writing.isPending}>
        {t('offers.accept')}
      </button>
    </form>
  );
}

function Decline({ one, onDone }: { one: TransferItem; onDone: () => void }) {
  const { t } = useTranslation();
  const writing = useWrite(READS, (body: { reason: string; askedAt?: string }, header) =>
    answer(api.POST('/api/v1/cases/{id}/transfer/decline', { params: { path: { id: one.caseId }, header }, body })),
  );
  return (
    <ReasonForm
      {...{ label: t('field.reason'), button: t('offers.decline'), writing }}
      onSend={(reason) => afterwards(writing.mutateAsync({ reason, ...thatOffer(one) }), onDone)}
    />
  );
}

function Offered({ one, now }: { one: TransferItem; now: number }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const say = useToast();
  const [open, setOpen] = useState<'accept' | 'decline'>();
  const done = (): void => {
    setOpen(undefined);
    say(t(open === 'accept' ? 'offers.accepted' : 'offers.declined'));
  };
  return (
    <li className="approval offer">
      <p className="case-line">
        <RiskTag risk={one.risk} />
        <strong>
          {one.number} · {t(`type.${one.type}`)}
        </strong>
      </p>
      <p className="meta">
        {t('offers.from', { name: one.stationName })}
        {one.ground && ` · ${t(`people.ground.${one.ground}`)}`}
      </p>
      {one.reason && <p className="story">{one.reason}</p>}
      {one.acceptBy && (
        <p>
          <Due at={Date.parse(one.acceptBy)} now={now} />
        </p>
      )}
      {may('case:approve') && (
        <div className="actions">
          <button type="button" className="button small" onClick={() => setOpen('accept')}>
            {t('offers.accept')}
            <span className="hidden">{one.number}</span>
          </button>
          <button type="button" className="button small" onClick={() => setOpen('decline')}>
            {t('offers.decline')}
            <span className="hidden">{one.number}</span>
          </button>
        </div>
      )}
      {open && (
        <Dialog title={`${one.number} · ${t(`offers.${open}`)}`} onClose={() => setOpen(undefined)}>
          {open === 'accept' ? <Accept one={one} onDone={done} /> : <Decline one={one} onDone={done} />}
        </Dialog>
      )}
    </li>
  );
}

/** Read when somebody unfolds it. */
function Past() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const { data, error, isPending, refetch } = useTransfers('past', open);
  return (
    <details className="why" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('offers.past')}</summary>
      {open && isPending && <Loading />}
      {error && <Failed error={error} retry={refetch} />}
      <ul className="plain">
        {data?.map((one) => (
          <li key={one.caseId}>
            <Link to={`/cases/${one.caseId}`}>{one.number}</Link>{' '}
            {one.leftAt && (
              <span className="meta">{t('offers.leftAt', { at: dateTime(t, Date.parse(one.leftAt)) })}</span>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}

export function BoardOffers({ now }: { now: number }) {
  const { t } = useTranslation();
  const coming = useTransfers('in');
  const going = useTransfers('out');
  return (
    <section className="card" aria-labelledby="board-offers">
      <h2 id="board-offers">
        {t('offers.title')} <Count of={coming.data} />
      </h2>
      <Unread query={coming} />
      {coming.data?.length === 0 && <Empty>{t('offers.none')}</Empty>}
      <ul className="plain">
        {coming.data?.map((one) => (
          <Offered key={one.caseId} one={one} now={now} />
        ))}
        {going.data?.map((one) => (
          <li key={one.caseId} className="approval">
            <Link to={`/cases/${one.caseId}`}>{one.number}</Link>{' '}
            <span className="meta">{t('offers.out', { name: one.toStationName ?? one.toStationId })}</span>{' '}
            {one.acceptBy && <Due at={Date.parse(one.acceptBy)} now={now} />}
          </li>
        ))}
      </ul>
      <Past />
    </section>
  );
}
