/** The page on which a partner reads a referral (转介), confirms it, declines it and says what was done. */
import type { ReferralState } from '../../domain/model';
import { MEDIA_TYPES } from '../../domain/files/kinds';
import type { ChildField } from './disclosure';
import { type Html, html } from './html';
import { correction, notice, page, type Refused, wrongAt } from './layout';
import { FEEDBACK_WORDS, FIELD_WORDS, REFERRAL_STATE_WORDS, timeWords } from './words';

export interface ReferralView {
  sandbox: boolean;
  /** Path of the page itself: /r/{token} */
  path: string;
  number: string;
  partnerName: string;
  stationName: string;
  contact?: { name: string; phone: string };
  purpose: string;
  /** What our worker wrote for the partner. */
  note?: string;
  state: ReferralState;
  sentAt: number;
  confirmBy: number;
  receivedAt?: number;
  feedbackBy?: number;
  acceptedAt?: number;
  /** What this partner may know of the child, in order. */
  child: [ChildField, string][];
  /** Fresh for every showing, so that a double tap counts once. */
  once: string;
  said?: string;
  refused?: Refused & { form: 'decline' | 'feedback' };
  /** Why a file was refused. */
  fileWords?: string;
}

const term = (word: string, meaning: Html | string): Html =>
  html`<dt>${word}</dt>
    <dd>${meaning}</dd>`;

function about(view: ReferralView): Html {
  const { contact, receivedAt, feedbackBy, acceptedAt } = view;
  return html`<section aria-labelledby="about">
    <h2 id="about">转介信息</h2>
    <dl>
      ${term('案件编号', view.number)} ${term('转介单位', view.stationName)}
      ${contact && term('联系人', html`${contact.name}，<a href="tel:${contact.phone}">${contact.phone.replace(/^\+86/, '')}</a>`)}
      ${term('接收单位', view.partnerName)} ${term('转介目的', view.purpose)}
      ${view.note !== undefined && term('转介说明', view.note)} ${term('发送时间', timeWords(view.sentAt))}
      ${receivedAt === undefined && view.state !== 'declined' && term('请在此前确认', timeWords(view.confirmBy))}
      ${receivedAt !== undefined && term('确认接收时间', timeWords(receivedAt))}
      ${acceptedAt !== undefined && term('确认受理时间', timeWords(acceptedAt))}
      ${feedbackBy !== undefined && term('请在此前反馈', timeWords(feedbackBy))}
      ${term('当前状态', REFERRAL_STATE_WORDS[view.state])}
    </dl>
  </section>`;
}

const child = ({ child: fields }: ReferralView): Html | false =>
  fields.length > 0 &&
  html`<section aria-labelledby="child">
    <h2 id="child">未成年人信息</h2>
    <dl>${fields.map(([field, value]) => term(FIELD_WORDS[field], value))}</dl>
    <p class="hint">以上为办理本次转介所必需的信息，请依法保密，不得用于其他用途。</p>
  </section>`;

const hidden = (once: string): Html => html`<input type="hidden" name="once" value="${once}" />`;

function confirmForm({ path, once }: ReferralView): Html {
  return html`<form method="post" action="${path}/confirm">
    <h2>确认接收</h2>
    <p>确认已收到本转介。收到以后，再答复能否受理。</p>
    ${hidden(once)}<button type="submit">确认接收</button>
  </form>`;
}

function acceptForm({ path, once }: ReferralView): Html {
  return html`<form method="post" action="${path}/accept">
    <h2>受理</h2>
    <p>贵单位承接办理的，请确认受理，并在规定时间内反馈办理情况。</p>
    ${hidden(once)}<button type="submit">确认受理</button>
  </form>`;
}

