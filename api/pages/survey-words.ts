/** What the survey's pages say beside the words of policies/survey.yaml. For a child of seven. */
import type { SurveyLanguage } from '../../domain/services/survey';

const zh = {
  lang: 'zh-CN',
  header: '守望 · 未成年人保护工作站',
  footer: '不用写名字。谁答的，我们不知道。',
  ask: '说说你的想法',
  pick: '请点一张脸。',
  tooLong: '写得太长了，请写短一点。',
  more: '还想说什么？（可以不写）',
  whoReads: '写的话，工作站的老师会看。',
  send: '好了',
  thanks: '谢谢你',
  taken: '谢谢你，我们收到了。',
  again: '这张卡片已经答过了，谢谢你。',
  important: '你说的很重要',
  noFault: '发生不好的事，不是你的错。告诉大人是对的。',
  unknown: '我们不知道你是谁。想让人帮你，请打电话，或者告诉你相信的老师、社工。打电话不要钱：',
  needHelp: '要人帮忙的时候',
  call: '打这些电话，不要钱：',
  before: '不想打电话，也可以',
  here: '在这里告诉我们',
  after: '，会有大人来帮你。',
  old: '这张卡片过期了',
  oldText: '这张卡片太久了，不能再答。',
  none: '没有这张卡片',
  noneText: '请让老师再给你看一次。',
  wait: '等一下再试',
  waitText: '现在收不到，请等一会儿再点一次。',
};

export type PageWords = typeof zh;

const en: PageWords = {
  lang: 'en',
  header: 'Shouwang · child protection station',
  footer: 'You do not write your name. We do not know who answered.',
  ask: 'Tell us what you think',
  pick: 'Please tap a face.',
  tooLong: 'That is too long. Please write less.',
  more: 'Do you want to say more? (You do not have to.)',
  whoReads: 'Grown-ups at the station will read it.',
  send: 'Done',
  thanks: 'Thank you',
  taken: 'Thank you, we have got it.',
  again: 'This card has been answered. Thank you.',
  important: 'What you say matters',
  noFault: 'When something bad happens, it is not your fault. It is right to tell a grown-up.',
  unknown:
    'We do not know who you are. If you want help, please call, or tell a teacher or social worker you trust. Calling is free:',
  needHelp: 'When you need help',
  call: 'Call these numbers. It is free:',
  before: 'If you do not want to call, you can also ',
  here: 'tell us here',
  after: ', and a grown-up will come and help.',
  old: 'This card is too old',
  oldText: 'This card is too old to answer.',
  none: 'There is no such card',
  noneText: 'Please ask your teacher to show it again.',
  wait: 'Please wait a little',
  waitText: 'It does not work just now. Please try again in a moment.',
};

export const PAGE_WORDS: Record<SurveyLanguage, PageWords> = { zh, en };

/** The frame around a page in that language. */
export const frameOf = ({ lang, header, footer }: PageWords) => ({
  ...{ header, footer, lang: lang === 'en' ? ('en' as const) : ('zh-CN' as const) },
});
