import { createHash } from 'node:crypto';
import type { ApiDocs } from './openapi';

const sorted = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** Stands at the head of the web app's generated client, so that one made for an older API is noticed. */
export const documentHash = (docs: ApiDocs): string =>
  `openapi sha256 ${createHash('sha256')
    .update(JSON.stringify(docs.document('', '0'), sorted))
    .digest('hex')}`;
