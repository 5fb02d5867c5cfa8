/** What the page for everybody sends. Hardly anything is refused: what does not fit a field goes into the story as it was written. */
import { z } from 'zod';
import { CASE_TYPES } from '../../domain/model';
import { DANGER_WORDS, WHO_WORDS, type Who } from '../pages/help';
import { type Child, phone, type Reporter } from './report';

const short = z.string().trim().max(200).default('');
const choice = z.string().max(40).default('');

export const helpBody = z.strictObject({
  seal: z.string().max(300).default(''),
  /** No person sees this field. */
  website: z.string().max(2_000).default(''),
  danger: choice,
  what: z.string().trim().max(20_000).default(''),
  kind: choice,
  where: short,
  childName: short,
  childAge: short,
  childPhone: short,
  who: choice,
  myName: short,
  myPhone: short,
});
export type HelpBody = z.infer<typeof helpBody>;

/** Is there anything to go by? A place or a number alone is. */
export const saysSomething = ({ what, where, childName, childPhone, myPhone }: HelpBody): boolean =>
  [what, where, childName, childPhone, myPhone].some((text) => text !== '');

const pick = <T extends string>(all: readonly T[], given: string): T | undefined => all.find((one) => one === given);
const keysOf = <K extends string>(words: Record<K, string>): K[] => Object.keys(words) as K[];

const isPhone = (text: string): boolean => phone.safeParse(text).success;

/** The report as it goes to the queue: everything personal in child, reporter and narrative. */
export function readHelp(body: HelpBody) {
  const { what, where, childName, childAge, childPhone, myName, myPhone } = body;
  const who = pick<Who>(keysOf(WHO_WORDS), body.who);
  const danger = pick(keysOf(DANGER_WORDS), body.danger);
  const child: Child = {
    ...(childName !== '' && { name: childName.slice(0, 100) }),
    ...(isPhone(childPhone) && { phone: childPhone }),
    ...(where !== '' && { address: where }),
  };
  const reporter: Reporter = {
    ...(myName !== '' && { name: myName.slice(0, 100) }),
    ...(isPhone(myPhone) && { phone: myPhone }),
    ...(who !== undefined && { role: who }),
  };
  const narrative = [
    what === '' ? '（没有写发生了什么）' : what,
    ...(danger === undefined ? [] : [`孩子现在有危险吗：${DANGER_WORDS[danger]}`]),
    ...(childAge === '' ? [] : [`孩子大概几岁：${childAge}`]),
    ...(childPhone !== '' && !isPhone(childPhone) ? [`孩子的电话（照原样）：${childPhone}`] : []),
    ...(myPhone !== '' && !isPhone(myPhone) ? [`联系方式（照原样）：${myPhone}`] : []),
  ].join('\n');
  return {
    ...{ child, reporter, narrative, type: pick(CASE_TYPES, body.kind) },
    ...{ inDanger: danger === 'yes', byChild: who === 'child' },
  };
}
