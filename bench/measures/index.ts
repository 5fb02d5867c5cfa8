import type { Measure } from '../measure';
import { complete } from './complete';
import { deadline } from './deadline';
import { drain, drainMany } from './drain';
import { footprint } from './footprint';
import { history } from './history';
import { indicators } from './indicators';
import { polling } from './polling';
import { reads } from './reads';
import { ready } from './ready';
import { report } from './report';

/** In the order in which they are run: what fills the database comes last. */
export const MEASURES: readonly Measure[] = [
  report,
  complete,
  deadline,
  drain,
  drainMany,
  polling,
  history,
  ready,
  footprint,
  indicators,
  reads,
];
