/** This device (本机): installing the app, being pushed to, sound, and which of one's devices are told too. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { useSession } from '../../api/session';
import { install, installable, onInstallable } from '../../device/install';
import { NotAllowed, pushedHere, pushHere, pushNoMore, pushPossible, removePushDevice } from '../../device/push';
import { dateTime } from '../../lib/time';
import { useAlarm } from '../../ui/alarm';
import { Failed, Loading } from '../../ui/bits';
import { messageOf } from '../../ui/problem';
import { useToast } from '../../ui/toast';

const KEY = ['push'] as const;

function Install() {
  const { t } = useTranslation();
  const ready = useSyncExternalStore(onInstallable, installable);
  return (
    <section className="card" aria-labelledby="device-install">
      <h2 id="device-install">{t('device.install')}</h2>
      <p>{t('device.installText')}</p>
      {ready ? (
        <button type="button" className="button primary" onClick={() => void install()}>
          {t('device.installNow')}
        </button>
      ) : (
        <p className="hint">{t('device.installByMenu')}</p>
      )}
    </section>
  );
}

function Switch({ publicKey }: { publicKey: string }) {
  const { t } = useTranslation();
  const say = useToast();
  const client = useQueryClient();
  const on = pushedHere() !== null;
  const change = useMutation({
    mutationFn: () => (on ? pushNoMore() : pushHere(publicKey)),
    onSuccess: () => say(t(on ? 'device.isOff' : 'device.isOn')),
    onError: (error) => say(error instanceof NotAllowed ? t('device.notAllowed') : messageOf(t, error), 'bad'),
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
  return (
    <button
      type="button"
      className={on ? 'button' : 'button primary'}
      disabled={change.isPending}
      onClick={() => change.mutate()}
    >
      {t(on ? 'device.off' : 'device.on')}
    </button>
  );
}

function Push() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const found = useQuery({ queryKey: KEY, queryFn: () => answer(api.GET('/api/v1/push')) });
  const remove = useMutation({
    mutationFn: (id: string) => (id === pushedHere() ? pushNoMore() : removePushDevice(id)),
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
  return (
    <section className="card" aria-labelledby="device-push">
      <h2 id="device-push">{t('device.push')}</h2>
      <p>{t('device.pushText')}</p>
      {found.isPending && <Loading />}
      {found.error && <Failed error={found.error} retry={found.refetch} />}
      {found.data?.publicKey === null && <p className="hint">{t('device.noPush')}</p>}
      {found.data?.publicKey != null &&
        (pushPossible() ? <Switch publicKey={found.data.publicKey} /> : <p className="hint">{t('device.notHere')}</p>)}
      <ul className="plain">
        {found.data?.items.map((one) => (
          <li key={one.id} className="referral">
            <p className="case-line">
              <strong>{one.label}</strong>
              {one.id === pushedHere() && <span className="tag">{t('device.this')}</span>}
              <button
                type="button"
                className="button small"
                disabled={remove.isPending}
                onClick={() => remove.mutate(one.id)}
              >
                {t('device.remove')}
                <span className="hidden">{one.label}</span>
              </button>
            </p>
            <p className="meta">
              {t('device.since', { at: dateTime(t, Date.parse(one.createdAt)) })}
              {one.sentAt !== null && ` · ${t('device.sent', { at: dateTime(t, Date.parse(one.sentAt)) })}`}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Sound() {
  const { t } = useTranslation();
  const { sound, setSound } = useAlarm();
  return (
    <section className="card">
      <label className="check">
        <input type="checkbox" checked={sound} onChange={(event) => setSound(event.target.checked)} />
        {t('board.sound')}
      </label>
    </section>
  );
}

export default function DevicePage() {
  const { t } = useTranslation();
  const { may } = useSession();
  return (
    <>
      <h1>{t('device.title')}</h1>
      <Install />
      {may('contact:own') && <Push />}
      <Sound />
    </>
  );
}
