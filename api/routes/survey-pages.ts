/** The survey's page behind a QR code: /s/{token}. Anybody who holds the card answers, once; nobody is asked who they are. */
import { type ErrorRequestHandler, type Request, type Response, Router } from 'express';
import type { ServiceKind } from '../../domain/services/kinds';
import { concernOf, SURVEY_LANGUAGES, type SurveyLanguage } from '../../domain/services/survey';
import { answerSurvey, findCard, type FoundCard } from '../../store/services/surveys';
import type { ApiDeps } from '../deps';
import { asProblem } from '../failure';
import type { Refused } from '../pages/layout';
import { noCardPage, surveyPage, thanksPage, tryAgainPage } from '../pages/survey';
import { gone, notFound } from '../problem';
import { answerForm } from '../schemas/surveys';
import { parse } from '../validate';
import { isSandbox, refusedForm, sendPage, wantsJson } from './page-reply';

type CardRequest = Request<{ token: string }>;

/** Chinese, unless the phone asks for English rather than that. */
const languageOf = (req: Request): SurveyLanguage =>
  req.acceptsLanguages([...SURVEY_LANGUAGES]) === 'en' ? 'en' : 'zh';

/** @throws Problem 404 for an unknown card, 410 for one that is too old */
async function cardOf(deps: ApiDeps, { params }: CardRequest): Promise<FoundCard> {
  const card = await findCard(deps.db, params.token);
  if (!card) throw notFound('there is no such card');
  if (card.survey.expiresAt.getTime() <= Date.now()) throw gone('LinkExpired', 'this card is too old');
  return card;
}

/** Where anybody can report to this station without a telephone, if this system answers there. */
const reportPage = ({ docs }: ApiDeps, stationId: string): string | undefined =>
  docs.operations.some(({ path }) => path === '/help/{station}') ? `/help/${encodeURIComponent(stationId)}` : undefined;

/** One address in two languages: whoever keeps pages on the way keeps them apart. */
function send(res: Response, status: number, page: string): void {
  res.vary('Accept-Language');
  sendPage(res, status, page);
}

interface Said {
  harm: boolean;
  again?: boolean;
}

function thank(deps: ApiDeps, req: CardRequest, res: Response, { survey }: FoundCard, said: Said): void {
  const report = reportPage(deps, survey.stationId);
  const view = { ...said, sandbox: isSandbox(deps), language: languageOf(req), words: deps.survey };
  send(res, 200, thanksPage({ ...view, ...(report && { report }) }));
}

function ask(deps: ApiDeps, req: CardRequest, res: Response, { kind }: FoundCard, refused?: Refused): void {
  const language = languageOf(req);
  const question = deps.survey.in(language).question(kind as ServiceKind);
  const { token } = req.params;
  const view = { sandbox: isSandbox(deps), language, path: `/s/${token}`, question, words: deps.survey, refused };
  send(res, refused ? 422 : 200, surveyPage(view));
}

const show = (deps: ApiDeps) => async (req: CardRequest, res: Response) => {
  const card = await cardOf(deps, req);
  if (card.used) return thank(deps, req, res, card, { harm: false, again: true });
  ask(deps, req, res, card);
};

const answer = (deps: ApiDeps) => async (req: CardRequest, res: Response) => {
  const card = await cardOf(deps, req);
  // A second tap, or a friend's turn on the same card: nothing is taken, and nothing is said of the first answer.
  if (card.used) return thank(deps, req, res, card, { harm: false, again: true });
  try {
    const { face, text: written = '' } = parse(answerForm, req.body);
    const text = written === '' ? undefined : written;
    const concern = concernOf(deps.survey, { face, ...(text !== undefined && { text }) });
    const satisfied = deps.survey.satisfied(face);
    const { token } = req.params;
    const answering = { token, survey: card.survey, face, satisfied, concern, text, at: Date.now() };
    const taken = await answerSurvey(deps.db, deps.vault, answering);
    // The help is shown for what was just written, also where the card was used in the same moment.
    thank(deps, req, res, card, { harm: concern === 'harm', again: !taken });
  } catch (error) {
    const refused = wantsJson(req) ? undefined : refusedForm(error, req);
    if (refused === undefined) throw error;
    ask(deps, req, res, card, refused);
  }
};

/** Failures in words for children; to robots the frame answers. */
function failed(deps: ApiDeps): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    const { status, type, headers } = asProblem(error);
    if (res.headersSent || wantsJson(req)) return next(error);
    if (status >= 500) deps.log.error({ requestId: req.requestId, failure: type }, 'page failed');
    res.set(headers);
    const view = { sandbox: isSandbox(deps), language: languageOf(req) };
    const none = status === 404 || status === 410;
    send(res, status, none ? noCardPage({ ...view, words: deps.survey, old: status === 410 }) : tryAgainPage(view));
  };
}

/** Mounted at /s, behind the form's body parser and the check that the form is our own. */
export function createSurveyPagesRouter(deps: ApiDeps): Router {
  const about = { path: '/s/{token}', tag: 'survey pages' };
  deps.docs.add(
    {
      ...{ ...about, method: 'get', summary: 'The question on a card' },
      answers: { 200: { description: 'A page' }, 410: { description: 'Too old' } },
    },
    {
      ...{ ...about, method: 'post', summary: 'Answer it, once', body: answerForm },
      answers: { 200: { description: 'Thanks, and where help is' }, 410: { description: 'Too old' } },
    },
  );
  return Router().get('/:token', show(deps)).post('/:token', answer(deps)).use(failed(deps));
}
