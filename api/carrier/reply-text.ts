/** Reading what people text back. */

/** Words by which a phone opts out at the carrier; they never acknowledge anything. */
const OPT_OUT = new Set(['T', 'TD', 'N', 'QX', '退订', '0000']);

const plain = (text: string): string => text.normalize('NFKC').trim();

export const isOptOut = (text: string): boolean =>
  OPT_OUT.has(
    plain(text)
      .replace(/[\s\p{P}]/gu, '')
      .toUpperCase(),
  );

const codesIn = (text: string): string[] => text.match(/(?<![A-Za-z0-9])\d{4}(?![A-Za-z0-9])/g) ?? [];

/**
 * The four-digit codes in a reply, once each: full-width digits count, and a code written with gaps where nothing else
 * looks like one. The digits of a case number (A0123) are none.
 */
export function codesOf(text: string): string[] {
  const words = plain(text);
  const found = codesIn(words);
  return [...new Set(found.length > 0 ? found : codesIn(words.replace(/(?<=\d)\s+(?=\d)/g, '')))];
}
