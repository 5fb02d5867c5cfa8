/** Which words an entry of the journal points at: ids alone, the words lie in the vault. */
import type { Prisma } from '../prisma/generated/client';
import type { Db } from './db';

/** Entries of one kind, which have their words under one name. */
export interface EntryWithWords {
  kind: string;
  field: 'noteId' | 'reasonId';
  /** Those of them that are meant; absent: all. */
  where?: Prisma.JsonFilter<'Event'>;
}

/** The vault's entry that the last such entry of a case points at; undefined where there is none. */
export async function wordsOf(db: Db, caseId: string, entry: EntryWithWords): Promise<string | undefined> {
  const { kind, field, where } = entry;
  const last = await db.event.findFirst({ where: { caseId, kind, data: where }, orderBy: { seq: 'desc' } });
  const id = (last?.data as Record<string, unknown> | undefined)?.[field];
  return typeof id === 'string' ? id : undefined;
}
