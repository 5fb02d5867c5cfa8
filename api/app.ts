import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Router } from 'express';
import { logAccess } from '../store/access-log';
import { authenticate } from './auth/authenticate';
import { mountAuth } from './auth/mount';
import { authenticateSource, throttleSource } from './auth/source-key';
import type { ApiDeps } from './deps';
import { asProblem } from './failure';
import { idempotent } from './idempotency';
import { logged, mountedAt, routePattern } from './log';
import { patience } from './patience';
import { measured } from './metrics';
import { notFound, type Problem } from './problem';
import { createAccountRouter } from './routes/account';
import { createAccountsRouter } from './routes/accounts';
import { sourceOf } from './request';
import { createAccessRouter } from './routes/access';
import { createAlertPagesRouter } from './routes/alert-pages';
import { createAlertsRouter } from './routes/alerts';
import { createAssetsRouter } from './routes/assets';
import { createAuditRouter } from './routes/audit';
import { createBudgetsRouter } from './routes/budgets';
import { createCarrierRouter } from './routes/carrier';
import { createCaseFileRouter } from './routes/case-file';
import { createCaseMessagesRouter } from './routes/case-messages';
import { createCasePolicyRouter } from './routes/case-policy';
import { createCaseJoiningRouter } from './routes/case-joining';
import { createCaseRelationsRouter } from './routes/case-relations';
import { createCasesRouter } from './routes/cases';
import { createChildrenRouter } from './routes/children';
import { createCodecRouter } from './routes/codec';
import { createContactsRouter } from './routes/contacts';
import { createCoversRouter } from './routes/covers';
import { createDirectoryRouter } from './routes/directory';
import { createDocsRouter } from './routes/docs';
import { createErasuresRouter } from './routes/erasures';
import { createFaultsRouter } from './routes/faults';
import { createFiguresRouter } from './routes/figures';
import { createExportsRouter } from './routes/exports';
import { createHealthRouter } from './routes/health';
import { createApprovalsRouter } from './routes/approvals';
import { createHelpPagesRouter } from './routes/help-pages';
import { createHouseholdsRouter } from './routes/households';
import { createBreakGlassRouter } from './routes/break-glass';
import { createImportsRouter } from './routes/imports';
import { createIndicatorsRouter } from './routes/indicators';
import { createIntakeRouter } from './routes/intake';
import { createOncallRouter } from './routes/oncall';
import { createPacksRouter } from './routes/packs';
import { createPapersRouter } from './routes/papers';
import { createPaperSigningRouter } from './routes/paper-signing';
import { createPartnerPagesRouter } from './routes/partner-pages';
import { createPartnerSignInRouter } from './routes/partner-sign-in';
import { createPartnerUploadRouter } from './routes/partner-upload';
import { createPartnersRouter } from './routes/partners';
import { createPeopleRouter } from './routes/people';
import { createPolicyDraftsRouter } from './routes/policy-drafts';
import { createPolicyTableRouter } from './routes/policy-table';
import { createPostsRouter } from './routes/posts';
import { createProofsRouter } from './routes/proofs';
import { createPushRouter } from './routes/push';
import { createReferralsRouter } from './routes/referrals';
import { createReportsRouter } from './routes/reports';
import { createRestrictionsRouter } from './routes/restrictions';
import { createRobotsRouter } from './routes/robots';
import { createRosterFeedRouter, createSubscribedRouter } from './routes/roster-feed';
import { createRosterRouter } from './routes/roster';
import { createSetupRouter } from './routes/setup';
import { createServiceGroupsRouter } from './routes/service-groups';
import { createServicesRouter } from './routes/services';
import { createAttachmentsRouter } from './routes/attachments';
import { createSessionRouter } from './routes/session';
import { createSourcesRouter } from './routes/sources';
import { createStepsRouter } from './routes/steps';
import { createStreamRouter } from './routes/stream';
import { createSurveyPagesRouter } from './routes/survey-pages';
import { createSurveysRouter } from './routes/surveys';
import { createTransfersRouter } from './routes/transfers';
import { createUploadsRouter } from './routes/uploads';
import { createWorkRouter } from './routes/work';
import { tracedRequests } from './traced';
import { createWebFiles, createWebPages } from './web';
import { cleanAddress, formBody, headers, jsonBody, mediaTypes, samePageOnly, throttle } from './security';

/** Adds routes that only some installations have, such as the sandbox's. */
export type Mount = (app: Express, deps: ApiDeps) => void;

const JSON_TYPES = ['application/json', 'application/*+json'];
const FORM_TYPE = 'application/x-www-form-urlencoded';

