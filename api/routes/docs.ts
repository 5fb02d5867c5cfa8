import express, { type Router } from 'express';
import { version } from '../../package.json';
import type { ApiDeps } from '../deps';
import { docsPage } from '../docs-page';

/** The documentation, for programs and for people; made from the schemas that check the requests. */
export function createDocsRouter({ docs, config }: ApiDeps): Router {
  const router = express.Router();
  router.get('/openapi.json', (_req, res) => {
    res.json(docs.document(config.publicUrl, version));
  });
  router.get('/docs', (_req, res) => {
    res.type('html').send(docsPage(docs));
  });
  return router;
}
