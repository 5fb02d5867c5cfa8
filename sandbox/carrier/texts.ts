import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { CarrierConfigError } from './config';

/** A template as Tencent has approved it. */
export interface Template {
  templateId: string;
  /** Which text of the policy it belongs to. */
  kind: string;
  channel: 'sms' | 'voice';
  body: string;
  /** How many {n} the body has. */
  variables: number;
}

/** Text plus signature of an SMS, and text of a call as Tencent limits them. */
export const MAX_SMS_LENGTH = 500;
const MAX_VOICE_LENGTH = 350;
/** Longest value of a variable for accounts opened since 2024-01-25. */
const MAX_VARIABLE_LENGTH = 6;

const Approved = z.object({
  templateId: z.string().regex(/^\d+$/, 'digits, written as a string'),
  body: z.string().min(1),
});
const TextsFile = z.object({
  texts: z.record(z.string(), z.object({ sms: Approved.optional(), voice: Approved.optional() })),
});

const VARIABLE = /\{(\d+)\}/g;

function reviewSms(body: string): string | undefined {
  const numbers = [...body.matchAll(VARIABLE)].map((match) => Number(match[1]));
  if (numbers.some((n, i) => n !== i + 1)) return 'variables are numbered {1}, {2} … in the order of the text';
  if (/\}\{/.test(body)) return 'two variables stand side by side';
  if (body.replace(VARIABLE, '').trim() === '') return 'a template cannot be variables alone';
  if (/[【】¥★]/.test(body)) return '【】, ¥ and ★ are forbidden in the body';
  return undefined;
}

function reviewVoice(body: string): string | undefined {
  if (/\{\d+\}/.test(body)) return 'a voice template is plain text without variables';
  return body.length > MAX_VOICE_LENGTH ? `a call has at most ${MAX_VOICE_LENGTH} characters` : undefined;
}

/**
 * Reads the templates of policies/texts.yaml and reviews them as Tencent's reviewers would: what they would not
 * approve must not pass here either, or it would first fail in production.
 * @param publicUrl the address that stands in templates as a constant, as it was when they were submitted
 * @throws CarrierConfigError naming the file, the text and the reason
 */
export function loadTemplates(file: string, publicUrl: string): Map<string, Template> {
  const templates = new Map<string, Template>();
  for (const [kind, channels] of Object.entries(readTexts(file))) {
    for (const channel of ['sms', 'voice'] as const) {
      const approved = channels[channel];
      if (!approved) continue;
      const body = approved.body.trim().replaceAll('${PUBLIC_URL}', publicUrl);
      const objection = channel === 'sms' ? reviewSms(body) : reviewVoice(body);
      if (objection) throw new CarrierConfigError(`${file}: texts.${kind}.${channel}.body: ${objection}`);
      const before = templates.get(approved.templateId);
      if (before && (before.body !== body || before.channel !== channel)) {
        throw new CarrierConfigError(`${file}: template ${approved.templateId} is both ${before.kind} and ${kind}`);
      }
      const variables = [...body.matchAll(VARIABLE)].length;
      templates.set(approved.templateId, { templateId: approved.templateId, kind, channel, body, variables });
    }
  }
  if (templates.size === 0) throw new CarrierConfigError(`${file}: no text has an sms or voice template`);
  return templates;
}

function readTexts(file: string): z.infer<typeof TextsFile>['texts'] {
  let content: unknown;
  try {
    content = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CarrierConfigError(`the carrier cannot read the templates (TEXTS_FILE): ${reason}`, { cause: error });
  }
  const parsed = TextsFile.safeParse(content);
  if (parsed.success) return parsed.data.texts;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new CarrierConfigError(`${file}: ${problems.join('; ')}`);
}

/** The body with its variables filled in; a missing value is left as its placeholder. */
export function render(template: Template, params: readonly string[]): string {
  return template.body.replace(VARIABLE, (placeholder, n: string) => params[Number(n) - 1] ?? placeholder);
}

/** Billed segments of a mainland text with its signature: up to 70 characters one, beyond that 67 each. */
export function segments(text: string): number {
  const length = [...text].length;
  return length <= 70 ? 1 : Math.ceil(length / 67);
}

/** Case numbers (A0123) in a text, in order and once each; Chinese characters may touch them on both sides. */
export function caseNumbers(text: string): string[] {
  return [...new Set(text.match(/(?<![A-Za-z0-9])[A-Z]\d{4}(?![A-Za-z0-9])/g) ?? [])];
}

const URL_IN_VARIABLE = /:\/\/|www\.|[a-z0-9-]\.(?:com|cn|net|org|gov|edu|io|top|cc|me|xyz)\b/i;
/** A few words every carrier's filter has; the real list is not published. */
const SENSITIVE_WORDS = ['赌博', '博彩', '发票', '代开', '六合彩', '色情', '贷款', '裸聊'];

/** Why a carrier refuses this set of values for this template: its code, or undefined when it takes them. */
export function objectionToParams(template: Template, params: readonly string[]): string | undefined {
  if (params.length !== template.variables) return 'FailedOperation.TemplateParamSetNotMatchApprovedTemplate';
  if (params.some((value) => URL_IN_VARIABLE.test(value))) {
    return 'InvalidParameterValue.ProhibitedUseUrlInTemplateParameter';
  }
  if (params.some((value) => [...value].length > MAX_VARIABLE_LENGTH)) {
    return 'InvalidParameterValue.TemplateParameterLengthLimit';
  }
  const text = render(template, params);
  return SENSITIVE_WORDS.some((word) => text.includes(word)) ? 'FailedOperation.ContainSensitiveWord' : undefined;
}
