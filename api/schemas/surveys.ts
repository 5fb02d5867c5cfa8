/** The survey (满意度小问卷): cards for staff, the form of the page, and what was written on it. */
import { z } from 'zod';
import { CONCERNS, FACES, MOST_CARDS, MOST_WORDS } from '../../domain/services/survey';
import { cursor, limit, time, uuid } from './common';

export const surveyBody = z.strictObject({
  cards: z
    .number()
    .int()
    .min(1)
    .max(MOST_CARDS, `at most ${MOST_CARDS} cards at a time`)
    .meta({ description: 'How many can answer, each once' }),
});

/** As a browser sends it: an empty field is there and empty. */
export const answerForm = z.strictObject({
  face: z.enum(FACES),
  text: z.string().trim().max(MOST_WORDS).optional(),
});

export const surveyAnswer = z.strictObject({
  id: z.string(),
  stationId: z.string(),
  serviceId: z.string(),
  question: z.string(),
  cards: z.number(),
  madeBy: z.string(),
  madeAt: time,
  expiresAt: time,
  answers: z.number(),
  satisfied: z.number().nullable().meta({ description: 'null for fewer than three answers' }),
});

const card = z.strictObject({
  url: z.string(),
  qr: z.string().meta({ description: 'The address as a QR code, SVG' }),
});
export const surveyFile = surveyAnswer.extend({
  open: z.array(card).meta({ description: 'The cards that nobody has answered; empty once they are too old' }),
});

export const surveyQuery = z.strictObject({ service: uuid.optional(), cursor: cursor.optional(), limit });

export const remarkQuery = z.strictObject({
  unseen: z.enum(['true', 'false']).default('false').meta({ description: 'true: those that nobody has seen alone' }),
  cursor: cursor.optional(),
  limit,
});
export const remarkAnswer = z.strictObject({
  id: z.string(),
  stationId: z.string(),
  surveyId: z.string(),
  serviceId: z.string(),
  at: time.meta({ description: 'The hour in which it came' }),
  face: z.enum(FACES),
  concern: z.enum(CONCERNS),
  text: z.string().nullable().meta({ description: 'null once its key is destroyed' }),
  seenBy: z.string().nullable(),
  seenAt: time.nullable(),
});
