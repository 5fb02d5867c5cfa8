/** The pace of the contracts (进度提醒), begun by a Schedule on Mondays and in the days before an evaluation. */
import { proxyActivities } from '@temporalio/workflow';
import type { PaceActivities } from '../activities/pace';

// As with the digest: database away, it comes when it is back, while the morning lasts.
const { sendPace } = proxyActivities<PaceActivities>({
  startToCloseTimeout: '60s',
  scheduleToCloseTimeout: '3h',
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '1m' },
});

export async function paceWorkflow(): Promise<void> {
  await sendPace({ at: Date.now() });
}
