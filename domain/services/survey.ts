/** The survey that children answer after a service (满意度小问卷): its words as data, and what an answer means. Pure. */
import { z } from 'zod';
import { PolicyInvalid, type Problem } from '../policy/invalid';
import { readAs, readSource } from '../policy/source';
import { SERVICE_KINDS, type ServiceKind } from './kinds';

/** Each has a drawing (api/pages/faces.ts). */
export const FACES = ['good', 'so_so', 'bad'] as const;
export type Face = (typeof FACES)[number];

/** none: nothing to do; low: not satisfied, and says why; harm: the words hint at harm. */
export const CONCERNS = ['none', 'low', 'harm'] as const;
export type Concern = (typeof CONCERNS)[number];

/** A card is of no use after this long. Milliseconds. */
export const SURVEY_MS = 30 * 24 * 3_600_000;
export const MOST_CARDS = 100;
export const MOST_WORDS = 500;
/** Of fewer answers nobody is shown how many were satisfied, or it would be plain who said what. */
export const LEAST_SHOWN = 3;

const words = z.string().trim().min(1).max(40);
const surveyFile = z.strictObject({
  questions: z.strictObject({
    default: words,
    ...Object.fromEntries(SERVICE_KINDS.map((kind) => [kind, words.optional()])),
  }),
  faces: z
    .array(z.strictObject({ id: z.enum(FACES), name: words, satisfied: z.boolean() }))
    .refine((faces) => FACES.every((id, i) => faces[i]?.id === id), `the faces ${FACES.join(', ')}, in this order`),
  help: z.array(z.strictObject({ number: z.string().regex(/^\d{3,5}$/, 'a short number'), what: words })).min(1),
  harm_words: z.array(z.string().trim().min(1).max(20)).min(1),
});

export interface SurveyWords {
  question(kind: ServiceKind): string;
  faces: readonly { id: Face; name: string; satisfied: boolean }[];
  help: readonly { number: string; what: string }[];
  satisfied(face: Face): boolean;
  hintsAtHarm(text: string): boolean;
}

/** What is left when writing is taken away from words: neither spaces nor signs, and one width of letters. */
const bare = (text: string): string => text.normalize('NFKC').replaceAll(/[\p{P}\p{S}\s\p{Cf}]/gu, '');

/**
 * Reads the survey's words.
 * @throws PolicyInvalid naming file, line and what was expected, for every problem
 */
export function parseSurvey(text: string, file: string): SurveyWords {
  const problems: Problem[] = [];
  const source = readSource(text, file, problems);
  const read = problems.length === 0 ? readAs(surveyFile, source, problems) : undefined;
  if (!read) throw new PolicyInvalid(problems);
  const questions = read.questions as Partial<Record<ServiceKind, string>> & { default: string };
  const harm = read.harm_words.map(bare);
  return {
    question: (kind) => questions[kind] ?? questions.default,
    faces: read.faces,
    help: read.help,
    satisfied: (face) => read.faces.some((one) => one.id === face && one.satisfied),
    hintsAtHarm(said) {
      const plain = bare(said);
      return harm.some((word) => plain.includes(word));
    },
  };
}

/** What an answer asks of the supervisor. Words that hint at harm count whatever the face. */
export function concernOf(words: SurveyWords, { face, text }: { face: Face; text?: string }): Concern {
  if (text === undefined) return 'none';
  if (words.hintsAtHarm(text)) return 'harm';
  return words.satisfied(face) ? 'none' : 'low';
}
