/** What can be done to the case as a whole: assign, grade anew, ask to close, open again. */
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { useCommand } from '../../api/command';
import { useStaff } from '../../api/queries';
import { useSession } from '../../api/session';
import { type CaseFile, type Risk, RISKS } from '../../api/types';
import { afterwards } from '../../api/write';
import { Choice, Field } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { Wrong } from '../../ui/reason-form';
import { useToast } from '../../ui/toast';
import { HandOver, OfferTransfer, TakeOver } from './people-actions';

interface PartProps {
  file: CaseFile;
  onDone: (said: string) => void;
}

export function Assign({
  file,
  onDone,
}: {
  file: Pick<CaseFile, 'id' | 'stationId' | 'assignee'>;
  onDone: PartProps['onDone'];
}) {
  const { t } = useTranslation();
  const { me } = useSession();
  const { data: staff = [] } = useStaff();
  const here = staff.filter(
    ({ stationId, role }) => stationId === file.stationId && ['social_worker', 'supervisor'].includes(role),
  );
  const [staffId, setStaffId] = useState(file.assignee ?? (here.some(({ id }) => id === me.staffId) ? me.staffId : ''));
  const command = useCommand(file.id, (body: { staffId: string }, header) =>
    answer(api.POST('/api/v1/cases/{id}/assign', { params: { path: { id: file.id }, header }, body })),
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    afterwards(command.mutateAsync({ staffId }), () => onDone(t('assign.done')));
  };
  return (
    <form onSubmit={submit}>
      <Field label={t('assign.to')}>
        {(ids) => (
          <select {...ids} required value={staffId} onChange={(event) => setStaffId(event.target.value)}>
            <option value="">{t('form.choose')}</option>
            {here.map(({ id, name, role }) => (
              <option key={id} value={id}>
                {name} · {t(`role.${role}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Wrong error={command.error} />
      <button type="submit" className="button primary wide" disabled={command.isPending || staffId === ''}>
        {t('assign.title')}
      </button>
    </form>
  );
}

function Regrade({ file, onDone }: PartProps) {
  const { t } = useTranslation();
  const [risk, setRisk] = useState<Risk>(file.risk);
  const [reason, setReason] = useState('');
  const command = useCommand(file.id, (body: { risk: Risk; reason: string }, header) =>
    answer(api.POST('/api/v1/cases/{id}/risk', { params: { path: { id: file.id }, header }, body })),
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    afterwards(command.mutateAsync({ risk, reason: reason.trim() }), () => onDone(t('regrade.done')));
  };
  return (
    <form onSubmit={submit}>
      <Choice
        legend={t('report.danger')}
        name="regrade"
        options={RISKS.map((value) => ({ value, label: t(`risk.${value}`), className: `risk-${value}` }))}
        value={risk}
        onChange={setRisk}
      />
      <p className="hint">{t('regrade.hint')}</p>
      <Field label={t('field.reason')}>
        {(ids) => (
          <textarea {...ids} rows={3} required value={reason} onChange={(event) => setReason(event.target.value)} />
        )}
      </Field>
      <Wrong error={command.error} />
      <button
        type="submit"
        className="button primary wide"
        disabled={command.isPending || risk === file.risk || reason.trim() === ''}
      >
        {t('regrade.title')}
      </button>
    </form>
  );
}

function CloseOrReopen({ file, onDone }: PartProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const way = file.status === 'closed' ? 'reopen' : 'close';
  const command = useCommand(file.id, (body: { reason: string }, header) =>
    way === 'close'
      ? answer(api.POST('/api/v1/cases/{id}/close', { params: { path: { id: file.id }, header }, body }))
      : answer(api.POST('/api/v1/cases/{id}/reopen', { params: { path: { id: file.id }, header }, body })),
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    afterwards(command.mutateAsync({ reason: reason.trim() }), () => onDone(t(`${way}.done`)));
  };
  return (
    <form onSubmit={submit}>
      <p className="hint">{t(`${way}.hint`)}</p>
      <Field label={t('field.reason')}>
        {(ids) => (
          <textarea {...ids} rows={3} required value={reason} onChange={(event) => setReason(event.target.value)} />
        )}
      </Field>
      <Wrong error={command.error} />
      <button type="submit" className="button primary wide" disabled={command.isPending || reason.trim() === ''}>
        {t(`${way}.title`)}
      </button>
    </form>
  );
}

const PARTS = {
  ...{ assign: Assign, takeOver: TakeOver, handOver: HandOver, transfer: OfferTransfer },
  ...{ regrade: Regrade, close: CloseOrReopen, reopen: CloseOrReopen },
} as const;
type Part = keyof typeof PARTS;

/** What this person can do with the case as it stands. */
function partsOf({ status, assignee, people }: CaseFile, staffId: string, approves: boolean): Part[] {
  if (status === 'closed') return ['reopen'];
  const moving = people.handover !== null || people.transfer !== null;
  return [
    'assign',
    ...(assignee === staffId ? [] : (['takeOver'] as const)),
    ...(assignee === null || moving ? [] : (['handOver'] as const)),
    ...(approves && !moving ? (['transfer'] as const) : []),
    'regrade',
    ...(status === 'open' ? (['close'] as const) : []),
  ];
}

export function CaseActions({ file }: { file: CaseFile }) {
  const { t } = useTranslation();
  const { me, may } = useSession();
  const say = useToast();
  const [open, setOpen] = useState<Part>();
  if (!may('case:work') || file.leftAt !== null) return null;
  const parts = partsOf(file, me.staffId, may('case:approve'));
  const Shown = open && PARTS[open];
  return (
    <section className="card no-print" aria-labelledby="case-actions">
      <h2 id="case-actions">{t('case.actions')}</h2>
      <div className="actions">
        {parts.map((part) => (
          <button key={part} type="button" className="button" onClick={() => setOpen(part)}>
            {t(`${part}.title`)}
          </button>
        ))}
        <button type="button" className="button" onClick={() => print()}>
          {t('action.print')}
        </button>
      </div>
      {open && Shown && (
        <Dialog title={`${file.number} · ${t(`${open}.title`)}`} onClose={() => setOpen(undefined)}>
          <Shown
            file={file}
            onDone={(said) => {
              setOpen(undefined);
              say(said);
            }}
          />
        </Dialog>
      )}
    </section>
  );
}
