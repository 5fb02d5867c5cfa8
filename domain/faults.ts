/**
 * What a provider's code means for those who look after it (通道故障): which codes are a fault that somebody has to mend,
 * in whose words, and which of them another provider may not have. Pure.
 */

export const FAULT_KINDS = [
  'balance',
  'arrears',
  'credentials',
  'application',
  'address',
  'signature',
  'template',
  'sensitive_word',
  'blacklist',
  'app_limit',
  'mail_sign_in',
  'robot_key',
  'robot_rule',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** What a fault is about: the account as a whole, one template, or one recipient. */
export type FaultScope = 'account' | 'template' | 'recipient';

export interface Fault {
  kind: FaultKind;
  scope: FaultScope;
}

const SCOPES: Partial<Record<FaultKind, FaultScope>> = {
  template: 'template',
  sensitive_word: 'template',
  blacklist: 'recipient',
  robot_key: 'recipient',
  robot_rule: 'recipient',
};

const CODES: Record<FaultKind, readonly string[]> = {
  balance: ['FailedOperation.InsufficientBalanceInSmsPackage', 'FailedOperation.InsufficientBalanceInVoicePackage'],
  arrears: ['UnauthorizedOperation.ServiceSuspendDueToArrears', 'UnauthorizedOperation.SerivceSuspendDueToArrears'],
  credentials: [
    'AuthFailure.InvalidAuthorization',
    'AuthFailure.InvalidSecretId',
    'AuthFailure.SecretIdNotFound',
    'AuthFailure.SignatureExpire',
    'AuthFailure.SignatureFailure',
    'AuthFailure.TokenFailure',
    'AuthFailure.UnauthorizedOperation',
  ],
  application: [
    'InvalidParameterValue.SdkAppIdNotExist',
    'InvalidParameterValue.SdkAppidNotExist',
    'UnauthorizedOperation',
    'UnauthorizedOperation.SdkAppIdIsDisabled',
    'UnauthorizedOperation.SdkAppidIsDisabled',
    'UnauthorizedOperation.SmsSdkAppIdVerifyFail',
    'UnauthorizedOperation.VoiceSdkAppidVerifyFail',
    'UnauthorizedOperation.RequestPermissionDeny',
    'UnauthorizedOperation.IndividualUserMarketingSmsPermissionDeny',
    'FailedOperation.PhonenumberUnappliedOrExpired',
  ],
  address: ['UnauthorizedOperation.RequestIpNotInWhitelist'],
  signature: ['FailedOperation.SignatureIncorrectOrUnapproved'],
  template: [
    'FailedOperation.TemplateIncorrectOrUnapproved',
    'FailedOperation.TemplateUnapprovedOrNotExist',
    'FailedOperation.TemplateParamSetNotMatchApprovedTemplate',
    'InvalidParameterValue.TemplateParameterLengthLimit',
    'InvalidParameterValue.UnsupportedTemplateVariable',
    'TemplateMissing',
  ],
  sensitive_word: ['FailedOperation.ContainSensitiveWord'],
  blacklist: ['FailedOperation.PhoneNumberInBlacklist'],
  app_limit: [
    'LimitExceeded.AppDailyLimit',
    'LimitExceeded.AppMainlandChinaDailyLimit',
    'LimitExceeded.AppGlobalDailyLimit',
    'LimitExceeded.AppCountryOrRegionDailyLimit',
    'LimitExceeded.DailyLimit',
  ],
  mail_sign_in: ['EAUTH', 'ENOAUTH', 'SMTP530', 'SMTP534', 'SMTP535', 'SMTP538'],
  robot_key: ['WeCom93000', 'WeCom93004', 'WeCom93008', 'DingTalk300001', 'DingTalk300005', 'DingTalk400101'],
  robot_rule: ['DingTalk310000', 'DingTalk400102', 'DingTalk400106', 'DingTalk400013'],
};

const KINDS = new Map(FAULT_KINDS.flatMap((kind) => CODES[kind].map((code): [string, FaultKind] => [code, kind])));

/** The fault that a code of a refusal tells of; undefined: nothing that an administrator could mend. */
export function faultOf(code: string): Fault | undefined {
  const kind = KINDS.get(code);
  return kind && { kind, scope: SCOPES[kind] ?? 'account' };
}

/** Busy with all of us, not with one phone. */
const BUSY = /^(RequestLimitExceeded(\.|$)|SMTP4\d\d$)/;
/** Not reached at all, or turned away at the door. */
const AWAY = /^(Unreached:|E(SOCKET|DNS|CONNECTION|TIMEDOUT|TLS|PROTOCOL)$|SMTP421$)/;

/** Does a code of a message that was not taken say that the provider is away altogether? */
export const unwell = (code: string): boolean => AWAY.test(code);

/**
 * May another provider do what this one refused or put off? Not what is wrong with the message or the phone: somebody
 * who opted out is not written to by a side door.
 */
export function passesOn(code: string): boolean {
  const fault = faultOf(code);
  if (fault) return fault.scope !== 'recipient' && fault.kind !== 'sensitive_word';
  return AWAY.test(code) || BUSY.test(code);
}

interface Words {
  /** Six characters at most: it stands in a text. */
  short: string;
  /** What to do, in one or two sentences. */
  todo: string;
}

/** What administrators are told. */
export const FAULT_WORDS: Record<FaultKind, Words> = {
  balance: {
    short: '套餐余量不足',
    todo: '请登录腾讯云控制台购买短信或语音套餐包；账户余额不能抵扣套餐。到账后系统自动恢复，不必重启。',
  },
  arrears: { short: '账户欠费', todo: '请登录腾讯云控制台结清欠费，服务恢复后系统自动继续发送。' },
  credentials: {
    short: '密钥无效',
    todo: '请核对该通道的密钥（SECRET_ID、SECRET_KEY）是否被停用或更换，并检查服务器时间是否准确；更正后重启工作进程。',
  },
  application: {
    short: '应用不可用',
    todo: '请在运营商控制台核对应用编号、应用状态和权限；语音还要核对号码是否到期。',
  },
  address: { short: '地址未放行', todo: '请在运营商控制台把本服务器的出口地址加入白名单。' },
  signature: { short: '短信签名无效', todo: '请在短信控制台核对签名是否通过审核、实名资料是否过期。' },
  template: {
    short: '模板未通过',
    todo: '请在控制台核对该模板的审核状态、变量个数和变量字数，确认 policies/texts.yaml 中的模板编号和文字与审核通过的一致。',
  },
  sensitive_word: { short: '含敏感词', todo: '模板文字被运营商判为含敏感词，请修改文字并重新报审。' },
  blacklist: {
    short: '号码被退订',
    todo: '收件人曾回复 T 或退订，被运营商列入黑名单。请联系本人，并在控制台将其号码移出黑名单；在此之前请改用电话或邮件。',
  },
  app_limit: { short: '当日超限额', todo: '应用当日发送量已到上限，请在控制台提高每日限额。' },
  mail_sign_in: { short: '邮箱登录失败', todo: '请核对邮件服务器的用户名和密码（SMTP_URL），更正后重启工作进程。' },
  robot_key: {
    short: '机器人失效',
    todo: '群机器人的地址已失效或机器人已被移出群聊，请在群里重新添加机器人，并在系统中删除旧机器人、登记新地址。',
  },
  robot_rule: {
    short: '机器人受限',
    todo: '请在群机器人设置中核对加签密钥、关键词（须含“守望”）和地址段，并确认机器人没有被停用。',
  },
};
