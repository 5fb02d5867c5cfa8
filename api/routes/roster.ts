/** Everything that is entered on the roster; one file a kind. */
import { Router } from 'express';
import type { ApiDeps } from '../deps';
import { createLeavesRouter } from './roster-leaves';
import { createOverridesRouter } from './roster-overrides';
import { createRotationsRouter } from './roster-rotations';
import { createSwapsRouter } from './roster-swaps';

/** `/roster/rotations`, `/roster/leaves`, `/roster/overrides`, `/roster/swaps` */
export const createRosterRouter = (deps: ApiDeps): Router =>
  Router().use(
    '/roster',
    createRotationsRouter(deps),
    createLeavesRouter(deps),
    createOverridesRouter(deps),
    createSwapsRouter(deps),
  );
