/** The day's look at what is kept too long (保存期限), begun by a Schedule at night; it proposes, and people decide. */
import { proxyActivities } from '@temporalio/workflow';
import type { RetentionActivities } from '../activities/retention';

// A day later is early enough: the next run finds all of it.
const { proposeErasures } = proxyActivities<RetentionActivities>({
  startToCloseTimeout: '5m',
  scheduleToCloseTimeout: '6h',
  retry: { initialInterval: '10s', backoffCoefficient: 2, maximumInterval: '10m' },
});

export async function retentionWorkflow(): Promise<void> {
  await proposeErasures({ at: Date.now() });
}
