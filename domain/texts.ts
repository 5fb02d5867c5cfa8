/** The wording of messages (消息文本): checked when loaded as the carrier's reviewers would, and again when sent. */
import { z } from 'zod';
import { isRobot, type Channel } from './channels';
import { DRILL_KINDS, TEXT_KINDS, type DrillKind, type TextKind } from './text-kinds';
import { MAX_VARIABLE, lengthOf } from './short';
import type { Problem } from './policy/invalid';
import { readAs, readSource, type Source } from './policy/source';
import { robotProblems } from './robot-text';

/** What a text may speak of. Nothing here says who a child is. */
export const VARIABLES = [
  'number',
  'step',
  'late',
  'left',
  'time',
  'code',
  'pickup',
  'count',
  'overdue',
  'today',
  'week',
  'list',
  'more',
  // Of what is broken, to administrators.
  'fault',
  'detail',
  'todo',
] as const;
export type Variable = (typeof VARIABLES)[number];
/** `step` is the step's kind; its short name is looked up when the text is made. */
export type TextValues = Partial<Record<Variable | 'token', string>>;

/** A text with its signature, in characters; a call without one. */
const MAX_SMS = 500;
const MAX_VOICE = 350;
/** Said of a step whose short name is missing: a message must never fail for want of a word. */
const SOME_STEP = '一个步骤';
/** What every message of a drill says, and how its mails begin. */
const DRILL = '演练';
const DRILL_MARK = `【${DRILL}】`;

const templateId = z.string().regex(/^\d+$/, 'digits, written as a string');
const Sms = z.strictObject({
  templateId,
  /** The same text's template at the second provider. */
  secondTemplateId: templateId.optional(),
  body: z.string().trim().min(1),
  params: z.array(z.enum(VARIABLES)),
});
const Voice = Sms.omit({ params: true });
const Mail = z.strictObject({ subject: z.string().min(1), body: z.string().min(1) });
const Robot = z.strictObject({ body: z.string().trim().min(1) });
const Text = z.strictObject({
  sms: Sms.optional(),
  voice: Voice.optional(),
  mail: Mail.optional(),
  robot: Robot.optional(),
});
const TextsFile = z.strictObject({
  steps: z.record(z.string(), z.string().min(1)),
  /** The first line of a drill's mails. */
  drill_notice: z.string().trim().min(1),
  texts: z.record(z.enum([...TEXT_KINDS, ...DRILL_KINDS]), Text),
});
type Words = z.infer<typeof TextsFile>;

/** The texts do not load; the message names file and line of everything that is wrong. */
export class TextsInvalid extends Error {
  override readonly name = 'TextsInvalid';
  constructor(readonly problems: Problem[]) {
    super(problems.map((p) => [`${p.file}:${p.line}`, p.path, p.expected].filter(Boolean).join(': ')).join('\n'));
  }
}

/** A value that the carrier would refuse; the message is not sent. */
export class TextUnfit extends Error {
  override readonly name = 'TextUnfit';
}

export interface SmsText {
  templateId: string;
  secondTemplateId?: string;
  params: string[];
  /** As it stands on the phone, signature included. */
  body: string;
}

/** With `drill` the wording of a drill (演练), where the kind can be a case's. */
export interface Texts {
  /** Is there a wording of this kind for the channel? */
  has(kind: TextKind, channel: Channel): boolean;
  /** @throws TextUnfit when there is no such text, or a value is missing, too long or holds an address */
  sms(kind: TextKind, values: TextValues, drill?: boolean): SmsText;
  /** @throws TextUnfit when there is no such text */
  voice(kind: TextKind, drill?: boolean): Omit<SmsText, 'params'>;
  /** @throws TextUnfit when there is no such text or a value is missing */
  mail(kind: TextKind, values: TextValues, drill?: boolean): { subject: string; body: string };
  /** @throws TextUnfit when there is no such text or a value is missing */
  robot(kind: TextKind, values: TextValues, drill?: boolean): { body: string };
  /** A step's short name, as messages have it. */
  stepName(stepKind: string): string;
  /** Those of the given kinds of steps that have no short name. */
  unnamed(stepKinds: string[]): string[];
}

