/** The page on which anybody tells a station of a child (强制报告): no account, no script, and hardly anything that must be filled in. */
import { CASE_TYPES, type CaseType } from '../../domain/model';
import { html, type Html } from './html';
import { page } from './layout';

const TYPE_WORDS: Record<CaseType, string> = {
  physical_abuse: '被打、被虐待',
  domestic_violence: '家里有人动手打人',
  sexual_abuse: '性侵害、猥亵',
  bullying: '被欺负、被孤立',
  neglect: '没人好好照顾、不能上学',
  abandonment: '被遗弃、被扔下不管',
  missing: '走失、离家不归',
  self_harm: '伤害自己、不想活了',
  other_emergency: '其他情况',
};

export const WHO_WORDS = {
  child: '我就是这个孩子',
  teacher: '老师或学校工作人员',
  doctor: '医生或医院工作人员',
  relative: '家人、亲戚',
  neighbour: '邻居、路人',
  other: '其他人',
} as const;
export type Who = keyof typeof WHO_WORDS;

export const DANGER_WORDS = { yes: '是，现在就有危险', no: '现在没有', unsure: '不清楚' } as const;

export const FOOTER = '填写的内容只有工作站的工作人员能看到，依法保密。';
const TITLE = '告诉我们孩子的事';

export interface HelpView {
  sandbox: boolean;
  stationId: string;
  stationName: string;
  seal: string;
  /** Said above the form: what went wrong; what was filled in is kept. */
  problem?: string;
  kept?: Record<string, string>;
}

const CALLS = html`<section class="problem" aria-labelledby="calls">
  <h2 id="calls">有危险时，先打电话</h2>
  <p><a class="call" href="tel:110">拨打 110</a></p>
  <p>也可以拨打 <a href="tel:12345">12345</a> 政务服务热线，或 <a href="tel:12355">12355</a> 青少年服务热线。</p>
</section>`;

const choices = (name: string, words: Record<string, string>, kept: string | undefined): Html[] =>
  Object.entries(words).map(
    ([value, word]) =>
      html`<label class="choice"
        ><input type="radio" name="${name}" value="${value}" ${kept === value && html`checked`} /> ${word}</label
      >`,
  );

const field = (name: string, label: string, kept: string | undefined, hint?: string, more?: Html): Html =>
  html`<div class="field">
    <label for="${name}">${label}</label>
    <input id="${name}" name="${name}" maxlength="200" autocomplete="off" value="${kept ?? ''}" ${more} />
    ${hint !== undefined && html`<p class="hint">${hint}</p>`}
  </div>`;

const TEL = html`inputmode="tel"`;

/** The public form (/help), also with what was written and what is wrong with it. */
export function helpPage({ sandbox, stationId, stationName, seal, problem, kept = {} }: HelpView): string {
  const types = CASE_TYPES.map(
    (type) => html`<option value="${type}" ${kept['kind'] === type && html`selected`}>${TYPE_WORDS[type]}</option>`,
  );
  return page(
    { title: TITLE, sandbox, footer: FOOTER },
    html`${problem !== undefined && html`<section class="problem" role="alert"><p>${problem}</p></section>`}
      <p>
        ${stationName}会认真看每一条，尽快去了解和帮助孩子。不用注册，不用留姓名；知道多少写多少，不确定的可以不填。
      </p>
      ${CALLS}
      <form method="post" action="/help/${stationId}">
        <input type="hidden" name="seal" value="${seal}" />
        <div class="apart" aria-hidden="true">
          <label for="website">请不要填写这一栏</label>
          <input id="website" name="website" tabindex="-1" autocomplete="off" />
        </div>
        <fieldset>
          <legend>孩子现在有危险吗？</legend>
          ${choices('danger', DANGER_WORDS, kept['danger'])}
        </fieldset>
        <div class="field">
          <label for="what">发生了什么</label>
          <textarea id="what" name="what" maxlength="20000">${kept['what'] ?? ''}</textarea>
          <p class="hint">几个字也可以。知道的话，写上时间、地点，和伤害孩子的人是谁。</p>
        </div>
        <div class="field">
          <label for="kind">属于哪种情况</label>
          <select id="kind" name="kind">
            <option value="">不确定</option>
            ${types}
          </select>
        </div>
        ${field('where', '在哪里能找到孩子', kept['where'], '住处、学校和班级，或者大概的地方。')}
        ${field('childName', '孩子的姓名', kept['childName'])} ${field('childAge', '孩子大概几岁', kept['childAge'])}
        ${field('childPhone', '孩子的电话', kept['childPhone'], undefined, TEL)}
        <fieldset>
          <legend>您是</legend>
          ${choices('who', WHO_WORDS, kept['who'])}
        </fieldset>
        ${field('myName', '您的姓名', kept['myName'], '可以不填。')}
        ${field('myPhone', '怎么联系您', kept['myPhone'], '可以不填。留下电话，我们才能向您了解更多情况。', TEL)}
        <button type="submit">发送</button>
        <p class="hint">不方便时，可以直接关闭本页面。</p>
      </form>`,
  );
}

export interface ThanksView {
  sandbox: boolean;
  stationName: string;
  number: string;
}

/** What somebody sees who has reported: the receipt’s number, and whom to call. */
export function thanksPage({ sandbox, stationName, number }: ThanksView): string {
  return page(
    { title: '已经收到，谢谢您', sandbox, footer: FOOTER },
    html`<section class="notice" role="status">
        <p>说出来不容易，您做得对。${stationName}的工作人员会尽快查看。</p>
        <p>回执编号</p>
        <p class="number"><strong>${number}</strong></p>
        <p class="hint">可以记下编号。打电话补充情况时，报编号就能找到这一条。</p>
      </section>
      ${CALLS}
      <p>想起别的，可以再扫码填写一次。</p>`,
  );
}
