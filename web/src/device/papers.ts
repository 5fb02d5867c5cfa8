/** What was written on a paper (文书) and is not with the station yet: kept on this device until it is. */
import { device, open, put, seal } from './store';

export interface KeptPaper {
  /** The revision that it was written on, and what that one said. */
  rev: number;
  base: Record<string, unknown>;
  answers: Record<string, unknown>;
}

const nameOf = (paperId: string): string => `paper/${paperId}`;

export async function keepPaper(staffId: string, paperId: string, value: KeptPaper): Promise<void> {
  const sealed = await seal(staffId, nameOf(paperId), value);
  await put('papers', staffId, { paperId, staffId, savedAt: Date.now(), ...sealed });
}

/** Undefined: nothing, or another person's. */
export async function keptPaper(staffId: string, paperId: string): Promise<KeptPaper | undefined> {
  const kept = await (await device()).get('papers', paperId);
  if (kept?.staffId !== staffId) return undefined;
  return (await open(staffId, nameOf(paperId), kept)) as KeptPaper;
}

export async function dropPaper(staffId: string, paperId: string): Promise<void> {
  const db = await device();
  if ((await db.get('papers', paperId))?.staffId === staffId) await db.delete('papers', paperId);
}
