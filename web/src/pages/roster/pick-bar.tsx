/** What was picked on the calendar, and what can be done with it: exchange two, put somebody else there, enter leave. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { useSession } from '../../api/session';
import type { DutyRole, DutyShift } from '../../api/types';
import { useWrite } from '../../api/write';
import { dateTime } from '../../lib/time';
import { messageOf } from '../../ui/problem';
import { useToast } from '../../ui/toast';
import { LeaveForm, OverrideForm } from './forms';
import { keyOf, swapOf, whyNot, whyNotPair } from './picks';
import { ROSTER_READS } from './reads';

interface Props {
  picked: readonly DutyShift[];
  edits: boolean;
  role: DutyRole;
  station: string;
  now: number;
  onDone: () => void;
}

function Picked({ shift }: { shift: DutyShift }) {
  const { t } = useTranslation();
  return (
    <span className="picked">
      <strong>{shift.name}</strong> {dateTime(t, Date.parse(shift.from))} – {dateTime(t, Date.parse(shift.until))}
      <span className="meta">{shift.reason}</span>
    </span>
  );
}

export function PickBar({ picked, edits, role, station, now, onDone }: Props) {
  const { t } = useTranslation();
  const { me, may } = useSession();
  const say = useToast();
  const [form, setForm] = useState<'leave' | 'override'>();
  const swap = useWrite(ROSTER_READS, (body: NonNullable<ReturnType<typeof swapOf>>, header) =>
    answer(api.POST('/api/v1/roster/swaps', { body, params: { header } })),
  );
  const [one, other] = picked;
  if (!one) return null;
  const who = { staffId: me.staffId, edits, now };
  const no = other ? whyNotPair(one, other, who) : whyNot(one, who);
  // One's own shift is asked for, whoever one is: the other person agrees.
  const atOnce = edits && picked.every(({ staffId }) => staffId !== me.staffId);
  const body = other && !no ? swapOf(one, other, me.staffId) : undefined;
  const send = (): void => {
    if (!body) return;
    swap.mutate(body, {
      onSuccess: ({ state }) => {
        say(t(state === 'accepted' ? 'roster.swapped' : 'roster.asked'));
        onDone();
      },
      onError: (error) => say(messageOf(t, error), 'bad'),
    });
  };
  return (
    <section className="pick-bar" aria-label={t('roster.picked')}>
      <div className="pick-words">
        <Picked shift={one} />
        {other && <span aria-label={t('roster.for')}>⇄</span>}
        {other && <Picked key={keyOf(other)} shift={other} />}
      </div>
      {may('roster:swap') && (
        <p role="status">
          {no ? t(`roster.no.${no}`) : other ? t(atOnce ? 'roster.atOnce' : 'roster.willAsk') : t('roster.pickAnother')}
        </p>
      )}
      <div className="actions">
        {body && may('roster:swap') && (
          <button type="button" className="button primary" disabled={swap.isPending} onClick={send}>
            {t(atOnce ? 'roster.swap' : 'roster.askSwap')}
          </button>
        )}
        {edits && !other && Date.parse(one.until) > now && (
          <>
            <button type="button" className="button" onClick={() => setForm('override')}>
              {t('roster.override')}
            </button>
            <button type="button" className="button" onClick={() => setForm('leave')}>
              {t('roster.leave')}
            </button>
          </>
        )}
        <button type="button" className="text-button" onClick={onDone}>
          {t('roster.drop')}
        </button>
      </div>
      {form === 'leave' && (
        <LeaveForm station={station} shift={one} onClose={() => setForm(undefined)} onDone={onDone} />
      )}
      {form === 'override' && (
        <OverrideForm station={station} role={role} shift={one} onClose={() => setForm(undefined)} onDone={onDone} />
      )}
    </section>
  );
}
