import { suiteOfScenario } from '../../live/live-data.ts';
import { whyNot } from '../../live/live-question.ts';
import type { LiveState } from '../../live/live-state.ts';
import type { LiveSettings } from '../../report/live/section.ts';
import { numberOfLabel, placeOnAxis } from '../place.ts';
import { byId } from './controls.ts';

const FIGURE = 'figure-break-even';
const SVG = 'http://www.w3.org/2000/svg';

/** Shows a program of a known working set as a point on the map of savings; nothing for other scenarios. */
export function markPlace(state: LiveState, { data }: LiveSettings): void {
  const { rate, pages } = state;
  const isPlaced = whyNot('pages', state, suiteOfScenario(data.suites, state.scenario)) === null;
  const figure = document.getElementById(FIGURE);
  const note = byId('place');
  for (const old of document.querySelectorAll(`#${FIGURE} .place`)) old.remove();
  note.textContent = '';
  if (figure === null || !isPlaced) return;
  const labels = (selector: string) =>
    [...figure.querySelectorAll(`table ${selector}`)].map((each) =>
      numberOfLabel(each.textContent ?? ''),
    );
  const rates = labels('thead th').slice(1);
  const sizes = labels('tbody th');
  if (rates.length === 0 || sizes.length === 0) return;
  for (const field of figure.querySelectorAll<SVGGElement>('svg .mark-rect')) {
    const { width, height } = field.getBBox();
    const point = document.createElementNS(SVG, 'circle');
    point.setAttribute('class', 'place');
    point.setAttribute('cx', String((placeOnAxis(rates, rate) / rates.length) * width));
    point.setAttribute('cy', String((1 - placeOnAxis(sizes, pages) / sizes.length) * height));
    point.setAttribute('r', '9');
    // After the numbers, so that none covers it.
    field.parentElement?.append(point);
  }
  note.textContent =
    'The circle on the map above is this program, with the exits of the map’s scenario.';
}