/** Folded away: what is seldom chosen, and not to be tapped by mistake. */
function refusals({ path, once, refused }: ReferralView): Html {
  const mine = refused?.form === 'decline' ? refused : undefined;
  const reason = correction(mine, 'reason', '请写明无法承接的原因。');
  return html`<section><details${mine && html` open`}><summary>无法承接</summary>
<form method="post" action="${path}/decline">
${hidden(once)}<div class="field"><label for="reason">原因</label>
<textarea id="reason" name="reason" required maxlength="2000"${reason.attributes}>${mine?.kept['reason'] ?? ''}</textarea>
${reason.line}<p class="hint">转介单位会尽快另行安排。</p></div>
<div class="field"><label for="suggestion">建议（可不填）</label>
<textarea id="suggestion" name="suggestion" maxlength="2000">${mine?.kept['suggestion'] ?? ''}</textarea>
<p class="hint">例如更合适的单位、联系方式或者办理途径。</p></div>
<button class="quiet" type="submit">提交原因</button></form></details>
<details><summary>发错单位</summary>
<form method="post" action="${path}/misdirected">
<p>贵单位不是本转介的接收单位的，请在此告知。提交后，本链接和取件码立即失效。</p>
${hidden(once)}<div class="field"><label for="wrong">说明（可不填）</label>
<textarea id="wrong" name="reason" maxlength="2000"></textarea></div>
<button class="quiet" type="submit">告知发错单位</button></form></details></section>`;
}

function feedbackForm(view: ReferralView): Html {
  const { path, once, refused } = view;
  const mine = refused?.form === 'feedback' ? refused : undefined;
  const text = correction(mine, 'text', '请填写办理情况。');
  const file = correction(mine, 'file', view.fileWords ?? '附件没有接收，请重新选择。');
  const choices = Object.entries(FEEDBACK_WORDS).map(
    ([outcome, word]) =>
      html`<label class="choice"
        ><input
          type="radio"
          name="outcome"
          value="${outcome}"
          required${mine?.kept['outcome'] === outcome && html` checked`}
        />
        ${word}</label
      >`,
  );
  return html`<form method="post" action="${path}/feedback" enctype="multipart/form-data">
    <h2>反馈办理情况</h2>
    ${hidden(once)}
    <fieldset>
      <legend>办理结果</legend>
      ${choices} ${mine && wrongAt(mine, 'outcome') && html`<p class="wrong">请选择办理结果。</p>`}
    </fieldset>
    <div class="field">
      <label for="text">具体情况</label>
      <textarea id="text" name="text" required maxlength="10000" ${text.attributes}>
${mine?.kept['text'] ?? ''}</textarea>
      ${text.line}
      <p class="hint">可多次反馈，直至转介办结。</p>
    </div>
    <div class="field">
      <label for="file">附件（可不传）</label>
      <input id="file" name="file" type="file" accept="${MEDIA_TYPES.join(',')}" ${file.attributes} />
      ${file.line}
      <p class="hint">
        照片、录音或者 PDF，一次一个，不超过 50 MB。${mine && !wrongAt(mine, 'file') && '附件需要重新选择。'}
      </p>
    </div>
    <button type="submit">提交反馈</button>
  </form>`;
}

/** What is left to do in each state; drafts, closed and revoked referrals have no page. */
function forms(view: ReferralView): Html | false {
  if (view.state === 'sent' || view.state === 'opened') return html`${confirmForm(view)}${refusals(view)}`;
  if (view.state === 'received') return html`${acceptForm(view)}${feedbackForm(view)}${refusals(view)}`;
  return view.state !== 'declined' && feedbackForm(view);
}

/** The page of a referral (/r), as far as it has got. */
export function referralPage(view: ReferralView): string {
  return page(
    { title: '转介通知', sandbox: view.sandbox },
    html`${view.said !== undefined && notice(view.said)}
    ${view.refused && html`<section class="problem" role="alert"><p>还有内容需要补充，请查看下方提示。已填写的内容均已保留。</p></section>`}
    ${about(view)} ${child(view)} ${forms(view)}`,
  );
}
