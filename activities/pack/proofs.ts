/** The evidence of a pack (佐证材料): fit pictures by the record's id and a number, without place, time or name. */
import { endingOf, type MediaType } from '../../domain/files/kinds';
import { BlobUnknown, type Blobs } from '../../store/blobs/blob';
import type { Db } from '../../store/db';
import { type Proof, proofContent, proofsOf } from '../../store/services/proofs';
import type { Vault } from '../../store/vault';
import type { Gathered } from './gather';

/** What the pictures of one pack weigh at most, in bytes; the sampled records' come first. */
const MOST_PROOF_BYTES = 64 * 1024 * 1024;
const RECORDS_AT_ONCE = 500;

export interface Omitted {
  record: string;
  n: number;
  /** size: the pack would be too large; unavailable: it cannot be read any more */
  why: 'size' | 'unavailable';
}
export interface Collected {
  files: Map<string, Buffer>;
  omitted: Omitted[];
  /** How many of the sampled services have evidence, and how many there are. */
  sampled: { documented: number; all: number };
}

const idsOf = (of: Gathered['records']): string[] => [
  ...new Set([...of.values()].flatMap((all) => all.flatMap((one) => (one.source === 'service' ? [one.id] : [])))),
];

async function read(deps: { db: Db; vault: Vault; blobs: Blobs }, proof: Proof): Promise<Buffer | undefined> {
  try {
    const content = await proofContent(deps, proof);
    if (!content) return undefined;
    const pieces: Uint8Array[] = [];
    for await (const piece of await content.read()) pieces.push(piece);
    return Buffer.concat(pieces);
  } catch (error) {
    if (error instanceof BlobUnknown) return undefined;
    throw error;
  }
}

/** @param tick is called between pictures */
export async function collectProofs(
  deps: { db: Db; vault: Vault; blobs: Blobs },
  { records, samples }: Gathered,
  tick: () => Promise<void>,
): Promise<Collected> {
  const drawn = idsOf(samples);
  const ids = [...new Set([...drawn, ...idsOf(records)])];
  const collected: Collected = { files: new Map(), omitted: [], sampled: { documented: 0, all: drawn.length } };
  const documented = new Set<string>();
  let bytes = 0;
  for (let from = 0; from < ids.length; from += RECORDS_AT_ONCE) {
    const batch = ids.slice(from, from + RECORDS_AT_ONCE);
    const place = new Map(batch.map((id, i) => [id, i]));
    const proofs = await proofsOf(deps.db, batch);
    // In the order of the records: what was drawn comes first.
    proofs.sort((a, b) => (place.get(a.serviceId) ?? 0) - (place.get(b.serviceId) ?? 0) || a.n - b.n);
    for (const proof of proofs) {
      const { serviceId: record, n, row } = proof;
      documented.add(record);
      const fits = bytes + row.cleanSize <= MOST_PROOF_BYTES;
      const content = fits ? await read(deps, proof) : undefined;
      if (content) collected.files.set(`evidence/${record}-${n}.${endingOf(row.type as MediaType)}`, content);
      else collected.omitted.push({ record, n, why: fits ? 'unavailable' : 'size' });
      bytes += content?.length ?? 0;
      await tick();
    }
    await tick();
  }
  collected.sampled.documented = drawn.filter((id) => documented.has(id)).length;
  return collected;
}
