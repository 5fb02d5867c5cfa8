/** A refusal of the whole request: HTTP 200 with Response.Error, as Tencent answers it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Messages as documented or seen; clients must not depend on them, so the rest is plain. */
const MESSAGES: Record<string, string> = {
  'FailedOperation.ContainSensitiveWord': 'the request content contains sensitive words',
  'FailedOperation.PhoneNumberInBlacklist': 'the phone number is in the blacklist',
  'FailedOperation.SignatureIncorrectOrUnapproved': 'the signature is incorrect or unapproved',
  'FailedOperation.TemplateParamSetNotMatchApprovedTemplate': 'request content does not match the template content',
  'FailedOperation.TemplateUnapprovedOrNotExist': 'the template is unapproved or does not exist',
  'InvalidParameterValue.ContentLengthLimit': 'the length of the message content exceeds the upper limit',
  'InvalidParameterValue.IncorrectPhoneNumber': 'the phone number is incorrect',
  'InvalidParameterValue.ProhibitedUseUrlInTemplateParameter': 'URLs are prohibited in template parameters',
  'InvalidParameterValue.TemplateParameterLengthLimit': 'the length of a template parameter exceeds the upper limit',
  'LimitExceeded.PhoneNumberDailyLimit':
    'the number of SMS messages sent from a single mobile number every day exceeds the upper limit',
  'LimitExceeded.PhoneNumberThirtySecondLimit':
    'the number of SMS messages sent from a single mobile number within 30 seconds exceeds the upper limit',
  'UnauthorizedOperation.SmsSdkAppIdVerifyFail': 'request SmsSdk AppId verify fail',
};

/** The text that goes with a code in Message. */
export function messageFor(code: string): string {
  return MESSAGES[code] ?? `the request was refused: ${code}`;
}

/** An ApiError with the usual text of its code. */
export function refuse(code: string, detail?: string): ApiError {
  return new ApiError(code, detail ?? messageFor(code));
}

const WHOLE_REQUEST =
  /^(AuthFailure|RequestLimitExceeded|UnauthorizedOperation|InvalidAction|NoSuchVersion|UnknownParameter|MissingParameter|ServiceUnavailable|ResourceUnavailable)\b|^(InternalError|InvalidParameter)$/;

/** Whether a code refuses the whole SendSms request (Response.Error) or one number of it (SendStatusSet). */
export function refusesWholeRequest(code: string): boolean {
  return WHOLE_REQUEST.test(code);
}
