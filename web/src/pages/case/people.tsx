/** Who works the case (承办): what is arranged beyond the one who has it, and the answer of whoever was asked. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { pathOf, useCommand } from '../../api/command';
import { afterwards } from '../../api/write';
import { useStaff, useStations } from '../../api/queries';
import { useSession } from '../../api/session';
import type { CaseFile } from '../../api/types';
import { dateTime } from '../../lib/time';
import { Due } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { ReasonForm, Wrong } from '../../ui/reason-form';
import { useToast } from '../../ui/toast';
import { useOtherStations } from './stations';

interface Props {
  file: CaseFile;
  now: number;
}

/** A colleague was asked to take it (交接): until the answer nothing changes. */
function Handover({ file, now }: Props) {
  const { t } = useTranslation();
  const { me, may } = useSession();
  const say = useToast();
  const { data: staff = [] } = useStaff();
  const [declining, setDeclining] = useState(false);
  const accept = useCommand(file.id, (_body: object, header) =>
    answer(api.POST('/api/v1/cases/{id}/hand-over/accept', { ...pathOf(file.id, header), body: {} })),
  );
  const decline = useCommand(file.id, (body: { reason: string }, header) =>
    answer(api.POST('/api/v1/cases/{id}/hand-over/decline', { ...pathOf(file.id, header), body })),
  );
  const withdraw = useCommand(file.id, (_body: object, header) =>
    answer(api.POST('/api/v1/cases/{id}/hand-over/withdraw', { ...pathOf(file.id, header), body: {} })),
  );
  const { handover } = file.people;
  if (!handover) return null;
  const name = staff.find(({ id }) => id === handover.to)?.name ?? handover.to;
  const mine = handover.to === me.staffId;
  return (
    <div className="arranged">
      <p>
        <strong>{t(mine ? 'people.asksYou' : 'people.asks', { name })}</strong>{' '}
        {handover.acceptBy && <Due at={Date.parse(handover.acceptBy)} now={now} />}
      </p>
      <div className="actions no-print">
        {mine && (
          <>
            <button
              type="button"
              className="button primary"
              disabled={accept.isPending}
              onClick={() => afterwards(accept.mutateAsync({}), () => say(t('people.accepted')))}
            >
              {t('people.accept')}
            </button>
            <button type="button" className="button" onClick={() => setDeclining(true)}>
              {t('people.decline')}
            </button>
          </>
        )}
        {!mine && may('case:work') && (
          <button
            type="button"
            className="button"
            disabled={withdraw.isPending}
            onClick={() => afterwards(withdraw.mutateAsync({}), () => say(t('people.withdrawn')))}
          >
            {t('people.withdrawHandover')}
          </button>
        )}
      </div>
      <Wrong error={accept.error ?? withdraw.error} />
      {declining && (
        <Dialog title={t('people.decline')} onClose={() => setDeclining(false)}>
          <ReasonForm
            {...{ label: t('field.reason'), button: t('people.decline'), writing: decline }}
            onSend={(reason) =>
              afterwards(decline.mutateAsync({ reason }), () => {
                setDeclining(false);
                say(t('people.declined'));
              })
            }
          />
        </Dialog>
      )}
    </div>
  );
}

/** The case is offered to another station (移交): until it accepts, this one is responsible. */
function Transfer({ file, now }: Props) {
  const { t } = useTranslation();
  const { may } = useSession();
  const say = useToast();
  const { data: known = [] } = useStations();
  const { data: others = [] } = useOtherStations(may('case:approve'));
  const withdraw = useCommand(file.id, (_body: object, header) =>
    answer(api.POST('/api/v1/cases/{id}/transfer/withdraw', { ...pathOf(file.id, header), body: {} })),
  );
  const { transfer } = file.people;
  if (!transfer) return null;
  const name = [...others, ...known].find(({ id }) => id === transfer.to)?.name ?? transfer.to;
  return (
    <div className="arranged">
      <p>
        <strong>{t('people.offered', { name, ground: t(`people.ground.${transfer.ground}`) })}</strong>{' '}
        {transfer.acceptBy && <Due at={Date.parse(transfer.acceptBy)} now={now} />}
      </p>
      <p className="hint">{t('people.untilThen')}</p>
      {may('case:approve') && (
        <button
          type="button"
          className="button no-print"
          disabled={withdraw.isPending}
          onClick={() => afterwards(withdraw.mutateAsync({}), () => say(t('people.withdrawn')))}
        >
          {t('people.withdrawTransfer')}
        </button>
      )}
      <Wrong error={withdraw.error} />
    </div>
  );
}

export function Arranged({ file, now }: Props) {
  const { t } = useTranslation();
  const { data: staff = [] } = useStaff();
  const { handover, transfer, cover } = file.people;
  if (!handover && !transfer && !cover && file.leftAt === null) return null;
  const nameOf = (id: string): string => staff.find((one) => one.id === id)?.name ?? id;
  return (
    <section className="card" aria-labelledby="case-people">
      <h2 id="case-people">{t('people.title')}</h2>
      {file.leftAt !== null && <p>{t('people.left', { at: dateTime(t, Date.parse(file.leftAt), now) })}</p>}
      <Handover file={file} now={now} />
      <Transfer file={file} now={now} />
      {cover && (
        <p className="arranged">
          {t('people.covered', {
            ...{ by: nameOf(cover.by), of: nameOf(cover.of) },
            ...{ from: dateTime(t, Date.parse(cover.from), now), until: dateTime(t, Date.parse(cover.until), now) },
          })}
        </p>
      )}
    </section>
  );
}
