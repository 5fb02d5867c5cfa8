/** One paper out of a pack: the file is read until it comes by, and no further. */
import { Unzip, UnzipInflate, UnzipPassThrough } from 'fflate';
import { NoSignal, refusedFrom } from '../../api/client';
import type { Pack } from '../../api/types';

export const PACK_PARTS = ['report.docx', 'indicators.xlsx'] as const;

/** @returns the part's pieces @throws Refused, NoSignal, Error where the pack has no such part */
async function readPart(id: string, part: string): Promise<Uint8Array<ArrayBuffer>[]> {
  const gone = new AbortController();
  let response: Response;
  try {
    response = await fetch(`/api/v1/packs/${id}/file`, { signal: gone.signal });
  } catch (cause) {
    throw new NoSignal('no answer', { cause });
  }
  if (!response.ok || !response.body) throw refusedFrom(response, await response.json().catch(() => null));
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let whole = false;
  let failure: unknown;
  const unzip = new Unzip((file) => {
    if (file.name !== part) return;
    file.ondata = (error, piece, final) => {
      failure ??= error ?? undefined;
      pieces.push(new Uint8Array(piece));
      whole ||= final;
    };
    file.start();
  });
  unzip.register(UnzipInflate);
  unzip.register(UnzipPassThrough);
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    unzip.push(value ?? new Uint8Array(), done);
    if (failure !== undefined) throw failure instanceof Error ? failure : new Error('the pack cannot be read');
    if (whole) break;
    if (done) throw new Error('the pack has no such part');
  }
  gone.abort();
  return pieces;
}

export async function savePart({ id, contract, stage }: Pack, part: string): Promise<void> {
  const url = URL.createObjectURL(new Blob(await readPart(id, part)));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${contract}-${stage}-${part}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