const NUMBERED = /\{(\d+)\}/g;
const NAMED = /\{([a-z]+)\}/g;
const ADDRESS = /:\/\/|www\.|[a-z0-9-]\.(?:com|cn|net|org|gov|edu|io|top|cc|me|xyz)\b/i;

function smsProblems({ body, params }: z.infer<typeof Sms>, sign: string): string[] {
  const numbers = [...body.matchAll(NUMBERED)].map((match) => Number(match[1]));
  const longest = lengthOf(`【${sign}】${body.replace(NUMBERED, '变'.repeat(MAX_VARIABLE))}`);
  return [
    numbers.some((n, i) => n !== i + 1) && 'variables are numbered {1}, {2} … in the order of the text',
    numbers.length !== params.length && `params names ${params.length} variables, the body has ${numbers.length}`,
    /\}\s*\{/.test(body) && 'two variables stand side by side',
    body.replace(NUMBERED, '').trim() === '' && 'a template cannot be variables alone',
    /[【】¥★]/.test(body) && '【】, ¥ and ★ are forbidden in the body',
    longest > MAX_SMS && `${longest} characters with signature and variables, at most ${MAX_SMS}`,
  ].filter((problem) => problem !== false);
}

const voiceProblems = (body: string): string[] =>
  [
    /\{\w+\}/.test(body) && 'a voice template is plain text without variables',
    lengthOf(body) > MAX_VOICE && `a call has at most ${MAX_VOICE} characters`,
  ].filter((problem) => problem !== false);

function mailProblems(mail: z.infer<typeof Mail>): string[] {
  const known = new Set<string>([...VARIABLES, 'token']);
  const unknown = [...`${mail.subject}${mail.body}`.matchAll(NAMED)].filter((match) => !known.has(match[1] ?? ''));
  return [
    ...unknown.map((match) => `no such variable: ${match[0]}`),
    ...(/[\r\n]/.test(mail.subject) ? ['a subject is one line'] : []),
  ];
}

/** The wording that stands in for a kind in a drill; kinds that belong to no case have none. */
const inDrill = (kind: TextKind): DrillKind | undefined => DRILL_KINDS.find((one) => one === `drill_${kind}`);

/** A drill says so on every channel that the real message has; its mails are the real ones under a mark. */
function drillProblems(texts: Words['texts'], kind: TextKind): { path: string[]; expected: string }[] {
  const drill = inDrill(kind);
  if (!drill) return [];
  const problems = texts[drill].mail
    ? [{ path: [drill, 'mail'], expected: `no mail: that of ${kind} is marked as a drill` }]
    : [];
  for (const channel of ['sms', 'voice'] as const) {
    if (!texts[kind][channel]) continue;
    const body = texts[drill][channel]?.body;
    if (body === undefined) problems.push({ path: [drill], expected: `${channel}, as ${kind} has it` });
    else if (!body.includes(DRILL)) problems.push({ path: [drill, channel, 'body'], expected: `the word ${DRILL}` });
  }
  return problems;
}

function review(words: Words, source: Source, sign: string): Problem[] {
  const problems: Problem[] = [];
  const say = (path: string[], all: string[]) => {
    for (const expected of all) {
      problems.push({ file: source.file, line: source.lineOf(path), path: path.join('.'), expected });
    }
  };
  for (const [kind, name] of Object.entries(words.steps)) {
    if (lengthOf(name) > MAX_VARIABLE) say(['steps', kind], [`at most ${MAX_VARIABLE} characters`]);
  }
  for (const { path, expected } of TEXT_KINDS.flatMap((kind) => drillProblems(words.texts, kind))) {
    say(['texts', ...path], [expected]);
  }
  const templates = new Map<string, string>();
  for (const [kind, { sms, voice, mail, robot }] of Object.entries(words.texts)) {
    if (sms) say(['texts', kind, 'sms', 'body'], smsProblems(sms, sign));
    if (voice) say(['texts', kind, 'voice', 'body'], voiceProblems(voice.body));
    if (mail) say(['texts', kind, 'mail'], mailProblems(mail));
    if (robot) say(['texts', kind, 'robot', 'body'], robotProblems(robot.body));
    for (const [channel, text] of Object.entries({ sms, voice })) {
      const other = text && templates.get(text.templateId);
      if (other) say(['texts', kind, channel, 'templateId'], [`template ${text.templateId} is already ${other}`]);
      if (text) templates.set(text.templateId, `${kind}.${channel}`);
    }
  }
  return problems;
}

