/** Web push on this device (推送): asked for by a button, ended by the same button and by signing out. */
import { answer, api, newKey } from '../api/client';

/** Which of the person's devices this one is. */
const KEPT = 'shouwang.push';

export const pushPossible = (): boolean => 'serviceWorker' in navigator && 'PushManager' in globalThis;
export const pushedHere = (): string | null => localStorage.getItem(KEPT);

/** Only a browser that somebody has allowed to can be pushed to. */
export class NotAllowed extends Error {
  override readonly name = 'NotAllowed';
}

/** `Chrome · Android`: enough to tell one's own devices apart. */
function label(): string {
  const { userAgent } = navigator;
  const browser = ['Edg', 'OPR', 'MicroMessenger', 'Firefox', 'Chrome', 'Safari'].find((one) =>
    userAgent.includes(one),
  );
  const system = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac OS', 'Linux'].find((one) => userAgent.includes(one));
  return [browser ?? 'Browser', system].filter((one) => one !== undefined).join(' · ');
}

/** @param publicKey the station's, base64url @throws NotAllowed, Refused, NoSignal */
export async function pushHere(publicKey: string): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') throw new NotAllowed();
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: publicKey,
  });
  const { endpoint = '', keys: { p256dh = '', auth = '' } = {} } = subscription.toJSON();
  const header = { 'Idempotency-Key': newKey() };
  const body = { endpoint, keys: { p256dh, auth }, label: label() };
  const { id } = await answer(api.POST('/api/v1/push', { params: { header }, body }));
  localStorage.setItem(KEPT, id);
}

/** Ends it here, whether or not the station hears of it: a service that answers "gone" is not asked again. */
export async function pushNoMore(): Promise<void> {
  const id = pushedHere();
  if (id === null) return;
  localStorage.removeItem(KEPT);
  const registration = await navigator.serviceWorker.ready;
  await (await registration.pushManager.getSubscription())?.unsubscribe();
  await removePushDevice(id);
}

export const removePushDevice = (id: string): Promise<unknown> =>
  answer(api.POST('/api/v1/push/{id}/remove', { params: { path: { id }, header: { 'Idempotency-Key': newKey() } } }));
