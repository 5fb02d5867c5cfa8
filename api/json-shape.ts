/**
 * Looks over the text of JSON: nested too deep, or a key given twice, of which each reader could take another one. One walk,
 * and no recursion.
 */
import { badRequest } from './problem';

export const DEEPEST = 16;

interface Level {
  /** Of an object; undefined in an array. */
  keys?: Set<string>;
  /** The next string is a key. */
  keyNext: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The index behind the string that begins at `from`; the text's length where it does not end. */
function endOfString(text: string, from: number): number {
  for (let i = from + 1; i < text.length; i += 1) {
    const char = text.charCodeAt(i);
    if (char === BACKSLASH) i += 1;
    else if (char === QUOTE) return i + 1;
  }
  return text.length;
}

/** A key as its reader sees it, escapes included; undefined where it is none that can be read. */
function keyOf(quoted: string): string | undefined {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch (error) {
    // JSON.parse of the whole body will say so, to the same effect.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** @throws Problem 400 for what is nested too deep or says a key twice; what is no JSON at all is the parser's to find */
export function checkJson(text: string): void {
  const levels: Level[] = [];
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i];
    if (char === '{' || char === '[') {
      if (levels.length >= DEEPEST) throw badRequest(`the body is nested more than ${DEEPEST} levels deep`);
      levels.push(char === '{' ? { keys: new Set(), keyNext: true } : { keyNext: false });
    } else if (char === '}' || char === ']') levels.pop();
    else if (char === ',') {
      const level = levels.at(-1);
      if (level?.keys) level.keyNext = true;
    } else if (char === '"') {
      const end = endOfString(text, i);
      const level = levels.at(-1);
      if (level?.keys && level.keyNext) {
        const key = keyOf(text.slice(i, end));
        if (key !== undefined && level.keys.has(key)) throw badRequest('the body says a field twice');
        if (key !== undefined) level.keys.add(key);
        level.keyNext = false;
      }
      i = end - 1;
    }
  }
}