/**
 * Reads the texts and reviews them as the carrier's reviewers would.
 * @param setting the address that `${PUBLIC_URL}` stands for, and the signature before every text
 * @throws TextsInvalid naming everything that is wrong, with file and line
 */
export function parseTexts(text: string, file: string, setting: { publicUrl: string; sign: string }): Texts {
  const problems: Problem[] = [];
  const source = readSource(text.replaceAll('${PUBLIC_URL}', setting.publicUrl.replace(/\/+$/, '')), file, problems);
  const words = problems.length === 0 ? readAs(TextsFile, source, problems) : undefined;
  if (words) problems.push(...review(words, source, setting.sign));
  if (!words || problems.length > 0) throw new TextsInvalid(problems);
  return compose(words, setting.sign);
}

/** Which form of a text a channel takes. */
const formOf = (channel: Channel): 'sms' | 'voice' | 'mail' | 'robot' => {
  if (isRobot(channel)) return 'robot';
  return channel === 'email' ? 'mail' : channel;
};

const absent = (kind: TextKind, channel: string): TextUnfit => new TextUnfit(`${kind} has no ${channel} text`);

function compose(words: Words, sign: string): Texts {
  const stepName = (kind: string): string => (Object.hasOwn(words.steps, kind) && words.steps[kind]) || SOME_STEP;
  const valueOf = (values: TextValues, name: Variable | 'token'): string => {
    const value = values[name];
    if (value === undefined) throw new TextUnfit(`no value for ${name}`);
    return name === 'step' ? stepName(value) : value;
  };
  const variable = (values: TextValues, name: Variable): string => {
    const value = valueOf(values, name);
    if (lengthOf(value) > MAX_VARIABLE) throw new TextUnfit(`${name} is longer than ${MAX_VARIABLE} characters`);
    if (ADDRESS.test(value)) throw new TextUnfit(`${name} holds an address`);
    if (/[\p{Cc}{}]/u.test(value)) throw new TextUnfit(`${name} holds characters that break a template`);
    return value;
  };
  const fillNamed = (body: string, values: TextValues): string =>
    body.replace(NAMED, (_, name: Variable | 'token') => valueOf(values, name));
  const wording = (kind: TextKind, drill: boolean) => words.texts[(drill && inDrill(kind)) || kind];
  return {
    has: (kind, channel) => words.texts[kind]?.[formOf(channel)] !== undefined,
    sms(kind, values, drill = false) {
      const text = wording(kind, drill)?.sms;
      if (!text) throw absent(kind, 'sms');
      const params = text.params.map((name) => variable(values, name));
      const body = text.body.replace(NUMBERED, (_, n: string) => params[Number(n) - 1] ?? '');
      const { templateId, secondTemplateId } = text;
      return { templateId, ...(secondTemplateId && { secondTemplateId }), params, body: `【${sign}】${body}` };
    },
    voice(kind, drill = false) {
      const text = wording(kind, drill)?.voice;
      if (!text) throw absent(kind, 'voice');
      return text;
    },
    mail(kind, values, drill = false) {
      const text = words.texts[kind]?.mail;
      if (!text) throw absent(kind, 'mail');
      const [subject, body] = [fillNamed(text.subject, values), fillNamed(text.body, values)];
      if (!drill) return { subject, body };
      return { subject: DRILL_MARK + subject, body: `${DRILL_MARK}${words.drill_notice}\n\n${body}` };
    },
    robot(kind, values, drill = false) {
      const text = words.texts[kind]?.robot;
      if (!text) throw absent(kind, 'robot');
      const body = fillNamed(text.body, values);
      return { body: drill ? `${DRILL_MARK}${words.drill_notice}\n${body}` : body };
    },
    stepName,
    unnamed: (stepKinds) => stepKinds.filter((kind) => !Object.hasOwn(words.steps, kind)),
  };
}
