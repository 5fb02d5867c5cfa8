/**
 * What Tencent's codes mean for a message. SMS 2021-01-11 and voice 2020-09-02, and the codes common to all its APIs.
 * Which of them stand in the answer as a whole and which beside a number is not documented: each is known in both places.
 */
import type { Outcome } from './channel';

const SECOND = 1_000;

/** Certainly not taken; worth trying again after so many milliseconds. */
const RETRY = new Map([
  ['LimitExceeded.PhoneNumberThirtySecondLimit', 31 * SECOND],
  ['LimitExceeded.GlobalSmsSendingRateLimit', 2 * SECOND],
  ['RequestLimitExceeded', 2 * SECOND],
  ['RequestLimitExceeded.IPLimitExceeded', 2 * SECOND],
  ['RequestLimitExceeded.UinLimitExceeded', 2 * SECOND],
  ['RequestLimitExceeded.GlobalRegionUinLimitExceeded', 2 * SECOND],
]);

/** The platform's own trouble: it may have taken the message all the same. */
const UNKNOWN = new Set([
  'InternalError',
  'InternalError.Timeout',
  'InternalError.SendAndRecvFail',
  'InternalError.OtherError',
  'InternalError.UnknownError',
  'InternalError.SigFieldMissing',
  'InternalError.SigVerificationFail',
  'InternalError.RestApiInterfaceNotExist',
  'InternalError.AccessUpstreamTimeout',
  'InternalError.SsoSendRecvFail',
  'InternalError.UpstreamError',
  'FailedOperation.AccessUpstreamTimeout',
  'ServiceUnavailable',
  'ResourceUnavailable',
]);

/** Never with this message, to this number or from this account: the next channel or person is told instead. */
const REFUSED = new Set([
  'LimitExceeded.PhoneNumberOneHourLimit',
  'LimitExceeded.PhoneNumberDailyLimit',
  'LimitExceeded.PhoneNumberSameContentDailyLimit',
  'LimitExceeded.DeliveryFrequencyLimit',
  'LimitExceeded.AppDailyLimit',
  'LimitExceeded.AppMainlandChinaDailyLimit',
  'LimitExceeded.AppGlobalDailyLimit',
  'LimitExceeded.AppCountryOrRegionDailyLimit',
  'LimitExceeded.DailyLimit',
  'LimitExceeded.AppCountryOrRegionInBlacklist',
  'LimitExceeded.PhoneNumberCountLimit',
  'MissingParameter',
  'MissingParameter.EmptyPhoneNumberSet',
  'FailedOperation.InsufficientBalanceInSmsPackage',
  'FailedOperation.InsufficientBalanceInVoicePackage',
  'FailedOperation.SignatureIncorrectOrUnapproved',
  'FailedOperation.TemplateIncorrectOrUnapproved',
  'FailedOperation.TemplateUnapprovedOrNotExist',
  'FailedOperation.TemplateParamSetNotMatchApprovedTemplate',
  'FailedOperation.ContainSensitiveWord',
  'FailedOperation.PhoneNumberInBlacklist',
  'FailedOperation.PhonenumberUnappliedOrExpired',
  'FailedOperation.MarketingSendTimeConstraint',
  'FailedOperation.FailResolvePacket',
  'FailedOperation.InvalidJsonParameters',
  'FailedOperation.InvalidParameters',
  'FailedOperation.JsonParseFail',
  'FailedOperation.ParametersOtherError',
  'InvalidParameter',
  'InvalidParameterValue',
  'InvalidParameterValue.CalledNumberVerifyFail',
  'InvalidParameterValue.ContentLengthLimit',
  'InvalidParameterValue.IncorrectPhoneNumber',
  'InvalidParameterValue.ProhibitedUseUrlInTemplateParameter',
  'InvalidParameterValue.SdkAppIdNotExist',
  'InvalidParameterValue.SdkAppidNotExist',
  'InvalidParameterValue.TemplateParameterFormatError',
  'InvalidParameterValue.TemplateParameterLengthLimit',
  'InvalidParameterValue.UnsupportedTemplateVariable',
  'UnauthorizedOperation',
  'UnauthorizedOperation.IndividualUserMarketingSmsPermissionDeny',
  'UnauthorizedOperation.RequestIpNotInWhitelist',
  'UnauthorizedOperation.RequestPermissionDeny',
  'UnauthorizedOperation.SdkAppIdIsDisabled',
  'UnauthorizedOperation.SdkAppidIsDisabled',
  'UnauthorizedOperation.SerivceSuspendDueToArrears',
  'UnauthorizedOperation.ServiceSuspendDueToArrears',
  'UnauthorizedOperation.SmsSdkAppIdVerifyFail',
  'UnauthorizedOperation.VoiceSdkAppidVerifyFail',
  'UnsupportedOperation',
  'UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone',
  'UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber',
  'UnsupportedOperation.GlobalTemplateToChineseMainlandPhone',
  'UnsupportedOperation.UnsupportedRegion',
  'UnsupportedOperation.UnsuportedRegion',
  'InternalError.RequestTimeException',
  'AuthFailure.InvalidAuthorization',
  'AuthFailure.InvalidSecretId',
  'AuthFailure.SecretIdNotFound',
  'AuthFailure.SignatureExpire',
  'AuthFailure.SignatureFailure',
  'AuthFailure.TokenFailure',
  'AuthFailure.UnauthorizedOperation',
  'InvalidAction',
  'NoSuchVersion',
  'UnknownParameter',
  'UnsupportedRegion',
]);

/** How an attempt ended that was answered with a code other than Ok; a code that nobody has listed may mean anything. */
export function outcomeOf(code: string): Outcome {
  const ms = RETRY.get(code);
  if (ms !== undefined) return { kind: 'retry_after', ms, code };
  if (REFUSED.has(code)) return { kind: 'refused', code };
  return { kind: 'unknown', code: UNKNOWN.has(code) ? code : `Unlisted:${code.slice(0, 80)}` };
}
