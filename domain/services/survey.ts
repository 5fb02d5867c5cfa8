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
const english = z.string().trim().min(1).max(80);
const questionsOf = (text: typeof words) =>
  z.strictObject({ default: text, ...Object.fromEntries(SERVICE_KINDS.map((kind) => [kind, text.optional()])) });
const surveyFile = z.strictObject({
  questions: questionsOf(words),
  faces: z
    .array(z.strictObject({ id: z.enum(FACES), name: words, satisfied: z.boolean() }))
    .refine((faces) => FACES.every((id, i) => faces[i]?.id === id), `the faces ${FACES.join(', ')}, in this order`),
  help: z.array(z.strictObject({ number: z.string().regex(/^\d{3,5}$/, 'a short number'), what: words })).min(1),
  harm_words: z.array(z.string().trim().min(1).max(40)).min(1),
  en: z
    .strictObject({
      questions: questionsOf(english),
      faces: z.strictObject({ good: english, so_so: english, bad: english }),
      help: z.record(z.string(), english),
    })
    .optional(),
});

/** What the pages are written in: Chinese, or English on a phone that asks for it. */
export const SURVEY_LANGUAGES = ['zh', 'en'] as const;
export type SurveyLanguage = (typeof SURVEY_LANGUAGES)[number];

/** What a child reads. */
export interface SurveyTexts {
  question(kind: ServiceKind): string;
  faces: readonly { id: Face; name: string }[];
  help: readonly { number: string; what: string }[];
}

export interface SurveyWords extends SurveyTexts {
  /** Chinese stands in for what the file does not say in English. */
  in(language: SurveyLanguage): SurveyTexts;
  satisfied(face: Face): boolean;
  hintsAtHarm(text: string): boolean;
}

/** What is left when writing is taken away from words: neither spaces nor signs, one width of letters and one size. */
const bare = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\p{P}\p{S}\s\p{Cf}]/gu, '');

type Questions = Partial<Record<ServiceKind, string>> & { default: string };
type SurveyFile = z.infer<typeof surveyFile>;

function textsOf({ questions, faces, help }: Pick<SurveyFile, 'questions' | 'faces' | 'help'>): SurveyTexts {
  const asked = questions as Questions;
  return { question: (kind) => asked[kind] ?? asked.default, faces, help };
}

function inEnglish({ en, ...file }: SurveyFile): SurveyTexts {
  if (!en) return textsOf(file);
  return textsOf({
    questions: en.questions,
    faces: file.faces.map((face) => ({ ...face, name: en.faces[face.id] })),
    help: file.help.map(({ number, what }) => ({ number, what: en.help[number] ?? what })),
  });
}

/**
 * Reads the survey's words.
 * @throws PolicyInvalid naming file, line and what was expected, for every problem
 */
export function parseSurvey(text: string, file: string): SurveyWords {
  const problems: Problem[] = [];
  const source = readSource(text, file, problems);
  const read = problems.length === 0 ? readAs(surveyFile, source, problems) : undefined;
  if (!read) throw new PolicyInvalid(problems);
  const harm = read.harm_words.map(bare);
  const texts: Record<SurveyLanguage, SurveyTexts> = { zh: textsOf(read), en: inEnglish(read) };
  return {
    ...texts.zh,
    in: (language) => texts[language],
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
