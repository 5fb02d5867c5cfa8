/** Names for what the API answers with and takes. */
import type { paths } from './schema';

type Ok<O> = O extends { responses: { 200: { content: { 'application/json': infer T } } } } ? T : never;
type Body<O> = O extends { requestBody?: { content: { 'application/json': infer T } } } ? T : never;
type ItemOf<L> = L extends { items: (infer T)[] } ? T : never;

export type Me = Ok<paths['/api/v1/me']['get']>;
export type CaseFile = Ok<paths['/api/v1/cases/{id}']['get']>;
export type CaseSummary = ItemOf<Ok<paths['/api/v1/cases']['get']>>;
export type Step = CaseFile['steps'][number];
export type Alert = CaseFile['alerts'][number];
export type Referral = CaseFile['referrals'][number];
export type ListedAlert = ItemOf<Ok<paths['/api/v1/alerts']['get']>>;
export type Told = Ok<paths['/api/v1/alerts/{id}/told']['get']>;
export type CaseMessage = ItemOf<Ok<paths['/api/v1/cases/{id}/messages']['get']>>;
export type AccessLine = ItemOf<Ok<paths['/api/v1/cases/{id}/access']['get']>>;
export type Finding = ItemOf<Ok<paths['/api/v1/audit/findings']['get']>>;
export type Attachment = ItemOf<Ok<paths['/api/v1/cases/{id}/attachments']['get']>>;
export type FormDef = Ok<paths['/api/v1/forms/{formId}/{version}']['get']>;
export type PaperLine = ItemOf<Ok<paths['/api/v1/cases/{id}/papers']['get']>>;
export type PaperFile = Ok<paths['/api/v1/cases/{id}/papers/{paperId}']['get']>;
export type ReportLine = ItemOf<Ok<paths['/api/v1/reports']['get']>>;
export type ReportFile = Ok<paths['/api/v1/reports/{id}']['get']>;
export type TransferItem = ItemOf<Ok<paths['/api/v1/transfers']['get']>>;
export type CoverMade = Ok<paths['/api/v1/covers']['post']>;
export type PartnerFile = Ok<paths['/api/v1/partners/{id}']['get']>;
export type JournalEntry = ItemOf<Ok<paths['/api/v1/cases/{id}/timeline']['get']>>;
export type WorkItem = ItemOf<Ok<paths['/api/v1/work']['get']>>;
export type Approval = ItemOf<Ok<paths['/api/v1/approvals']['get']>>;
export type Staff = ItemOf<Ok<paths['/api/v1/staff']['get']>>;
export type Partner = ItemOf<Ok<paths['/api/v1/partners']['get']>>;
export type PolicyTable = Ok<paths['/api/v1/policies/current']['get']>;
export type WhatIf = Ok<paths['/api/v1/policies/what-if']['get']>;
export type AccountRow = ItemOf<Ok<paths['/api/v1/accounts']['get']>>;
export type StaffRole = Me['role'];
export type OnDuty = Ok<paths['/api/v1/oncall']['get']>;
export type RosterMonth = Ok<paths['/api/v1/roster']['get']>;
export type DutyRole = RosterMonth['items'][number]['role'];
export type DutyShift = RosterMonth['items'][number]['shifts'][number];
export type DutyGap = RosterMonth['items'][number]['gaps'][number];
export type Figures = Ok<paths['/api/v1/figures']['get']>;
export type FigureTable = Figures['tables'][number];
export type Indicators = Ok<paths['/api/v1/indicators']['get']>;
export type Indicator = Indicators['items'][number];
export type ServiceRecord = ItemOf<Ok<paths['/api/v1/services']['get']>>;
export type ServiceFile = Ok<paths['/api/v1/services/{id}']['get']>;
export type SurveyRemark = ItemOf<Ok<paths['/api/v1/survey-remarks']['get']>>;
export type Evidence = ItemOf<Ok<paths['/api/v1/indicators/{id}/records']['get']>>;
export type Pack = Ok<paths['/api/v1/packs/{id}']['get']>;
export type Contract = ItemOf<Ok<paths['/api/v1/contracts']['get']>>;
export type ServiceBody = NonNullable<Body<paths['/api/v1/services']['post']>>;
export type PolicyDraft = Ok<paths['/api/v1/policies/drafts/{id}']['get']>;
export type PolicyChange = Ok<paths['/api/v1/policies/compare']['get']>['changes'][number];
export type PolicyCheck = Ok<paths['/api/v1/policies/check']['post']>;
export type ReportBody = NonNullable<Body<paths['/api/v1/cases']['post']>>;

export type CaseType = CaseSummary['type'];
export type Risk = CaseSummary['risk'];
export type Trigger = NonNullable<ReportBody['triggers']>[number];
export type Purpose = NonNullable<Body<paths['/api/v1/cases/{id}/referrals']['post']>>['purpose'];

export const CASE_TYPES = [
  'sexual_abuse',
  'physical_abuse',
  'domestic_violence',
  'abandonment',
  'neglect',
  'bullying',
  'missing',
  'self_harm',
  'other_emergency',
] as const satisfies readonly CaseType[];
export const RISKS = ['critical', 'high', 'medium', 'low'] as const satisfies readonly Risk[];
export const TRIGGERS = [
  'sexual_abuse',
  'injury',
  'severe_malnutrition',
  'abandonment',
  'no_carer',
  'missing',
  'self_harm',
  'disability_or_death',
  'trafficking',
  'other',
] as const satisfies readonly Trigger[];
export const PURPOSES = [
  'investigate',
  'protect',
  'medical',
  'forensic',
  'school_support',
  'legal_aid',
  'counselling',
  'placement',
  'other',
] as const satisfies readonly Purpose[];
export const REPORTER_ROLES = [
  'staff',
  'relative',
  'teacher',
  'doctor',
  'police',
  'neighbour',
  'child',
  'hotline',
  'other',
] as const;

export const ROLES = [
  'social_worker',
  'supervisor',
  'duty_officer',
  'admin',
  'evaluator',
] as const satisfies readonly StaffRole[];
