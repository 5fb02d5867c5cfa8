/** Installing the app (安装到桌面): the browser says when it may be offered, once, so it is listened for from the start. */
interface InstallEvent extends Event {
  prompt(): Promise<unknown>;
}
const isInstall = (event: Event): event is InstallEvent => 'prompt' in event;

let offered: InstallEvent | undefined;
const listeners = new Set<() => void>();
const changed = (next?: InstallEvent): void => {
  offered = next;
  for (const listener of listeners) listener();
};

addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  if (isInstall(event)) changed(event);
});
addEventListener('appinstalled', () => changed());

export const onInstallable = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
export const installable = (): boolean => offered !== undefined;
export async function install(): Promise<void> {
  await offered?.prompt();
  changed();
}
