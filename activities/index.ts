/** Everything that workflows ask of the world, made from its dependencies once. */
import { createDeliver } from './deliver';
import type { ActivityDeps } from './deps';
import { createPlan } from './plan';
import { createRecord } from './record';
import { createRecordReport } from './record-report';

export const createActivities = (deps: ActivityDeps) => ({
  ...createRecord(deps),
  ...createRecordReport(deps),
  ...createPlan(deps),
  ...createDeliver(deps),
});

export type Activities = ReturnType<typeof createActivities>;
