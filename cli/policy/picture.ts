/** A simulation as a picture: each step a bar from its start to its deadline, on a scale that widens with time. */
import { DAY, HOUR, MINUTE, formatBeijing } from '../../domain/zone';
import { basisWords, headline, warnings } from './print';
import type { SimulatedStep, Simulation } from './simulate';

const LEFT = 220;
const WIDTH = 720;
const ROW = 26;
const TOP = 44;
const TICKS: [number, string][] = [
  [0, '接报'],
  [15 * MINUTE, '15分'],
  [HOUR, '1时'],
  [4 * HOUR, '4时'],
  [DAY, '1天'],
  [3 * DAY, '3天'],
  [7 * DAY, '7天'],
  [30 * DAY, '30天'],
  [90 * DAY, '90天'],
];
const LONGEST = 120 * DAY;

const escape = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

/** Minutes and months side by side need a logarithm; the first ten minutes are spread evenly. */
const x = (sinceMs: number): number => {
  const scale = (ms: number): number => Math.log1p(Math.max(0, ms) / (10 * MINUTE));
  return Math.round(LEFT + (WIDTH * scale(Math.min(sinceMs, LONGEST))) / scale(LONGEST));
};

const colour = (step: SimulatedStep): string =>
  step.urgent ? '#c0392b' : step.binds === 'watch' ? '#8e7cc3' : '#2f6f9f';

function row(step: SimulatedStep, index: number, receivedAt: number): string {
  const y = TOP + index * ROW;
  const [from, to] = [x(step.startAt - receivedAt), x(step.dueAt - receivedAt)];
  const remind = step.remindAt === undefined ? undefined : x(step.remindAt - receivedAt);
  return [
    `<g><title>${escape(basisWords(step.basis))}</title>`,
    `<text x="${LEFT - 10}" y="${y + 13}" text-anchor="end">${escape(step.name)}</text>`,
    `<rect x="${from}" y="${y + 2}" width="${Math.max(2, to - from)}" height="14" rx="3" fill="${colour(step)}"/>`,
    remind === undefined
      ? ''
      : `<line x1="${remind}" x2="${remind}" y1="${y}" y2="${y + 18}" stroke="#f1c40f" stroke-width="2"/>`,
    `<text x="${to + 6}" y="${y + 13}">${escape(formatBeijing(step.dueAt))}</text></g>`,
  ].join('');
}

/** An SVG picture that stands alone. */
export function asSvg(simulation: Simulation): string {
  const { steps, facts } = simulation;
  const height = TOP + steps.length * ROW + 20;
  const width = LEFT + WIDTH + 170;
  const ticks = TICKS.map(
    ([ms, label]) =>
      `<line x1="${x(ms)}" x2="${x(ms)}" y1="${TOP - 6}" y2="${height - 16}" stroke="#ddd"/>` +
      `<text x="${x(ms)}" y="${TOP - 12}" text-anchor="middle" fill="#666">${label}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="sans-serif" font-size="12">`,
    `<title>${escape(headline(simulation).join('；'))}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...ticks,
    ...steps.map((step, index) => row(step, index, facts.receivedAt)),
    '</svg>',
  ].join('\n');
}

/** A page with the picture and the table. */
export function asHtml(simulation: Simulation): string {
  const [title = '', ...more] = headline(simulation).map(escape);
  const rows = simulation.steps.map(
    (step) =>
      `<tr><td>${formatBeijing(step.dueAt)}</td><td>${escape(step.name)}</td><td>${
        step.remindAt === undefined ? '—' : formatBeijing(step.remindAt)
      }</td><td>${step.binds === 'watch' ? '盯办' : '本站'}</td><td>${escape(basisWords(step.basis))}</td></tr>`,
  );
  return [
    '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>${title}</title>`,
    '<style>body{font-family:sans-serif;margin:2rem}td,th{text-align:left;padding:.2rem .8rem .2rem 0}svg{max-width:100%;height:auto}</style></head><body>',
    `<h1>${title}</h1>`,
    ...[...more, ...warnings(simulation).map(escape)].map((line) => `<p>${line}</p>`),
    asSvg(simulation),
    '<table><thead><tr><th>期限</th><th>步骤</th><th>提醒</th><th>责任</th><th>依据</th></tr></thead><tbody>',
    ...rows,
    '</tbody></table></body></html>',
  ].join('\n');
}
