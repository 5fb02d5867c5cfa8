/** The staff's app (网页端), as it was built into dist/web: files that never change, and one page for all its addresses. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { type Request, type Response, Router } from 'express';
import { filesBelow } from './web-files';

/** Beside the compiled api/, or in dist/ where the sources themselves run. */
const BUILT = [join(__dirname, '../web'), join(__dirname, '../dist/web')];
/** First words of the app's addresses; under others its page says that there is nothing, with 404. */
const PAGES = new Set(['', 'sign-in', 'report', 'work', 'board', 'cases', 'policy']);
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
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join(';');

const folder = (): string | undefined => BUILT.find((one) => existsSync(join(one, 'sw.js')));

/** A name with a hash in it stands for its content. */
const isHashed = (path: string): boolean => path.startsWith('/app/');

/** Scripts, styles and pictures. They are few: read once, and sent compressed to whom takes that. */
export function createWebFiles(): Router {
  const router = Router();
  const root = folder();
  if (root === undefined) return router;
  const compressed = filesBelow(root, '.br');
  for (const path of filesBelow(root, '').filter((one) => !one.endsWith('.br') && one !== '/index.html')) {
    const plain = readFileSync(join(root, path));
    const small = compressed.includes(`${path}.br`) ? readFileSync(join(root, `${path}.br`)) : undefined;
    router.get(path, (req, res) => {
      res.setHeader('Cache-Control', isHashed(path) ? 'public, max-age=31536000, immutable' : 'no-cache');
      res.type(TYPES[extname(path)] ?? 'application/octet-stream');
      // The worker behind offline pages is told its own rules: it fetches from us, and nothing else.
      if (basename(path) === 'sw.js')
        res.setHeader('Content-Security-Policy', policy(randomBytes(16).toString('base64')));
      const takesSmall = small !== undefined && req.acceptsEncodings('br') === 'br';
      if (small !== undefined) res.vary('Accept-Encoding');
      if (takesSmall) res.setHeader('Content-Encoding', 'br');
      res.send(takesSmall ? small : plain);
    });
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
