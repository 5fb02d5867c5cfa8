import type { Logger } from 'pino';
import type { Texts } from '../domain/texts';
import type { Db } from '../store/db';
import type { Links } from '../store/links';
import type { Policies } from '../store/policies';
import type { Robots } from '../store/robots';
import type { Channels } from './channels/channel';

/** Everything that activities work with; made once in the worker's main. */
export interface ActivityDeps {
  db: Db;
  links: Links;
  texts: Texts;
  channels: Channels;
  robots: Robots;
  log: Logger;
  policies: Policies;
}

/** What one attempt at a delivery needs of it. */
export type SendDeps = Pick<ActivityDeps, 'db' | 'links' | 'texts' | 'channels' | 'robots' | 'log' | 'policies'>;
