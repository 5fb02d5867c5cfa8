/** Where the fixed address of a text leads: the pick-up code (取件码) opens the referral's page. */
import { html } from './html';
import { correction, page, type Refused } from './layout';

export interface PickupView {
  sandbox: boolean;
  /** Said above the form: a wrong code, or wait. */
  problem?: string;
  refused?: Refused;
}

/** The form of `GET /r`, and the same again after a refused try. */
export function pickupPage({ sandbox, problem, refused }: PickupView): string {
  const code = correction(refused, 'code', '请填写短信中的取件码。');
  const tail = correction(refused, 'phoneTail', '请填写手机号的后四位数字。');
  return page(
    { title: '查看转介通知', sandbox },
    html`${problem !== undefined && html`<section class="problem" role="alert"><p>${problem}</p></section>`}
      <form method="post" action="/r">
        <div class="field">
          <label for="code">取件码</label>
          <input
            class="code"
            id="code"
            name="code"
            required
            maxlength="20"
            autocomplete="off"
            autocapitalize="characters"
            spellcheck="false"
            value="${refused?.kept['code'] ?? ''}"
            ${code.attributes}
          />
          ${code.line}
          <p class="hint">短信中的 6 位取件码，不分大小写。</p>
        </div>
        <div class="field">
          <label for="phoneTail">手机号后四位</label>
          <input
            id="phoneTail"
            name="phoneTail"
            required
            maxlength="4"
            inputmode="numeric"
            pattern="[0-9]{4}"
            autocomplete="off"
            value="${refused?.kept['phoneTail'] ?? ''}"
            ${tail.attributes}
          />
          ${tail.line}
          <p class="hint">收到这条短信的手机号码的最后四位数字。</p>
        </div>
        <button type="submit">查看</button>
      </form>`,
  );
}