/** The whole API as an Express application that listens nowhere yet. */
export function createApp(deps: ApiDeps, mount?: Mount): Express {
  const { config, log, metrics } = deps;
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', config.trustProxy);
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.use(...tracedRequests(), logged(log), measured(metrics), patience, ...headers(), cleanAddress);
  app.use(createHealthRouter(deps), createAssetsRouter(), createWebFiles());
  const at = (path: string, ...handlers: (RequestHandler | Router)[]) => app.use(path, mountedAt(path), ...handlers);
  // Receipts and replies of a whole town come from a few of the carrier's machines: no throttle in their way.
  at('/carrier/tencent', createCarrierRouter(deps));
  app.use(throttle(config, 'address'));
  mountAuth(app, deps);

  // Whose page it is comes first: what another site sends is refused as that, whatever it is.
  const page = [samePageOnly(config), mediaTypes(FORM_TYPE, ...JSON_TYPES), ...formBody(), ...jsonBody()];
  at('/r', samePageOnly(config), createPartnerUploadRouter(deps));
  at('/r', ...page, createPartnerPagesRouter(deps));
  at('/p', ...page, createPartnerSignInRouter(deps));
  at('/a', ...page, createAlertPagesRouter(deps));
  at('/s', ...page, createSurveyPagesRouter(deps));
  at('/api/setup', samePageOnly(config), mediaTypes(...JSON_TYPES), ...jsonBody(), createSetupRouter(deps));
  // Open to everybody and without any credential: no other site could borrow one, so no browser is asked where it comes from.
  at('/help', mediaTypes(FORM_TYPE), ...formBody(), createHelpPagesRouter(deps));
  at(
    '/api/v1/intake',
    authenticateSource(deps),
    throttleSource(),
    mediaTypes(...JSON_TYPES),
    ...jsonBody(),
    idempotent(deps, (req) => `source/${sourceOf(req).id}`),
    createIntakeRouter(deps),
  );
  at('/codec', createCodecRouter(deps));
  at('/api/v1/uploads', authenticate(deps), throttle(config, 'caller'), createUploadsRouter(deps));
  at('/api/v1/imports', authenticate(deps), throttle(config, 'caller'), createImportsRouter(deps));
  at('/api/v1', createSubscribedRouter(deps));
  at(
    '/api/v1',
    authenticate(deps),
    throttle(config, 'caller'),
    mediaTypes(...JSON_TYPES),
    ...jsonBody(),
    idempotent(deps),
    createSessionRouter(deps),
    createCasesRouter(deps),
    createCaseFileRouter(deps),
    createCaseMessagesRouter(deps),
    createCasePolicyRouter(deps),
    createCaseRelationsRouter(deps),
    createCaseJoiningRouter(deps),
    createReportsRouter(deps),
    createSourcesRouter(deps),
    createStepsRouter(deps),
    createPeopleRouter(deps),
    createTransfersRouter(deps),
    createCoversRouter(deps),
    createReferralsRouter(deps),
    createAlertsRouter(deps),
    createDirectoryRouter(deps),
    createPartnersRouter(deps),
    createServicesRouter(deps),
    createServiceGroupsRouter(deps),
    createSurveysRouter(deps),
    createPostsRouter(deps),
    createChildrenRouter(deps),
    createHouseholdsRouter(deps),
    createIndicatorsRouter(deps),
    createPacksRouter(deps),
    createProofsRouter(deps),
    createFiguresRouter(deps),
    createExportsRouter(deps),
    createAuditRouter(deps),
    createBudgetsRouter(deps),
    createRobotsRouter(deps),
    createFaultsRouter(deps),
    createOncallRouter(deps),
    createRosterRouter(deps),
    createRosterFeedRouter(deps),
    createContactsRouter(deps),
    createPushRouter(deps),
    createAccessRouter(deps),
    createAccountRouter(deps),
    createAccountsRouter(deps),
    createRestrictionsRouter(deps),
    createBreakGlassRouter(deps),
    createErasuresRouter(deps),
    createWorkRouter(deps),
    createApprovalsRouter(deps),
    createPolicyTableRouter(deps),
    createPolicyDraftsRouter(deps),
    createStreamRouter(deps),
    createAttachmentsRouter(deps),
    createPapersRouter(deps),
    createPaperSigningRouter(deps),
  );
  app.use(createDocsRouter(deps));
  mount?.(app, deps);
  app.use(createWebPages());
  app.use(() => {
    throw notFound();
  });
  app.use(failed(deps));
  return app;
}

/** The last handler: every failure becomes a problem, is logged by its name, and where asked for is on the record. */
function failed(deps: ApiDeps): ErrorRequestHandler {
  return async (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    let problem = asProblem(error);
    try {
      await record(deps, req, problem);
      await res.locals.settle?.(problem.status, problem.body(req.requestId));
    } catch (cause) {
      // What cannot be put on the record is not answered as if it had been.
      problem = asProblem(cause);
    }
    const line = { requestId: req.requestId, failure: problem.type, route: routePattern(req) };
    if (problem.status >= 500) deps.log.error({ ...line, ...causeOf(problem) }, 'request failed');
    else deps.log.debug(line, 'request refused');
    const body = JSON.stringify(problem.body(req.requestId));
    res.status(problem.status).set(problem.headers).type('application/problem+json').send(body);
  };
}

/** Name and place of an error; its message may quote what somebody typed and stays out of the log. */
function causeOf({ cause }: Problem): object {
  if (!(cause instanceof Error)) return { cause: typeof cause };
  const frames = (cause.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  return { cause: cause.name, code, frames: frames.slice(0, 8).map((line) => line.trim()) };
}

async function record(deps: ApiDeps, req: express.Request, problem: Problem): Promise<void> {
  if (!problem.audit) return;
  const { userId, staffId } = req.caller ?? {};
  const { action, caseId } = problem.audit;
  await logAccess(deps.db, { userId, staffId, action, caseId, allowed: false, address: req.ip });
}
