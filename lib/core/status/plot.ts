// Members over a day as a small picture, which a reader that cannot see it is told in words.

import { type Html, html } from '../text/html.ts';
import type { Members } from './members.ts';
import { membersText } from './words.ts';

const STEP = 10;
const HEIGHT = 40;

/** A step an hour, from zero up, so that half the height is half the members. */
export function plotOf(members: Members): Html {
  const { hours } = members;
  const most = Math.max(1, ...hours.map((count) => count ?? 0));
  const first = hours.findIndex((count) => count !== null);
  const steps = hours.slice(first).map((count, index) => {
    const x = (first + index) * STEP;
    const y = Math.round((1 - (count ?? 0) / most) * HEIGHT * 10) / 10;
    return `L${x} ${y}H${x + STEP}`;
  });
  const line = steps.join('').replace('L', 'M');
  const width = hours.length * STEP;
  return html`<svg class="plot" role="img" aria-label="${membersText(members)}" viewBox="0 -2 ${width} ${HEIGHT + 4}" preserveAspectRatio="none"><path class="area" d="M${first * STEP} ${HEIGHT}${line.replace('M', 'L')}V${HEIGHT}Z"/><path class="line" d="${line}"/></svg>`;
}
