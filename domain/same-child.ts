/**
 * What two files of one child have in common (线索): the identity number, a telephone, the name as written and as it sounds.
 * The words made here are only ever stored as keyed hashes. Pure.
 */
import { pinyin } from 'pinyin-pro';
import { e164 } from './phone';

/** The strongest first: that one is said where a file shares several. */
export const CLUES = ['id_number', 'phone', 'name', 'name_sound'] as const;
export type ClueKind = (typeof CLUES)[number];

export interface Clue {
  kind: ClueKind;
  word: string;
}

/** What is known of a child, as far as it tells one child from another. */
export interface Knowable {
  name?: string | undefined;
  idNumber?: string | undefined;
  phone?: string | undefined;
  guardianPhone?: string | undefined;
}

/** Readings of one name that are kept at most; a name with more has its usual reading alone. */
const MOST_READINGS = 8;

/** Written where nobody knew the name; they would make strangers of one another's files. */
const NOBODY =
  /^(?:不详|未知|不知道?|不清楚|无名氏?|没有|保密|匿名|某某?某?|小?[男女]孩|儿童|孩子|unknown|none|anonymous)$/i;

/** As two people would type the same name: one width, no blanks, no dots between parts of a name (买买提·艾力). */
const written = (name: string): string =>
  name
    .normalize('NFKC')
    .replaceAll(/[\s·・•.‧,，、'’-]+/g, '')
    .toLowerCase();

/** Sounds that are not told apart over a telephone or in many dialects. */
const heard = (syllable: string): string =>
  syllable
    .replace(/^([zcs])h/, '$1')
    .replace(/ng$/, 'n')
    .replace(/ü|v/g, 'u');

/** What one character may sound like; anything that is not a Chinese character is its own sound. */
function soundsOf(char: string): string[] {
  if (!/\p{Script=Han}/u.test(char)) return [char];
  const readings = pinyin(char, { toneType: 'none', multiple: true, type: 'array' });
  return [...new Set(readings.map(heard))];
}

/** Every way to say the name, as far as they are few; else the usual one. */
function soundings(name: string): string[] {
  const each = [...name].map(soundsOf);
  const count = each.reduce((product, sounds) => product * sounds.length, 1);
  if (count > MOST_READINGS) return [each.map(([usual = '']) => usual).join(' ')];
  return each.reduce<string[]>(
    (before, sounds) => before.flatMap((head) => sounds.map((sound) => (head === '' ? sound : `${head} ${sound}`))),
    [''],
  );
}

function ofName(name: string): Clue[] {
  const clean = written(name);
  if ([...clean].length < 2 || NOBODY.test(clean)) return [];
  return [
    { kind: 'name', word: clean },
    ...[...new Set(soundings(clean))].map((word): Clue => ({ kind: 'name_sound', word })),
  ];
}

/** By shape alone, as everywhere: a misheard check digit must hold nothing up. */
const ofIdNumber = (idNumber: string): Clue[] => {
  const clean = written(idNumber).toUpperCase();
  return /^\d{17}[\dX]$/.test(clean) ? [{ kind: 'id_number', word: clean }] : [];
};

/** A hotline's or an extension's few digits are nobody's own. */
const ofPhone = (phone: string): Clue[] => {
  const clean = e164(phone.normalize('NFKC').replaceAll(/[\s()-]/g, ''));
  return clean.replaceAll(/\D/g, '').length >= 7 ? [{ kind: 'phone', word: clean }] : [];
};

/** The clues of a child; none where nothing is known that tells it from others. */
export function cluesOf({ name, idNumber, phone, guardianPhone }: Knowable): Clue[] {
  const clues = [
    ...(idNumber ? ofIdNumber(idNumber) : []),
    ...(phone ? ofPhone(phone) : []),
    ...(guardianPhone ? ofPhone(guardianPhone) : []),
    ...(name ? ofName(name) : []),
  ];
  const once = new Map(clues.map((clue) => [`${clue.kind}:${clue.word}`, clue]));
  return [...once.values()];
}
