/** Phone numbers of the mainland in one form, so that a push, a row and a form can be compared. */

const MAINLAND = /^(?:\+86|0086|86)?(1[3-9]\d{9})$/;

/** `+8613800138000`; a number that is not a mainland mobile stays as it is, without spaces and hyphens. */
export function e164(given: string): string {
  const bare = given.normalize('NFKC').replace(/[\s-]/g, '');
  const local = MAINLAND.exec(bare)?.[1];
  return local === undefined ? bare : `+86${local}`;
}

/** Every way in which the number may stand in a row. */
export function phoneForms(given: string): string[] {
  const whole = e164(given);
  const local = MAINLAND.exec(whole)?.[1];
  return local === undefined ? [whole] : [whole, local, `86${local}`, `0086${local}`];
}

/** Can texts reach it: a mobile number of the mainland, however it is written? */
export const isMobile = (given: string): boolean => /^\+861[3-9]\d{9}$/.test(e164(given));

/** The last four digits, by which a partner shows that the text went to their phone. */
export const phoneTail = (given: string): string => e164(given).slice(-4);
