/** The page behind an alert's link: which step of which case is late, and one button. No personal data. */
import { html } from './html';
import { notice, page } from './layout';
import { spanWords, timeWords } from './words';

export interface AlertView {
  sandbox: boolean;
  /** /a/{token} */
  path: string;
  number: string;
  stepName: string;
  dueAt: number;
  /** The case's own time. */
  now: number;
  acknowledged?: { by: string; at: number };
  once: string;
  said?: string;
}

/** The page behind an alert’s link (/a). */
export function alertPage(view: AlertView): string {
  const { acknowledged } = view;
  const late = view.now - view.dueAt;
  return page(
    { title: '逾期提醒', sandbox: view.sandbox },
    html`${view.said !== undefined && notice(view.said)}
      <section aria-labelledby="late">
        <h2 id="late">案件 ${view.number}</h2>
        <dl>
          <dt>事项</dt>
          <dd>${view.stepName}</dd>
          <dt>应完成时间</dt>
          <dd>${timeWords(view.dueAt)}</dd>
          <dt>已逾期</dt>
          <dd>${spanWords(late)}</dd>
          ${
            acknowledged &&
            html`<dt>最近确认</dt>
              <dd>${acknowledged.by}，${timeWords(acknowledged.at)}</dd>`
          }
        </dl>
      </section>
      <form method="post" action="${view.path}">
        <p>确认表示您已知悉并将跟进。事项仍未办结的，系统会继续提醒。</p>
        <input type="hidden" name="once" value="${view.once}" />
        <button type="submit">确认</button>
      </form>`,
  );
}
