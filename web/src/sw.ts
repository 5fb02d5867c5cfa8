/// <reference lib="webworker" />
// Keeps the app's own files, never an answer of the API: what is about a child stays out of the browser's caches.

const worker = globalThis as object as ServiceWorkerGlobalScope;
/** Filled in by the build. */
const SHELL = '__SHELL__'.split(' ').filter((path) => path !== '');
const CACHE = `shell-${hashOf(SHELL.join(' '))}`;
const PAGE = '/';
const PATIENCE_MS = 3_000;

/** Changes with every build, since the files' names carry their own hashes. */
function hashOf(text: string): string {
  let hash = 5381;
  for (const letter of text) hash = (Math.imul(hash, 33) ^ letter.charCodeAt(0)) >>> 0;
  return hash.toString(36);
}

worker.addEventListener('install', (event) => {
  const keep = async (): Promise<void> => {
    const cache = await caches.open(CACHE);
    await cache.addAll([new Request(PAGE, { cache: 'reload', headers: { accept: 'text/html' } }), ...SHELL]);
    await worker.skipWaiting();
  };
  event.waitUntil(keep());
});

worker.addEventListener('activate', (event) => {
  const tidy = async (): Promise<void> => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
    await worker.clients.claim();
  };
  event.waitUntil(tidy());
});

/** The page from the server while it answers soon; otherwise the one that was kept, with its own nonce. */
async function page(request: Request): Promise<Response> {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    const kept = await (await caches.open(CACHE)).match(PAGE);
    if (kept) return kept;
    throw error;
  }
}

async function file(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept) return kept;
  const fresh = await fetch(request);
  if (fresh.ok) await cache.put(request, fresh.clone());
  return fresh;
}

const SERVERS_OWN = /^\/(?:api|r|a|s|help|sandbox|docs|carrier|healthz|readyz|metrics|openapi\.json|assets)(?:\/|$)/;

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== worker.location.origin || SERVERS_OWN.test(pathname)) return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (pathname.startsWith('/app/')) event.respondWith(file(request));
});

/** As domain/push.ts words it: number, step, lateness, and where to look. */
interface Pushed {
  title: string;
  body: string;
  tag: string;
  path: string;
}

worker.addEventListener('push', (event) => {
  const { title, body, tag, path } = (event.data?.json() ?? {}) as Pushed;
  event.waitUntil(worker.registration.showNotification(title, { body, tag, icon: '/icon-192.png', data: path }));
});

const ANSWER_WITHIN_MS = 3_000;

/** Asks the open app to show a page: it knows whether somebody is writing on another one. @returns whether it has heard */
function tell(client: WindowClient, path: string): Promise<boolean> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), ANSWER_WITHIN_MS);
    port1.addEventListener('message', () => resolve(true), { once: true });
    port1.start();
    client.postMessage({ open: path }, [port2]);
  });
}

worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const path = typeof event.notification.data === 'string' ? event.notification.data : PAGE;
  const show = async (): Promise<void> => {
    const [open] = await worker.clients.matchAll({ type: 'window' });
    if (!open) return void (await worker.clients.openWindow(path));
    // First into sight: what is out of sight may be asleep.
    await open.focus().catch((error: unknown) => console.debug('stays behind', error));
    // A page from before an upgrade does not understand, and may have something written on it: it stays as it is.
    if (!(await tell(open, path))) await worker.clients.openWindow(path);
  };
  event.waitUntil(show());
});
