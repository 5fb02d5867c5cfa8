/** Short numbers of the register, and what makes a child the same child. */

/** `C0001`, running within a station. */
export const childNumber = (count: number): string => `C${String(count).padStart(4, '0')}`;

export interface Identity {
  name?: string | undefined;
  /** yyyy-mm-dd */
  birthDate?: string | undefined;
  idNumber?: string | undefined;
}

/**
 * What two entries of one child have in common, whoever typed them: the identity number (公民身份号码), or else name and
 * birth date. Undefined where neither is known: such a child cannot be told from another.
 */
export function identityOf({ name, birthDate, idNumber }: Identity): string | undefined {
  const clean = (text: string): string => text.normalize('NFKC').replaceAll(/\s+/g, '').toUpperCase();
  if (idNumber) return `id:${clean(idNumber)}`;
  return name && birthDate ? `nb:${clean(name)}:${birthDate}` : undefined;
}
