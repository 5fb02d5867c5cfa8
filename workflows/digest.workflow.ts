/** The day's digest (每日提要), begun by a Schedule at the policy's time. */
import { proxyActivities } from '@temporalio/workflow';
import type { DigestActivities } from '../activities/digest';

// Database away: it comes when it is back, as long as the morning's figures are of use.
const { sendDigests } = proxyActivities<DigestActivities>({
  startToCloseTimeout: '60s',
  scheduleToCloseTimeout: '3h',
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '1m' },
});

export async function digestWorkflow(): Promise<void> {
  await sendDigests({ at: Date.now() });
}
