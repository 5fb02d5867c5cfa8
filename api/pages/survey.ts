/** The pages of the survey (满意度小问卷): a question, three faces, a word if one likes, and where help is. For children. */
import type { SurveyLanguage, SurveyTexts, SurveyWords } from '../../domain/services/survey';
import { face } from './faces';
import { Html, html } from './html';
import { correction, page, type Refused } from './layout';
import { frameOf, PAGE_WORDS, type PageWords } from './survey-words';

interface View {
  sandbox: boolean;
  language: SurveyLanguage;
}

export interface SurveyView extends View {
  /** /s/{token} */
  path: string;
  question: string;
  words: SurveyWords;
  refused?: Refused;
}

/** The page behind a card of the survey (/s). */
export function surveyPage({ sandbox, language, path, question, words, refused }: SurveyView): string {
  const said = PAGE_WORDS[language];
  const wrong = correction(refused, 'face', said.pick);
  const text = correction(refused, 'text', said.tooLong);
  const faces = words
    .in(language)
    .faces.map(
      ({ id, name }) =>
        html`<label class="face"
          ><input
            type="radio"
            name="face"
            value="${id}"
            required${refused?.kept['face'] === id && html` checked`}
          />${face(id)}${name}</label
        >`,
    );
  return page(
    { ...frameOf(said), title: said.ask, sandbox },
    html`<form method="post" action="${path}">
      <fieldset${wrong.attributes}>
        <legend class="ask">${question}</legend>
        <div class="faces">${faces}</div>
        ${wrong.line}
      </fieldset>
      <div class="field">
        <label for="text">${said.more}</label>
        <textarea id="text" name="text" rows="3" autocomplete="off"${text.attributes}>
${refused?.kept['text'] ?? ''}</textarea>
        ${text.line}
        <p class="hint">${said.whoReads}</p>
      </div>
      <button type="submit">${said.send}</button>
    </form>`,
  );
}

const numbers = ({ help }: SurveyTexts): Html =>
  html`<ul class="help">
    ${help.map(({ number, what }) => html`<li><a href="tel:${number}">${number}</a><span>${what}</span></li>`)}
  </ul>`;

/** @param report address of the page where anybody can report; absent where there is none */
const reporting = ({ before, here, after }: PageWords, report: string | undefined): Html | false =>
  report !== undefined && html`<p>${before}<a href="${report}">${here}</a>${after}</p>`;

export interface ThanksView extends View {
  words: SurveyWords;
  /** The words hint at harm. */
  harm: boolean;
  /** The card was used before: nothing was taken this time. */
  again?: boolean;
  report?: string;
}

/** Help stands on every page of thanks; where the words hint at harm it comes first, and says that it is no fault. */
export function thanksPage({ sandbox, language, words, harm, again = false, report }: ThanksView): string {
  const said = PAGE_WORDS[language];
  const calls = html`${numbers(words.in(language))} ${reporting(said, report)}`;
  const gently = html`<section class="notice" aria-labelledby="help">
    <h2 id="help">${said.important}</h2>
    <p>${said.noFault}</p>
    <p>${said.unknown}</p>
    ${calls}
  </section>`;
  const always = html`<section aria-labelledby="help">
    <h2 id="help">${said.needHelp}</h2>
    <p>${said.call}</p>
    ${calls}
  </section>`;
  return page(
    { ...frameOf(said), title: said.thanks, sandbox },
    html`<section role="status"><p>${again ? said.again : said.taken}</p></section>
      ${harm ? gently : always}`,
  );
}

/** Nothing to answer here: an unknown card, or one that is too old. */
export function noCardPage({ sandbox, language, words, old }: View & { words: SurveyWords; old: boolean }): string {
  const said = PAGE_WORDS[language];
  return page(
    { ...frameOf(said), title: old ? said.old : said.none, sandbox },
    html`<section class="problem"><p>${old ? said.oldText : said.noneText}</p></section>
      <section aria-labelledby="help">
        <h2 id="help">${said.needHelp}</h2>
        <p>${said.call}</p>
        ${numbers(words.in(language))}
      </section>`,
  );
}

/** Something went wrong on our side. */
export function tryAgainPage({ sandbox, language }: View): string {
  const said = PAGE_WORDS[language];
  return page(
    { ...frameOf(said), title: said.wait, sandbox },
    html`<section class="problem"><p>${said.waitText}</p></section>`,
  );
}

/** Cards to print and cut. @param cards the address of each and its QR code as SVG made by us */
export const cardsPage = (view: { sandbox: boolean; question: string; cards: { url: string; qr: string }[] }): string =>
  page(
    {
      header: PAGE_WORDS.zh.header,
      footer: '每张卡片只能答一次，请裁开后随机发放，不要登记谁拿了哪一张。',
      title: '满意度小问卷',
      sandbox: view.sandbox,
    },
    html`<section class="cards">
      ${view.cards.map(
        ({ qr }) =>
          html`<div class="card">
            ${new Html(qr)}
            <p>${view.question}</p>
          </div>`,
      )}
    </section>`,
  );
