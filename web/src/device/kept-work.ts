/** My work as it was last read, so that a visit can be written down without signal. Numbers and steps, no child's name. */
import type { WorkItem } from '../api/types';
import { device, open, put, seal } from './store';

const NAME = 'work';

export async function keepWork(staffId: string, items: WorkItem[]): Promise<void> {
  await put('works', staffId, { staffId, savedAt: Date.now(), ...(await seal(staffId, NAME, items)) });
}

/** @returns what was read, and when, in milliseconds by this device's clock */
export async function keptWork(staffId: string): Promise<{ items: WorkItem[]; readAt: number } | undefined> {
  const kept = await (await device()).get('works', staffId);
  return kept && { items: (await open(staffId, NAME, kept)) as WorkItem[], readAt: kept.savedAt };
}
