/** The three faces of the survey as drawings: attributes alone, since nothing inline may style a page. */
import type { Face } from '../../domain/services/survey';
import { type Html, html } from './html';

const MOUTHS: Record<Face, Html> = {
  good: html`<path d="M18 38 Q32 56 46 38" />`,
  so_so: html`<path d="M19 43 H45" />`,
  bad: html`<path d="M18 49 Q32 33 46 49" />`,
};
const GROUNDS: Record<Face, string> = { good: '#ffd84d', so_so: '#f0e3b0', bad: '#bcd4ea' };

/** The word beside it says the same: the drawing is passed over by screen readers. */
export const face = (which: Face): Html =>
  html`<svg viewBox="0 0 64 64" width="96" height="96" aria-hidden="true" focusable="false">
    <g stroke="#1b1f24" stroke-width="3.5" stroke-linecap="round" fill="none">
      <circle cx="32" cy="32" r="28" fill="${GROUNDS[which]}" />
      ${MOUTHS[which]}
    </g>
    <circle cx="22" cy="26" r="4" fill="#1b1f24" />
    <circle cx="42" cy="26" r="4" fill="#1b1f24" />
  </svg>`;
