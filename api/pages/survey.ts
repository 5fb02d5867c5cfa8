/** The pages of the survey (满意度小问卷): a question, three faces, a word if one likes, and where help is. For children. */
import type { SurveyWords } from '../../domain/services/survey';
import { face } from './faces';
import { Html, html } from './html';
import { correction, page, type Refused } from './layout';

const FRAME = { header: '守望 · 未成年人保护工作站', footer: '不用写名字。谁答的，我们不知道。' };

export interface SurveyView {
  sandbox: boolean;
  /** /s/{token} */
  path: string;
  question: string;
  words: SurveyWords;
  refused?: Refused;
}

export function surveyPage({ sandbox, path, question, words, refused }: SurveyView): string {
  const wrong = correction(refused, 'face', '请点一张脸。');
  const text = correction(refused, 'text', '写得太长了，请写短一点。');
  const faces = words.faces.map(
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
    { ...FRAME, title: '说说你的想法', sandbox },
    html`<form method="post" action="${path}">
      <fieldset${wrong.attributes}>
        <legend class="ask">${question}</legend>
        <div class="faces">${faces}</div>
        ${wrong.line}
      </fieldset>
      <div class="field">
        <label for="text">还想说什么？（可以不写）</label>
        <textarea id="text" name="text" rows="3" autocomplete="off"${text.attributes}>
${refused?.kept['text'] ?? ''}</textarea>
        ${text.line}
        <p class="hint">写的话，工作站的老师会看。</p>
      </div>
      <button type="submit">好了</button>
    </form>`,
  );
}

const numbers = ({ help }: SurveyWords): Html =>
  html`<ul class="help">
    ${help.map(({ number, what }) => html`<li><a href="tel:${number}">${number}</a><span>${what}</span></li>`)}
  </ul>`;

/** @param report address of the page where anybody can report; absent where there is none */
const reporting = (report: string | undefined): Html | false =>
  report !== undefined && html`<p>不想打电话，也可以<a href="${report}">在这里告诉我们</a>，会有大人来帮你。</p>`;

export interface ThanksView {
  sandbox: boolean;
  words: SurveyWords;
  /** The words hint at harm. */
  harm: boolean;
  /** The card was used before: nothing was taken this time. */
  again?: boolean;
  report?: string;
}

/** Help stands on every page of thanks; where the words hint at harm it comes first, and says that it is no fault. */
export function thanksPage({ sandbox, words, harm, again = false, report }: ThanksView): string {
  const said = again ? '这张卡片已经答过了，谢谢你。' : '谢谢你，我们收到了。';
  const gently = html`<section class="notice" aria-labelledby="help">
    <h2 id="help">你说的很重要</h2>
    <p>发生不好的事，不是你的错。告诉大人是对的。</p>
    <p>我们不知道你是谁。想让人帮你，请打电话，或者告诉你相信的老师、社工。打电话不要钱：</p>
    ${numbers(words)} ${reporting(report)}
  </section>`;
  const always = html`<section aria-labelledby="help">
    <h2 id="help">要人帮忙的时候</h2>
    <p>打这些电话，不要钱：</p>
    ${numbers(words)} ${reporting(report)}
  </section>`;
  return page(
    { ...FRAME, title: '谢谢你', sandbox },
    html`<section role="status"><p>${said}</p></section>
      ${harm ? gently : always}`,
  );
}

/** Nothing to answer here: an unknown card, or one that is too old. */
export const noCardPage = (view: { sandbox: boolean; words: SurveyWords; old: boolean }): string =>
  page(
    { ...FRAME, title: view.old ? '这张卡片过期了' : '没有这张卡片', sandbox: view.sandbox },
    html`<section class="problem"><p>${view.old ? '这张卡片太久了，不能再答。' : '请让老师再给你看一次。'}</p></section>
      <section aria-labelledby="help">
        <h2 id="help">要人帮忙的时候</h2>
        <p>打这些电话，不要钱：</p>
        ${numbers(view.words)}
      </section>`,
  );

/** Something went wrong on our side. */
export const tryAgainPage = (sandbox: boolean): string =>
  page(
    { ...FRAME, title: '等一下再试', sandbox },
    html`<section class="problem"><p>现在收不到，请等一会儿再点一次。</p></section>`,
  );

/** Cards to print and cut. @param cards the address of each and its QR code as SVG made by us */
export const cardsPage = (view: { sandbox: boolean; question: string; cards: { url: string; qr: string }[] }): string =>
  page(
    {
      header: FRAME.header,
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
