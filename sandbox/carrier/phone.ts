/** A number as Tencent answers it: E.164, its country code without the plus, and the number without it. */
export interface Phone {
  e164: string;
  nationCode: string;
  local: string;
  /** CN for the mainland; everything else is DEF here, since this product texts nobody abroad. */
  isoCode: 'CN' | 'DEF';
}

const MAINLAND = /^(?:\+86|0086|86)?(1[3-9]\d{9})$/;
const FOREIGN = /^\+(?!86)([1-9]\d{6,14})$/;

/** Reads the forms SendSms takes: E.164, 0086…, 86… and the bare 11 digits; undefined when it is no phone number. */
export function readPhone(given: string): Phone | undefined {
  const local = MAINLAND.exec(given)?.[1];
  if (local !== undefined) return { e164: `+86${local}`, nationCode: '86', local, isoCode: 'CN' };
  const foreign = FOREIGN.exec(given)?.[1];
  if (foreign !== undefined) return { e164: given, nationCode: '', local: foreign, isoCode: 'DEF' };
  return undefined;
}

/** Whether two addresses mean the same phone or mailbox, whatever form each is written in. */
export function sameRecipient(a: string, b: string): boolean {
  const canonical = (given: string) => readPhone(given)?.e164 ?? given.toLowerCase();
  return canonical(a) === canonical(b);
}
