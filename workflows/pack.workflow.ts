/** One evaluation pack (评估资料包): made, kept for some days, removed. Cancelled at any time, it is removed at once. */
import {
  ActivityCancellationType,
  CancellationScope,
  isCancellation,
  proxyActivities,
  sleep,
} from '@temporalio/workflow';
import type { PackActivities } from '../activities/pack/make';
import { PACK_DAYS, type PackInput } from '../domain/services/pack';
import { codeOf } from './failures';

const { makePack } = proxyActivities<PackActivities>({
  startToCloseTimeout: '30m',
  heartbeatTimeout: '60s',
  scheduleToCloseTimeout: '3h',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '2s', maximumInterval: '1m', maximumAttempts: 5 },
});
const { endPack } = proxyActivities<PackActivities>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

const end = (input: Parameters<PackActivities['endPack']>[0]): Promise<void> =>
  CancellationScope.nonCancellable(() => endPack(input));

export async function packWorkflow({ packId }: PackInput): Promise<void> {
  try {
    await makePack({ packId });
  } catch (error) {
    const failure = codeOf(error);
    if (isCancellation(error) || failure === 'PackCancelled') await end({ packId, state: 'cancelled' });
    else await end({ packId, state: 'failed', failure });
    throw error;
  }
  try {
    await sleep(`${PACK_DAYS} days`);
  } catch (error) {
    if (!isCancellation(error)) throw error;
  }
  await end({ packId, state: 'removed' });
}
