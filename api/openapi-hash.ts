import { createHash } from 'node:crypto';
import type { ApiDocs } from './openapi';
import { sortedKeys } from './sorted-keys';

/** Stands at the head of the web app's generated client, so that one made for an older API is noticed. */
export const documentHash = (docs: ApiDocs): string =>
  `openapi sha256 ${createHash('sha256')
    .update(JSON.stringify(docs.document('', '0'), sortedKeys))
    .digest('hex')}`;
