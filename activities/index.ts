/** Everything that workflows ask of the world, made from its dependencies once. */
import { createDeliver } from './deliver';
import type { ActivityDeps } from './deps';
import type { HeadStarts } from './head-start';
import { createPlan } from './plan';
import { createRecord } from './record';

export const createActivities = (deps: ActivityDeps, headStarts: HeadStarts) => ({
  ...createRecord(deps, headStarts),
  ...createPlan(deps),
  ...createDeliver(deps, headStarts),
});

export type Activities = ReturnType<typeof createActivities>;
