/** The report being written, kept while it is written (草稿). */
import { device, open, put, seal } from './store';

const NAME = 'draft';

export async function saveDraft(staffId: string, value: unknown): Promise<void> {
  const sealed = await seal(staffId, NAME, value);
  await put('drafts', staffId, { staffId, savedAt: Date.now(), ...sealed });
}

export async function readDraft(staffId: string): Promise<{ value: unknown; savedAt: number } | undefined> {
  const kept = await (await device()).get('drafts', staffId);
  if (!kept) return undefined;
  return { value: await open(staffId, NAME, kept), savedAt: kept.savedAt };
}

export async function dropDraft(staffId: string): Promise<void> {
  await (await device()).delete('drafts', staffId);
}
