import type { Db } from '../../store/db';
import type { CarrierMessage } from './carrier-client';

export interface SandboxMessage extends Omit<CarrierMessage, 'numbers'> {
  /** Cases whose number stands in the text. */
  caseIds: string[];
}

/** Messages carry case numbers; screens and tests want to know which cases these are. */
export async function withCases(db: Db, messages: CarrierMessage[]): Promise<SandboxMessage[]> {
  const numbers = [...new Set(messages.flatMap((one) => one.numbers))];
  const rows = await db.caseRow.findMany({ where: { number: { in: numbers } }, select: { id: true, number: true } });
  const idOf = new Map(rows.map((row) => [row.number, row.id]));
  return messages.map(({ numbers: named, ...message }) => ({
    ...message,
    caseIds: named.flatMap((number) => idOf.get(number) ?? []),
  }));
}
