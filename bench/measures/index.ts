import type { Measure } from '../measure';
import { complete } from './complete';
import { report } from './report';

/** In the order in which they are run: what fills the database comes last. */
export const MEASURES: readonly Measure[] = [report, complete];
