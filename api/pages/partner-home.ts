/** Where a partner with many referrals signs in by a text code, and finds its own. No name of a child stands here. */
import type { ReferralState } from '../../domain/model';
import { type Html, html } from './html';
import { correction, page, type Refused } from './layout';
import { PURPOSE_WORDS, REFERRAL_STATE_WORDS, timeWords } from './words';

interface SignInView {
  sandbox: boolean;
  /** Said above the form: a wrong code, or wait. */
  problem?: string;
  refused?: Refused;
}

const alarm = (problem: string | undefined): Html | false =>
  problem !== undefined && html`<section class="problem" role="alert"><p>${problem}</p></section>`;

/** The first form: which phone. */
export function partnerPhonePage({ sandbox, problem, refused }: SignInView): string {
  const phone = correction(refused, 'phone', '请填写 11 位手机号码。');
  return page(
    { title: '协作单位登录', sandbox },
    html`${alarm(problem)}
      <form method="post" action="/p/code">
        <div class="field">
          <label for="phone">手机号码</label>
          <input
            id="phone"
            name="phone"
            required
            maxlength="14"
            inputmode="tel"
            autocomplete="tel"
            value="${refused?.kept['phone'] ?? ''}"
            ${phone.attributes}
          />
          ${phone.line}
          <p class="hint">请使用在转介单位登记的工作联系电话，我们会发送 6 位验证码。</p>
        </div>
        <button type="submit">发送验证码</button>
      </form>`,
  );
}

/** The second form: the code that came. */
export function partnerCodePage({ sandbox, problem, refused, phone }: SignInView & { phone: string }): string {
  const code = correction(refused, 'code', '请填写短信中的 6 位验证码。');
  return page(
    { title: '协作单位登录', sandbox },
    html`${alarm(problem)}
      <form method="post" action="/p/sign-in">
        <p>如果 ${phone} 是登记的工作联系电话，验证码会在一分钟内发到，10 分钟内有效。</p>
        <input type="hidden" name="phone" value="${phone}" />
        <div class="field">
          <label for="code">验证码</label>
          <input
            class="code"
            id="code"
            name="code"
            required
            maxlength="12"
            inputmode="numeric"
            autocomplete="one-time-code"
            ${code.attributes}
          />
          ${code.line}
        </div>
        <button type="submit">登录</button>
      </form>
      <section>
        <p>没有收到？一分钟后可以<a href="/p">重新发送</a>，或者使用短信中的取件码<a href="/r">查看单份转介</a>。</p>
      </section>`,
  );
}

export interface ListedReferral {
  id: string;
  number: string;
  stationName: string;
  purpose: string;
  state: ReferralState;
  sentAt: number;
  /** By when something is asked of the partner now; absent: nothing is. */
  dueAt?: number;
}

const card = (one: ListedReferral): Html =>
  html`<section>
    <h2>
      ${one.state === 'closed' ? html`案件 ${one.number}` : html`<a href="/p/referrals/${one.id}">案件 ${one.number}</a>`}
    </h2>
    <dl>
      <dt>转介单位</dt>
      <dd>${one.stationName}</dd>
      <dt>转介目的</dt>
      <dd>${Object.entries(PURPOSE_WORDS).find(([code]) => code === one.purpose)?.[1] ?? PURPOSE_WORDS.other}</dd>
      <dt>当前状态</dt>
      <dd>${REFERRAL_STATE_WORDS[one.state]}</dd>
      <dt>发送时间</dt>
      <dd>${timeWords(one.sentAt)}</dd>
      ${
        one.dueAt !== undefined &&
        html`<dt>请在此前办理</dt>
          <dd>${timeWords(one.dueAt)}</dd>`
      }
    </dl>
  </section>`;

export interface PartnerHomeView {
  sandbox: boolean;
  partnerNames: string[];
  /** Newest first. */
  referrals: ListedReferral[];
}

const WAITING: ReferralState[] = ['sent', 'opened', 'received', 'accepted'];

/** What waits for the partner first, then the rest. */
export function partnerHomePage({ sandbox, partnerNames, referrals }: PartnerHomeView): string {
  const waiting = referrals.filter(({ state }) => WAITING.includes(state));
  const rest = referrals.filter(({ state }) => !WAITING.includes(state));
  return page(
    { title: '本单位的转介', sandbox },
    html`<p>${partnerNames.join('、')}</p>
      <h2>待办理（${waiting.length}）</h2>
      ${waiting.length > 0 ? waiting.map(card) : html`<section><p>没有待办理的转介。</p></section>`}
      ${
        rest.length > 0 &&
        html`<h2>已反馈或者已办结（${rest.length}）</h2>
          ${rest.map(card)}`
      }
      <form method="post" action="/p/sign-out"><button class="quiet" type="submit">退出登录</button></form>`,
  );
}
