import type { Logger } from 'pino';
import type { AccessPolicy } from '../domain/access-policy';
import type { Blobs } from '../store/blobs/blob';
import type { Contracts } from '../store/contracts';
import type { Db } from '../store/db';
import type { Forms } from '../store/forms';
import type { Links } from '../store/links';
import type { Policies } from '../store/policies';
import type { Register } from '../store/services/children';
import type { Vault } from '../store/vault';
import type { Auth } from './auth/auth';
import type { CaseGateway } from './case-gateway';
import type { Repeated } from '../runtime/repeat';
import type { ApiConfig } from './config';
import type { LiveCases } from './live';
import type { Metrics } from './metrics';
import type { ApiDocs } from './openapi';

/** Everything that the routers work with; made once in main.ts. */
export interface ApiDeps {
  config: ApiConfig;
  db: Db;
  vault: Vault;
  /** Sealed files: the local disk, or an S3-compatible service. */
  blobs: Blobs;
  cases: CaseGateway;
  links: Links;
  policies: Policies;
  contracts: Contracts;
  /** Break-glass, odd patterns, retention. */
  access: AccessPolicy;
  /** What casework is written on (表单). */
  forms: Forms;
  /** The register of children (在册儿童). */
  register: Register;
  auth: Auth;
  log: Logger;
  metrics: Metrics;
  /** Each router adds what it answers; /openapi.json and /docs are made from it. */
  docs: ApiDocs;
  /** Who is to hear of each change as it comes. */
  live: LiveCases;
  /** Work beside the requests; stopped before the database is let go. */
  background: Repeated[];
}
