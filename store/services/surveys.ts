/** Surveys (满意度小问卷) on disk: cards made after a service, and the answers, which no row links to a card. */
import { randomUUID } from 'node:crypto';
import { type Concern, type Face, LEAST_SHOWN, SURVEY_MS } from '../../domain/services/survey';
import { HOUR } from '../../domain/zone';
import type { Survey, SurveyAnswer } from '../../prisma/generated/client';
import type { Scope } from '../cases';
import type { Db, Tx } from '../db';
import type { Links } from '../links';
import type { Vault } from '../vault';
import { changesBetween, journalService } from './journal';
import { tellSupervisors } from './survey-notice';
import { sha256 } from '../sha256';

export type { Survey, SurveyAnswer };

/** Short, so that the QR code is coarse enough for an old phone: 16 bytes. */
const TOKEN_BYTES = 16;
/** The n-th card's token, the same at each call; only its hash is stored. */
export const tokenOf = (links: Links, surveyId: string, n: number): string =>
  links.derive('survey', surveyId, n).subarray(0, TOKEN_BYTES).toString('base64url');

/** Makes a survey with its cards. A repetition under the same id changes nothing. */
export async function makeSurvey(
  db: Db,
  links: Links,
  making: { id: string; stationId: string; serviceId: string; cards: number; staffId: string; at: number },
): Promise<void> {
  const { id, stationId, serviceId, cards, staffId, at } = making;
  await db.$transaction(async (tx) => {
    if (await tx.survey.findUnique({ where: { id }, select: { id: true } })) return;
    const times = { madeAt: new Date(at), expiresAt: new Date(at + SURVEY_MS) };
    await tx.survey.create({ data: { ...{ id, stationId, serviceId, cards, madeBy: staffId }, ...times } });
    const rows = Array.from({ length: cards }, (_, n) => ({
      ...{ surveyId: id, n, tokenHash: sha256(tokenOf(links, id, n)) },
    }));
    await tx.surveyCard.createMany({ data: rows });
    const changes = changesBetween({}, { serviceId, cards });
    await journalService(tx, { entity: 'survey', entityId: id, stationId, staffId, action: 'entered', changes });
  });
}

export interface CountedSurvey {
  survey: Survey;
  /** The kind of the service that it is about. */
  kind: string;
  answers: number;
  /** Null while so few have answered that it would be plain who said what. */
  satisfied: number | null;
}

/** How many answered each, and how many of them were satisfied. */
export async function withAnswers(tx: Tx, surveys: Survey[]): Promise<CountedSurvey[]> {
  const surveyId = { in: surveys.map(({ id }) => id) };
  const [counts, services] = await Promise.all([
    tx.surveyAnswer.groupBy({ by: ['surveyId', 'satisfied'], where: { surveyId }, _count: true }),
    tx.serviceRecord.findMany({
      where: { id: { in: surveys.map(({ serviceId }) => serviceId) } },
      select: { id: true, kind: true },
    }),
  ]);
  const kinds = new Map(services.map(({ id, kind }) => [id, kind]));
  return surveys.map((survey) => {
    const own = counts.filter((one) => one.surveyId === survey.id);
    const answers = own.reduce((sum, one) => sum + one._count, 0);
    const satisfied = own.find((one) => one.satisfied)?._count ?? 0;
    const kind = kinds.get(survey.serviceId) ?? '';
    return { survey, kind, answers, satisfied: answers < LEAST_SHOWN ? null : satisfied };
  });
}

/** Undefined: there is no such survey. */
export async function readSurvey(tx: Tx, id: string): Promise<Survey | undefined> {
  return (await tx.survey.findUnique({ where: { id } })) ?? undefined;
}

/** The cards that nobody has used, by number. */
export const openCards = async (tx: Tx, surveyId: string): Promise<number[]> =>
  (await tx.surveyCard.findMany({ where: { surveyId, used: false }, orderBy: { n: 'asc' }, select: { n: true } })).map(
    ({ n }) => n,
  );

interface Taken {
  take: number;
  /** Services whose surveys are left out. */
  hidden: readonly string[];
}

const notAbout = (hidden: readonly string[]) => (hidden.length === 0 ? {} : { serviceId: { notIn: [...hidden] } });

