/**
 * The languages: a file each in locales/, and no other word about them here. Chinese first; another one as the person asks.
 * A file `ug.json` beside the others is a language more, with its own direction; locales/desk and locales/forms likewise.
 */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import zh from '../locales/zh-CN.json';

interface File {
  default: object;
}
type Words = Record<string, () => Promise<File>>;

const CHINESE = 'zh-CN';
const KEPT = 'shouwang.language';
/** Each is a chunk of its own, by its file's name. */
const OTHERS: Words = import.meta.glob<File>(['../locales/*.json', '!../locales/zh-CN.json']);
/** Words of the desk pages and of those that are seldom opened, which a phone's daily pages do not load. */
const DESK: Words = import.meta.glob<File>('../locales/desk/*.json');
/** The forms' own names (policies/forms) are Chinese; what they are called in other languages, by the Chinese words. */
const FORMS: Words = import.meta.glob<File>('../locales/forms/*.json');

export const LANGUAGES: readonly string[] = [
  CHINESE,
  ...Object.keys(OTHERS).map((file) => file.replace(/^.*\/|\.json$/g, '')),
];
let deskWanted = false;
const loaded = new Set<string>();

/** Words of one file, once; a language that has no such file shows Chinese there. */
async function bring(files: Words, path: string, language: string): Promise<void> {
  const file = `../locales/${path}${language}.json`;
  if (loaded.has(file)) return;
  const words = await files[file]?.();
  if (words) i18next.addResourceBundle(language, 'translation', words.default, true);
  loaded.add(file);
}

/** What was chosen here before; otherwise Chinese, whatever the device's own language is. */
function wanted(): string {
  const kept = localStorage.getItem(KEPT);
  return LANGUAGES.find((one) => one === kept) ?? CHINESE;
}

async function load(language: string): Promise<void> {
  await bring(OTHERS, '', language);
  if (deskWanted) await loadDesk(language);
}

const loadDesk = (language: string): Promise<unknown> =>
  Promise.all([bring(DESK, 'desk/', language), bring(FORMS, 'forms/', language)]);

/** Brings the words of the desk pages, in the language on screen and in Chinese, which stands in for what is missing. */
export async function withDeskWords<P>(page: Promise<P>): Promise<P> {
  deskWanted = true;
  const [whole] = await Promise.all([page, loadDesk(CHINESE), loadDesk(i18next.language)]);
  return whole;
}

/** Direction and language of the page follow the file's own word. */
function apply(language: string): void {
  document.documentElement.lang = language;
  document.documentElement.dir = i18next.t('direction');
  document.title = i18next.t('name');
}

/** Call before anything is shown. */
export async function startI18n(): Promise<void> {
  const language = wanted();
  await i18next.use(initReactI18next).init({
    lng: CHINESE,
    fallbackLng: CHINESE,
    resources: { [CHINESE]: { translation: zh } },
    interpolation: { escapeValue: false },
  });
  await setLanguage(language);
}

/** Changes the language of everything on screen, and keeps the choice on this device. */
export async function setLanguage(language: string): Promise<void> {
  await load(language);
  await i18next.changeLanguage(language);
  localStorage.setItem(KEPT, language);
  apply(language);
}
