/** Standing in (代管): all cases of who is away go to a colleague, and come back by themselves. Said before it is done. */
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { useStaff } from '../../api/queries';
import { useSession } from '../../api/session';
import type { CoverMade } from '../../api/types';
import { useWrite } from '../../api/write';
import { DAY, dateTime, inputValue, momentOf } from '../../lib/time';
import { Empty, Field } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { messageOf } from '../../ui/problem';
import { Wrong } from '../../ui/reason-form';
import { useToast } from '../../ui/toast';

interface Asked {
  staffId: string;
  byId: string;
  until?: string;
  leaveId?: string;
  preview?: boolean;
}

/** What would move, before anything does. */
function Preview({ made, of, by }: { made: CoverMade; of: string; by: string }) {
  const { t } = useTranslation();
  return (
    <div role="status">
      {made.warnings.includes('by_is_away') && <p className="due-soon">{t('cover.byAway', { by })}</p>}
      {made.warnings.includes('no_cases') ? (
        <p>{t('cover.noCases', { of })}</p>
      ) : (
        <p>{t('cover.moves', { count: made.cases.filter(({ stays }) => stays === null).length, by })}</p>
      )}
      <ul>
        {made.cases.map((one) => (
          <li key={one.caseId}>
            {one.number}{' '}
            <span className="meta">
              {one.stays === null
                ? t('cover.steps', { count: one.steps.length })
                : t('cover.stays', { why: t(`problem.type.${kebab(one.stays)}`, { defaultValue: '' }) })}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** `CoverPending`, or the last part of a problem's type, as the words' file names it. */
const kebab = (name: string): string =>
  (name.split(':').at(-1) ?? '').replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

function Arrange({ station, onClose }: { station: string; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useToast();
  const { data: staff = [] } = useStaff();
  const leaves = useQuery({ queryKey: ['leaves'], queryFn: () => answer(api.GET('/api/v1/roster/leaves')) });
  const here = staff.filter(
    ({ stationId, role }) => stationId === station && ['social_worker', 'supervisor'].includes(role),
  );
  const [staffId, setStaffId] = useState('');
  const [byId, setById] = useState('');
  const [leaveId, setLeaveId] = useState('');
  const [until, setUntil] = useState(() => inputValue(Date.now() + 7 * DAY));
  const [seen, setSeen] = useState<CoverMade>();
  const writing = useWrite(['covers', 'cases', 'work'], (body: Asked, header) =>
    answer(api.POST('/api/v1/covers', { params: { header }, body })),
  );
  const nameOf = (id: string): string => staff.find((one) => one.id === id)?.name ?? id;
  const own = (leaves.data?.items ?? []).filter((one) => one.staffId === staffId);
  /** Whatever is chosen anew is looked at anew. */
  const choose = (set: () => void): void => {
    set();
    setSeen(undefined);
  };
  const span = leaveId === '' ? { until: `${until}:00+08:00` } : { leaveId };
  const ready = staffId !== '' && byId !== '' && staffId !== byId && (leaveId !== '' || momentOf(until) !== undefined);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!ready) return;
    const body = { staffId, byId, ...span };
    if (!seen) return writing.mutate({ ...body, preview: true }, { onSuccess: setSeen });
    writing.mutate(body, {
      onSuccess: () => {
        say(t('cover.done'));
        onClose();
      },
    });
  };
  const person = (label: string, name: string, value: string, set: (id: string) => void, but: string) => (
    <Field label={label}>
      {(ids) => (
        <select {...ids} name={name} required value={value} onChange={(event) => choose(() => set(event.target.value))}>
          <option value="">{t('form.choose')}</option>
          {here
            .filter(({ id }) => id !== but)
            .map(({ id, name: words }) => (
              <option key={id} value={id}>
                {words}
              </option>
            ))}
        </select>
      )}
    </Field>
  );
  return (
    <Dialog title={t('cover.new')} onClose={onClose}>
      <form onSubmit={submit}>
        {person(t('cover.who'), 'who', staffId, setStaffId, byId)}
        {person(t('cover.by'), 'by', byId, setById, staffId)}
        {own.length > 0 && (
          <Field label={t('cover.leave')} optional>
            {(ids) => (
              <select {...ids} value={leaveId} onChange={(event) => choose(() => setLeaveId(event.target.value))}>
                <option value="">{t('cover.pickTime')}</option>
                {own.map((one) => (
                  <option key={one.id} value={one.id}>
                    {dateTime(t, Date.parse(one.from))} – {dateTime(t, Date.parse(one.until))}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
        {leaveId === '' && (
          <Field label={t('cover.until')}>
            {(ids) => (
              <input
                {...ids}
                type="datetime-local"
                required
                value={until}
                onChange={(event) => choose(() => setUntil(event.target.value))}
              />
            )}
          </Field>
        )}
        {seen && <Preview made={seen} of={nameOf(staffId)} by={nameOf(byId)} />}
        <Wrong error={writing.error} />
        <button type="submit" className="button primary wide" disabled={writing.isPending || !ready}>
          {t(seen ? 'cover.do' : 'cover.look')}
        </button>
      </form>
    </Dialog>
  );
}

export function Covers({ station }: { station: string }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const say = useToast();
  const { data: staff = [] } = useStaff();
  const [open, setOpen] = useState(false);
  const covers = useQuery({ queryKey: ['covers'], queryFn: () => answer(api.GET('/api/v1/covers')) });
  const end = useWrite(['covers', 'cases', 'work'], (id: string, header) =>
    answer(api.POST('/api/v1/covers/{id}/end', { params: { path: { id }, header }, body: {} })),
  );
  const nameOf = (id: string): string => staff.find((one) => one.id === id)?.name ?? id;
  const here = (covers.data?.items ?? []).filter((one) => one.stationId === station);
  return (
    <section className="card" aria-labelledby="roster-covers">
      <h2 id="roster-covers">{t('cover.title')}</h2>
      {here.length === 0 && <Empty>{t('cover.none')}</Empty>}
      <ul className="plain roster-list">
        {here.map((one) => (
          <li key={one.id}>
            <span>
              <strong>
                {nameOf(one.byId)} ← {nameOf(one.staffId)}
              </strong>
              <span className="meta">
                {dateTime(t, Date.parse(one.from))} – {dateTime(t, Date.parse(one.until))}
              </span>
            </span>
            {may('case:approve') && (
              <button
                type="button"
                className="button small"
                disabled={end.isPending}
                onClick={() => end.mutate(one.id, { onError: (error) => say(messageOf(t, error), 'bad') })}
              >
                {t('cover.end')}
                <span className="hidden">{nameOf(one.staffId)}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
      {may('case:approve') && (
        <button type="button" className="button" onClick={() => setOpen(true)}>
          {t('cover.new')}
        </button>
      )}
      {open && <Arrange station={station} onClose={() => setOpen(false)} />}
    </section>
  );
}
