/** Leave (请假) and overrides (改派、加派), entered for the shift that was picked. */
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { useStaff } from '../../api/queries';
import type { DutyRole, DutyShift } from '../../api/types';
import { useWrite } from '../../api/write';
import { inputValue, momentOf } from '../../lib/time';
import { Field } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { messageOf } from '../../ui/problem';
import { useToast } from '../../ui/toast';
import { ROSTER_READS } from './reads';

const STAFF_ROLE: Record<DutyRole, string> = {
  worker: 'social_worker',
  supervisor: 'supervisor',
  duty_officer: 'duty_officer',
};
const EVERYBODY = '*';

interface FormProps {
  station: string;
  shift: DutyShift;
  onClose: () => void;
  onDone: () => void;
}

/** From when to when, by a Beijing clock; begins as the shift does. */
function useSpan(shift: DutyShift) {
  const begin = Math.max(Date.parse(shift.from), Date.now());
  const [from, setFrom] = useState(inputValue(begin));
  const [until, setUntil] = useState(inputValue(Date.parse(shift.until)));
  const moments = { from: momentOf(from), until: momentOf(until) };
  const wrong = moments.from === undefined || moments.until === undefined || moments.from >= moments.until;
  const iso = (ms: number | undefined): string => new Date(ms ?? 0).toISOString();
  return { from, setFrom, until, setUntil, wrong, span: { from: iso(moments.from), until: iso(moments.until) } };
}

function SpanFields({ from, setFrom, until, setUntil, wrong }: ReturnType<typeof useSpan>) {
  const { t } = useTranslation();
  return (
    <div className="two">
      <Field label={t('roster.from')}>
        {(ids) => (
          <input
            {...ids}
            type="datetime-local"
            required
            value={from}
            onChange={(event) => setFrom(event.target.value)}
          />
        )}
      </Field>
      <Field label={t('roster.until')} wrong={wrong ? t('roster.order') : undefined}>
        {(ids) => (
          <input
            {...ids}
            type="datetime-local"
            required
            value={until}
            onChange={(event) => setUntil(event.target.value)}
          />
        )}
      </Field>
    </div>
  );
}

/** What both forms share: sending once, saying how it went, and closing. */
function useSending<V>(
  send: (body: V, header: { 'Idempotency-Key': string }) => Promise<unknown>,
  { onClose, onDone }: FormProps,
) {
  const { t } = useTranslation();
  const say = useToast();
  const write = useWrite(ROSTER_READS, send);
  const submit = (event: FormEvent, body: V): void => {
    event.preventDefault();
    write.mutate(body, {
      onSuccess: () => {
        say(t('roster.saved'));
        onClose();
        onDone();
      },
      onError: (error) => say(messageOf(t, error), 'bad'),
    });
  };
  return { submit, busy: write.isPending };
}

function Save({ busy, wrong }: { busy: boolean; wrong: boolean }) {
  const { t } = useTranslation();
  return (
    <button type="submit" className="button primary" disabled={busy || wrong}>
      {t(busy ? 'state.busy' : 'roster.save')}
    </button>
  );
}

export function LeaveForm(props: FormProps) {
  const { t } = useTranslation();
  const span = useSpan(props.shift);
  const { submit, busy } = useSending(
    (body: { staffId: string; from: string; until: string }, header) =>
      answer(api.POST('/api/v1/roster/leaves', { body, params: { header } })),
    props,
  );
  return (
    <Dialog title={t('roster.leaveOf', { name: props.shift.name })} onClose={props.onClose}>
      <form onSubmit={(event) => submit(event, { staffId: props.shift.staffId, ...span.span })}>
        <p>{t('roster.leaveHint')}</p>
        <SpanFields {...span} />
        <Save busy={busy} wrong={span.wrong} />
      </form>
    </Dialog>
  );
}

export function OverrideForm(props: FormProps & { role: DutyRole }) {
  const { t } = useTranslation();
  const { station, role, shift } = props;
  const span = useSpan(shift);
  const staff = useStaff();
  const fitting = (staff.data ?? []).filter((one) => one.stationId === station && one.role === STAFF_ROLE[role]);
  const [staffId, setStaff] = useState('');
  const [replaces, setReplaces] = useState<string>(shift.staffId);
  const { submit, busy } = useSending(
    (
      body: { stationId: string; role: DutyRole; staffId: string; from: string; until: string; replaces?: string },
      header,
    ) => answer(api.POST('/api/v1/roster/overrides', { body, params: { header } })),
    props,
  );
  const body = { stationId: station, role, staffId, ...span.span, ...(replaces !== '' && { replaces }) };
  return (
    <Dialog title={t('roster.override')} onClose={props.onClose}>
      <form onSubmit={(event) => submit(event, body)}>
        <Field label={t('roster.who')}>
          {(ids) => (
            <select {...ids} required value={staffId} onChange={(event) => setStaff(event.target.value)}>
              <option value="">{t('form.choose')}</option>
              {fitting.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t('roster.instead')}>
          {(ids) => (
            <select {...ids} value={replaces} onChange={(event) => setReplaces(event.target.value)}>
              <option value={shift.staffId}>{shift.name}</option>
              <option value={EVERYBODY}>{t('roster.everybody')}</option>
              <option value="">{t('roster.aswell')}</option>
            </select>
          )}
        </Field>
        <SpanFields {...span} />
        <Save busy={busy} wrong={span.wrong || staffId === ''} />
      </form>
    </Dialog>
  );
}
