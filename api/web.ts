/** The staff's app (网页端), as it was built into dist/web: files that never change, and one page for all its addresses. */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { type Request, type Response, Router } from 'express';
import { notFound } from './problem';

/** Beside the compiled api/, or in dist/ where the sources themselves run. */
const BUILT = [join(__dirname, '../web'), join(__dirname, '../dist/web')];
const DESK_PAGES = ['queue', 'search', 'partners', 'roster', 'figures', 'indicators', 'services'];
/** First words of the app's addresses; under others its page says that there is nothing, with 404. */
const OWN_PAGES = ['account', 'accounts', 'set-up', 'device'];
const PAGES = new Set(['', 'sign-in', 'report', 'work', 'board', 'cases', 'policy', ...OWN_PAGES, ...DESK_PAGES]);
const NONCE = /__NONCE__/g;

const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
};

/** As everywhere, nothing inline; libraries may add style sheets that carry this answer's nonce. */
const policy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join(';');

/** Paths from the folder, with a slash before them, of all files below it. */
function filesBelow(root: string, under = '/'): string[] {
  return readdirSync(join(root, under), { withFileTypes: true }).flatMap((entry) => {
    const path = `${under}${entry.name}`;
    if (entry.name.startsWith('.')) return [];
    return entry.isDirectory() ? filesBelow(root, `${path}/`) : [path];
  });
}

const folder = (): string | undefined => BUILT.find((one) => existsSync(join(one, 'sw.js')));

/** Scripts, styles and pictures. They are few: read once, and sent compressed to whom takes that. */
export function createWebFiles(): Router {
  const router = Router();
  const root = folder();
  if (root === undefined) return router;
  const files = new Map(filesBelow(root).map((path) => [path, readFileSync(join(root, path))]));

  const send = (path: string, caching: string) => (req: Request, res: Response) => {
    const name = path.replace(':file', String(req.params['file']));
    const plain = files.get(name);
    if (plain === undefined || name.endsWith('.br')) throw notFound();
    const small = files.get(`${name}.br`);
    const takesSmall = small !== undefined && req.acceptsEncodings('br') === 'br';
    res.setHeader('Cache-Control', caching);
    res.type(TYPES[extname(name)] ?? 'application/octet-stream');
    if (small !== undefined) res.vary('Accept-Encoding');
    if (takesSmall) res.setHeader('Content-Encoding', 'br');
    res.send(takesSmall ? small : plain);
  };

  // Names below /app carry a hash of what is in them; the others keep their names.
  router.get('/app/:file', send('/app/:file', 'public, max-age=31536000, immutable'));
  for (const path of files.keys()) {
    if (!path.startsWith('/app/') && path !== '/index.html') router.get(path, send(path, 'no-cache'));
  }
  return router;
}

const isPage = (path: string): boolean => PAGES.has(path.split('/')[1] ?? '');

/** The page itself, under each of the app's addresses; stands behind all other routes. */
export function createWebPages(): Router {
  const router = Router();
  const root = folder();
  if (root === undefined) return router;
  const template = readFileSync(join(root, 'index.html'), 'utf8');
  router.get('/{*any}', (req: Request, res: Response, next) => {
    const known = isPage(req.path);
    // A program that asks for anything gets the problem; a browser asks for HTML first.
    const wantsHtml = req.accepts(['json', 'html']) === 'html';
    if (!wantsHtml && !(known && req.accepts('html') === 'html')) return next();
    if (req.path.startsWith('/api/')) return next();
    const nonce = randomBytes(16).toString('base64');
    res.setHeader('Content-Security-Policy', policy(nonce));
    res
      .status(known ? 200 : 404)
      .type('html')
      .send(template.replace(NONCE, nonce));
  });
  return router;
}
