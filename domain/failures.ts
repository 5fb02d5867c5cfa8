/** Every failure that crosses a boundary, by name. The API turns them into problem+json, the log into a word to search. */

export const FAILURES = {
  // Commands that a case cannot follow (409 with what is possible now)
  StepUnknown: 404,
  StepOver: 409,
  StepNotExtendable: 409,
  ExtensionUnknown: 409,
  ExtensionNotLater: 422,
  SamePersonDecides: 403,
  CaseClosed: 409,
  CaseNotClosed: 409,
  StepsOpen: 409,
  ClosingUnknown: 409,
  NoteMissing: 422,
  RiskSame: 409,
  LoweringNeedsSupervisor: 403,
  RiskBelowLeast: 409,
  ExpiryNotLater: 422,
  DueNotLater: 422,
  DoneInFuture: 422,
  DoneTooEarly: 422,
  AlertUnknown: 404,
  AlertOver: 409,
  ReferralUnknown: 404,
  ReferralOver: 410,
  ReferralAlreadyConfirmed: 409,
  ReferralNotConfirmed: 409,
  CaseJoined: 409,
  CaseNotJoined: 409,
  JoinsCross: 409,
  ReferralsOpen: 409,
  SameCase: 422,
  CaseIsDrill: 409,
  CasesLinked: 409,
  LinkUnknown: 404,
  LinkOver: 409,
  ChildrenDiffer: 409,
  ChildNotRegistered: 409,
  HouseholdUnknown: 404,
  ChildInHousehold: 409,
  ChildNotInHousehold: 409,
  // The queue of reports
  ReportOver: 409,
  ReportNotAsked: 409,
  ReferralNotDrafted: 409,
  ReferralNotSent: 409,
  // Who works a case
  StepNotByHand: 409,
  HandoverUnknown: 409,
  HandoverPending: 409,
  HandoverNotYours: 403,
  TransferUnknown: 409,
  TransferPending: 409,
  TransferChanged: 409,
  CoverUnknown: 409,
  CoverPending: 409,
  CoverNotTheirs: 409,
  PartnerInUse: 409,
  // Services and the register of children
  ServiceUnknown: 404,
  ServiceWithdrawn: 409,
  ServiceChangedMeanwhile: 409,
  CorrectionNeedsSupervisor: 403,
  ServiceGroupEnded: 409,
  PackNotReady: 409,
  PackOver: 409,
  ChildRegistered: 409,
  // Forms
  PaperUnknown: 404,
  PaperSigned: 409,
  PaperChangedMeanwhile: 409,
  PaperWithdrawn: 409,
  // Attachments
  AttachmentUnknown: 404,
  AttachmentWithdrawn: 409,
  // Activities
  PolicyUnknown: 500,
  CaseUnknown: 404,
  DatabaseSilent: 503,
  DeliveryUnknown: 500,
  ProviderBusy: 503,
  ProviderUnknown: 503,
  ProviderRefused: 502,
} as const;

export type FailureType = keyof typeof FAILURES;

/** A refusal by the rules: which rule, in words, and what is possible instead. */
export interface Refusal {
  type: FailureType;
  message: string;
  /** What the caller can do now, e.g. names of the steps still open. */
  possible?: string[];
}

export const isFailureType = (name: string): name is FailureType => Object.hasOwn(FAILURES, name);