/** One page of surveys, newest first. */
export function listSurveys(
  tx: Tx,
  scope: Scope,
  { service, after, take, hidden }: { service?: string; after?: { madeAt: number; id: string } } & Taken,
): Promise<Survey[]> {
  const madeAt = after && new Date(after.madeAt);
  return tx.survey.findMany({
    where: {
      ...(scope !== 'all' && { stationId: { in: scope.stationIds } }),
      ...notAbout(hidden),
      ...(service !== undefined && { AND: { serviceId: service } }),
      ...(after && { OR: [{ madeAt: { lt: madeAt } }, { madeAt, id: { gt: after.id } }] }),
    },
    orderBy: [{ madeAt: 'desc' }, { id: 'asc' }],
    take,
  });
}

export interface FoundCard {
  survey: Survey;
  kind: string;
  used: boolean;
}

/** What a card's token opens. */
export async function findCard(tx: Tx, token: string): Promise<FoundCard | undefined> {
  const card = await tx.surveyCard.findUnique({ where: { tokenHash: sha256(token) } });
  const survey = card && (await tx.survey.findUnique({ where: { id: card.surveyId } }));
  if (!card || !survey) return undefined;
  const service = await tx.serviceRecord.findUnique({ where: { id: survey.serviceId }, select: { kind: true } });
  return { survey, kind: service?.kind ?? '', used: card.used };
}

export interface Answering {
  token: string;
  survey: Survey;
  face: Face;
  satisfied: boolean;
  concern: Concern;
  text?: string;
  /** Milliseconds since the epoch. */
  at: number;
}

/**
 * Takes one answer, and tells the supervisor where it asks for that: both or neither.
 * @returns false when the card was used before
 */
export function answerSurvey(db: Db, vault: Vault, answering: Answering): Promise<boolean> {
  const { token, survey, face, satisfied, concern, text, at } = answering;
  const { id: surveyId, stationId, serviceId } = survey;
  return db.$transaction(async (tx) => {
    const { count } = await tx.surveyCard.updateMany({
      where: { tokenHash: sha256(token), used: false },
      data: { used: true },
    });
    if (count === 0) return false;
    const id = randomUUID();
    // Whoever sees the rows must not learn from them who of a class was quick and who was slow.
    const hour = new Date(at - (at % HOUR));
    const textId = text === undefined ? null : await sealText(tx, vault, surveyId, text);
    await tx.surveyAnswer.create({
      data: { ...{ id, surveyId, stationId, serviceId, face, satisfied, concern, textId }, at: hour },
    });
    if (concern !== 'none') await tellSupervisors(tx, { id, stationId, serviceId, concern, at });
    return true;
  });
}

const sealText = async (tx: Tx, vault: Vault, surveyId: string, value: string): Promise<string> =>
  vault.seal(tx, { subjectId: await vault.newSubject(tx), caseId: `survey:${surveyId}`, kind: 'feedback', value });

export interface RemarkPlace {
  at: number;
  id: string;
}

/** Answers with words (留言), newest first; those that nobody has seen alone, if asked for. */
export function listRemarks(
  tx: Tx,
  scope: Scope,
  { unseen, after, take, hidden }: { unseen: boolean; after?: RemarkPlace } & Taken,
): Promise<SurveyAnswer[]> {
  const at = after && new Date(after.at);
  return tx.surveyAnswer.findMany({
    where: {
      ...(scope !== 'all' && { stationId: { in: scope.stationIds } }),
      textId: { not: null },
      ...notAbout(hidden),
      ...(unseen && { seenAt: null }),
      ...(after && { OR: [{ at: { lt: at } }, { at, id: { gt: after.id } }] }),
    },
    orderBy: [{ at: 'desc' }, { id: 'asc' }],
    take,
  });
}

/** Undefined: there is no such answer, or it has no words. */
export async function readRemark(tx: Tx, id: string): Promise<SurveyAnswer | undefined> {
  return (await tx.surveyAnswer.findFirst({ where: { id, textId: { not: null } } })) ?? undefined;
}

/** Says that somebody has read it and sees to it; the first one stays. */
export async function seeRemark(db: Db, id: string, by: { staffId: string; at: number }): Promise<void> {
  await db.surveyAnswer.updateMany({
    where: { id, seenAt: null },
    data: { seenBy: by.staffId, seenAt: new Date(by.at) },
  });
}
