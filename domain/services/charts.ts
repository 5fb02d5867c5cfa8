/** Pictures of where a contract stands, as SVG text: bars of all indicators, and the burn-up of one. Pure. */
import { addMonths, atBeijingMinute, beijing, fromWall } from '../zone';
import type { StandingState } from './standing';
import type { Term } from './contract';
import { momentsOf } from './term';

export const CHART_FONT = 'Noto Sans Hans';
const INK = '#1b1f24';
const COLOURS: Record<StandingState, string> = {
  not_begun: '#8a929c',
  no_data: '#8a929c',
  met: '#1c6b3a',
  on_track: '#0b4f8a',
  behind: '#b35900',
};

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char] ?? char);

const svg = (width: number, height: number, inside: string[]): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
    ` font-family="${CHART_FONT}" fill="${INK}"><rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...inside,
    '</svg>',
  ].join('');

const label = (x: number, y: number, text: string, more = ''): string =>
  `<text x="${x}" y="${y}" font-size="20" ${more}>${escape(text)}</text>`;

export interface Bar {
  name: string;
  /** `120/260人次` */
  said: string;
  /** Of the target, from 0; 1 is the target. */
  share: number;
  state: StandingState;
}

const [BARS_WIDTH, NAME_WIDTH, FULL, ROW] = [1000, 200, 560, 48];
/** A bar goes on a little beyond the target, and no further. */
const MOST_SHARE = 1.1;

/** Every indicator as a bar towards its target, which is one line for all. */
export function barsSvg(bars: readonly Bar[]): string {
  const height = bars.length * ROW + 56;
  const rows = bars.flatMap(({ name, said, share, state }, i) => {
    const y = 44 + i * ROW;
    const width = Math.max(2, Math.round(FULL * Math.min(MOST_SHARE, share)));
    return [
      label(NAME_WIDTH - 10, y + 24, name, 'text-anchor="end"'),
      `<rect x="${NAME_WIDTH}" y="${y + 4}" width="${FULL}" height="28" fill="#e6eaee"/>`,
      `<rect x="${NAME_WIDTH}" y="${y + 4}" width="${width}" height="28" fill="${COLOURS[state]}"/>`,
      label(NAME_WIDTH + FULL * MOST_SHARE + 12, y + 24, said),
    ];
  });
  const target = NAME_WIDTH + FULL;
  return svg(BARS_WIDTH, height, [
    ...rows,
    `<path d="M${target} 30 V${height - 10}" stroke="${INK}" stroke-width="2" stroke-dasharray="6 4"/>`,
    label(target, 24, '目标', 'text-anchor="middle"'),
  ]);
}

export interface BurnUp {
  name: string;
  unit: string;
  target: number;
  term: Term;
  /** Day by which the target is to be met. */
  horizonDay: number;
  /** Milliseconds since the epoch, and the figure then; in the order of time. */
  points: readonly { at: number; actual: number | null }[];
}

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [640, 360, 80, 610, 56, 310];

/** How a figure grew towards its target: what was done, and the even pace that would have done it. */
export function burnUpSvg({ name, unit, target, term, horizonDay, points }: BurnUp): string {
  const { from, until } = momentsOf(term);
  const most = Math.max(target, ...points.map(({ actual }) => actual ?? 0)) * 1.08;
  const x = (at: number): number => Math.round(LEFT + ((at - from) / (until - from)) * (RIGHT - LEFT));
  const y = (value: number): number => Math.round(BOTTOM - (value / most) * (BOTTOM - TOP));
  const { year, month } = beijing(from);
  const months: string[] = [];
  for (let n = 0, at = from; at < until; n += 1, at = addMonths(fromWall(year, month, 1), n)) {
    const room = (Math.min(until, addMonths(fromWall(year, month, 1), n + 1)) - at) / (until - from);
    // A month cut short by the term has no room for its name.
    if (room * (RIGHT - LEFT) > 36)
      months.push(label(x(at) + 4, BOTTOM + 28, `${beijing(at).month}月`, 'fill="#454d57"'));
    months.push(`<path d="M${x(at)} ${BOTTOM} v8" stroke="${INK}"/>`);
  }
  const line = [{ at: from, actual: 0 }, ...points].map(({ at, actual }) => `${x(at)},${y(actual ?? 0)}`).join(' ');
  const last = points.at(-1);
  const end = x(atBeijingMinute(horizonDay + 1, 0));
  return svg(WIDTH, HEIGHT, [
    label(LEFT, 30, `${name}（${unit}）`),
    `<path d="M${LEFT} ${TOP} V${BOTTOM} H${RIGHT}" fill="none" stroke="${INK}" stroke-width="2"/>`,
    ...months,
    `<path d="M${LEFT} ${y(target)} H${RIGHT}" stroke="#454d57" stroke-dasharray="6 4"/>`,
    label(LEFT - 8, y(target) + 7, String(target), 'text-anchor="end" fill="#454d57"'),
    label(LEFT - 8, BOTTOM + 7, '0', 'text-anchor="end" fill="#454d57"'),
    `<path d="M${LEFT} ${BOTTOM} L${end} ${y(target)}" stroke="#8a929c" stroke-width="2" stroke-dasharray="3 5"/>`,
    `<polyline points="${line}" fill="none" stroke="#0b4f8a" stroke-width="4" stroke-linejoin="round"/>`,
    ...(last
      ? [
          `<circle cx="${x(last.at)}" cy="${y(last.actual ?? 0)}" r="6" fill="#0b4f8a"/>`,
          label(
            Math.min(x(last.at) + 10, RIGHT - 50),
            Math.min(y(last.actual ?? 0) + 26, BOTTOM - 10),
            String(last.actual ?? 0),
            'fill="#0b4f8a"',
          ),
        ]
      : []),
  ]);
}
