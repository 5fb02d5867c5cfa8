/** The languages, one file each in locales/; Chinese first, another one as the person or the device asks. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import zh from '../locales/zh-CN.json';

export const LANGUAGES = ['zh-CN', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

const KEPT = 'shouwang.language';
/** Files of the other languages, each a chunk of its own. A new language is a new file and a word above. */
const OTHERS: Record<Exclude<Language, 'zh-CN'>, () => Promise<{ default: object }>> = {
  en: () => import('../locales/en.json'),
};

/** Words of the desk pages and of those that are seldom opened, which a phone's daily pages do not load. */
const DESK: Record<Language, () => Promise<{ default: object }>> = {
  'zh-CN': () => import('../locales/desk/zh-CN.json'),
  en: () => import('../locales/desk/en.json'),
};
/** The forms' own names (policies/forms) are Chinese; what they are called in other languages, by the Chinese words. */
const FORMS: Partial<Record<Language, () => Promise<{ default: object }>>> = {
  en: () => import('../locales/forms/en.json'),
};
let deskWanted = false;
const deskLoaded = new Set<Language>();

const isLanguage = (value: string | null): value is Language => LANGUAGES.some((one) => one === value);

/** What was chosen here before; otherwise Chinese, whatever the device's own language is. */
function wanted(): Language {
  const kept = localStorage.getItem(KEPT);
  return isLanguage(kept) ? kept : 'zh-CN';
}

async function load(language: Language): Promise<void> {
  if (language !== 'zh-CN' && !i18next.hasResourceBundle(language, 'translation')) {
    i18next.addResourceBundle(language, 'translation', (await OTHERS[language]()).default);
  }
  if (deskWanted) await loadDesk(language);
}

async function loadDesk(language: Language): Promise<void> {
  if (deskLoaded.has(language)) return;
  const words = await Promise.all([DESK[language](), FORMS[language]?.()]);
  for (const one of words) if (one) i18next.addResourceBundle(language, 'translation', one.default, true);
  deskLoaded.add(language);
}

/** Brings the words of the desk pages, in the language on screen and in Chinese, which stands in for what is missing. */
export async function withDeskWords<P>(page: Promise<P>): Promise<P> {
  deskWanted = true;
  const language = LANGUAGES.find((one) => one === i18next.language) ?? 'zh-CN';
  const [loaded] = await Promise.all([page, loadDesk('zh-CN'), loadDesk(language)]);
  return loaded;
}

/** Direction and language of the page follow the file's own word. */
function apply(language: Language): void {
  document.documentElement.lang = language;
  document.documentElement.dir = i18next.t('direction');
  document.title = i18next.t('name');
}

/** Call before anything is shown. */
export async function startI18n(): Promise<void> {
  const language = wanted();
  await i18next.use(initReactI18next).init({
    lng: 'zh-CN',
    fallbackLng: 'zh-CN',
    resources: { 'zh-CN': { translation: zh } },
    interpolation: { escapeValue: false },
  });
  await setLanguage(language);
}

/** Changes the language of everything on screen, and keeps the choice on this device. */
export async function setLanguage(language: Language): Promise<void> {
  await load(language);
  await i18next.changeLanguage(language);
  localStorage.setItem(KEPT, language);
  apply(language);
}
