import type { Db } from '../../store/db';
import type { CarrierMessage } from './carrier-client';

export interface SandboxMessage extends Omit<CarrierMessage, 'numbers'> {
  /** Cases that the message is about. */
  caseIds: string[];
}

/** Which cases a message is about: those whose number it names; of a call, which names none, those that had it made. */
export async function withCases(db: Db, messages: CarrierMessage[]): Promise<SandboxMessage[]> {
  const numbers = [...new Set(messages.flatMap((one) => one.numbers))];
  const refs = messages.flatMap(({ channel, serialNo }) => (channel === 'voice' && serialNo ? [serialNo] : []));
  const [rows, calls] = await Promise.all([
    db.caseRow.findMany({ where: { number: { in: numbers } }, select: { id: true, number: true } }),
    db.delivery.findMany({ where: { providerRef: { in: refs } }, select: { providerRef: true, caseId: true } }),
  ]);
  const idOf = new Map(rows.map((row) => [row.number, row.id]));
  return messages.map(({ numbers: named, ...message }) => {
    const called = calls.filter(({ providerRef }) => providerRef === message.serialNo);
    const ids = [...named.map((number) => idOf.get(number)), ...called.map(({ caseId }) => caseId)];
    return { ...message, caseIds: [...new Set(ids.filter((id) => id !== undefined && id !== null))] };
  });
}
