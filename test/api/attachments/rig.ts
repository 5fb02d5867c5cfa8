/** The API with one case of a station, and the hands of people who send files. */
import { existsSync, readdirSync } from 'node:fs';
import type { StorageConfig } from '../../../runtime/storage-env';
import { type Json, type Reply, startTestApi, type TestApi } from '../../support/api';

export const WORKER = 'xinhua_worker1';
export const SUPERVISOR = 'xinhua_supervisor';

export interface Sending {
  as?: string;
  key?: string;
  caption?: string;
  type?: string;
  to?: string;
}

export interface AttachmentsApi extends TestApi {
  caseId: string;
  /** Sends a form with a file to the case, or to another owner. */
  send(bytes: Uint8Array, name: string, sending?: Sending): Promise<Reply>;
  /** The bytes of a copy. */
  bytes(id: string, query?: string, as?: string, headers?: Record<string, string>): Promise<Response>;
  get(path: string, as?: string): Promise<Reply>;
  /** Names of all files on the disk of the store. */
  onDisk(): string[];
}

export async function startAttachmentsApi(storage?: StorageConfig): Promise<AttachmentsApi> {
  const t = await startTestApi(storage && { config: { storage } });
  const report = { type: 'neglect', child: { name: '测试儿童' }, narrative: '演示' };
  const reported = await t.ask('POST', '/api/v1/cases', { as: WORKER, body: report });
  const caseId = String(reported.body['id']);
  const authorization = (as: string): Record<string, string> => ({ authorization: `Bearer ${t.account(as).token}` });
  return {
    ...t,
    caseId,
    async send(bytes, name, { as = WORKER, key, caption, type = '', to = `cases/${caseId}` } = {}) {
      const form = new FormData();
      if (caption !== undefined) form.append('caption', caption);
      form.append('file', new Blob([new Uint8Array(bytes)], { type }), name);
      const headers = { ...authorization(as), ...(key !== undefined && { 'idempotency-key': key }) };
      const response = await fetch(`${t.url}/api/v1/uploads/${to}`, { method: 'POST', headers, body: form });
      return { status: response.status, headers: response.headers, body: (await response.json()) as Json };
    },
    bytes: (id, query = '', as = WORKER, headers = {}) =>
      fetch(`${t.url}/api/v1/attachments/${id}/content${query}`, { headers: { ...authorization(as), ...headers } }),
    get: (path, as = WORKER) => t.ask('GET', `/api/v1${path}`, { as }),
    onDisk() {
      const { storage: where } = t.config;
      if (where.kind !== 'disk' || !existsSync(where.folder)) return [];
      return readdirSync(where.folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name);
    },
  };
}

export const bufferOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());
