import type { Logger } from 'pino';
import type { SignInRules } from '../domain/sign-in';
import type { ChildIndex } from '../store/child-index';
import type { ScreeningPolicy } from '../domain/reports/watch';
import type { AccessPolicy } from '../domain/access-policy';
import type { Blobs } from '../store/blobs/blob';
import type { Contracts } from '../store/contracts';
import type { Db } from '../store/db';
import type { Forms } from '../store/forms';
import type { Links } from '../store/links';
import type { Policies } from '../store/policies';
import type { SurveyWords } from '../domain/services/survey';
import type { Register } from '../store/services/children';
import type { Vault } from '../store/vault';
import type { Auth } from './auth/auth';
import type { CaseGateway } from './case-gateway';
import type { Repeated } from '../runtime/repeat';
import type { PackGateway } from './pack-gateway';
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
  /** Evaluation packs in the making. */
  packs: PackGateway;
  links: Links;
  policies: Policies;
  contracts: Contracts;
  /** What children are asked after a service. */
  survey: SurveyWords;
  /** How soon reports of the queue are screened. */
  screening: ScreeningPolicy;
  /** Finds files of the same child without opening the vault. */
  index: ChildIndex;
  /** Break-glass, odd patterns, retention. */
  access: AccessPolicy;
  /** What casework is written on (表单). */
  forms: Forms;
  /** The register of children (在册儿童). */
  register: Register;
  auth: Auth;
  /** Second factors and time-outs by role (登录规则). */
  signInRules: SignInRules;
  log: Logger;
  metrics: Metrics;
  /** Each router adds what it answers; /openapi.json and /docs are made from it. */
  docs: ApiDocs;
  /** Who is to hear of each change as it comes. */
  live: LiveCases;
  /** Work beside the requests; stopped before the database is let go. */
  background: Repeated[];
}
