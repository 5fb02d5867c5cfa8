import express, { type Router } from 'express';
import { STYLE_PATH } from '../pages/layout';
import { POSTER_STYLE_PATH } from '../pages/poster';
import { PAGE_CSS, POSTER_CSS } from '../pages/style';
import { DOCS_CSS, DOCS_STYLE_PATH } from '../docs-page';

const SHEETS: Record<string, string> = {
  [STYLE_PATH]: PAGE_CSS,
  [DOCS_STYLE_PATH]: DOCS_CSS,
  [POSTER_STYLE_PATH]: POSTER_CSS,
};

/** The few files that pages need; the only answers that may be kept for a while. */
export function createAssetsRouter(): Router {
  const router = express.Router();
  for (const [path, css] of Object.entries(SHEETS)) {
    router.get(path, (_req, res) => {
      res.setHeader('Cache-Control', 'public, max-age=300');
      res.type('text/css; charset=utf-8').send(css);
    });
  }
  return router;
}
