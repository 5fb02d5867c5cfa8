/** Puts the service worker in place, so that the app opens without signal. */
export function registerWorker(): void {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
  navigator.serviceWorker.register('/sw.js').catch((error: unknown) => {
    // Without it everything works but opening the app offline.
    console.warn('no service worker', error);
  });
}
