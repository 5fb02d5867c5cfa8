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
  // Services and the register of children
  ServiceUnknown: 404,
  ServiceWithdrawn: 409,
  ServiceChangedMeanwhile: 409,
  CorrectionNeedsSupervisor: 403,
  ServiceGroupEnded: 409,
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
