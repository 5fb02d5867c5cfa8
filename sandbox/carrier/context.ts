import type { Logger } from 'pino';
import type { CarrierConfig } from './config';
import type { Faults } from './faults';
import type { FrequencyLimits } from './limits';
import type { Pushes } from './pushes';
import type { Receipts } from './receipts';
import type { CarrierStore } from './store';
import type { Template } from './texts';

/** The parts of the carrier that its actions and its control API work on. */
export interface Carrier {
  config: CarrierConfig;
  store: CarrierStore;
  faults: Faults;
  limits: FrequencyLimits;
  pushes: Pushes;
  receipts: Receipts;
  templates: ReadonlyMap<string, Template>;
  log: Logger;
}
