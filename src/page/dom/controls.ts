import { suiteOfScenario } from '../../live/live-data.ts';
import { questionOf, whyNot } from '../../live/live-question.ts';
import { type LiveState, NUMBER_CONTROLS, stateOfScenario } from '../../live/live-state.ts';
import { controlHint, controlText, type LiveSettings } from '../../report/live/section.ts';

export const byId = <Kind extends HTMLElement>(id: string): Kind => {
  const element = document.getElementById(`try-${id}`);
  if (element === null) throw new Error(`the page has no try-${id}`);
  return element as Kind;
};

const WORDS = ['scenario', 'machine', 'strategy'] as const;

/** The stop that is nearest to a value. */
function nearest(stops: readonly number[], value: number): number {
  const distance = (at: number) => Math.abs(Math.log(stops[at]! / value));
  return stops.reduce((best, _, at) => (distance(at) < distance(best) ? at : best), 0);
}

/** Shows a state in the controls, what means nothing for it as out of use. */
export function showState(state: LiveState, { data }: LiveSettings): void {
  for (const key of WORDS) {
    const select = byId<HTMLSelectElement>(key);
    if (![...select.options].some((option) => option.value === state[key])) {
      select.add(new Option(state[key], state[key]));
    }
    select.value = state[key];
  }
  const suite = suiteOfScenario(data.suites, state.scenario);
  const { machine } = questionOf(state, suite);
  for (const { key, stops } of NUMBER_CONTROLS) {
    const input = byId<HTMLInputElement>(key);
    const text = controlText(key, state[key], machine);
    const why = whyNot(key, state, suite);
    input.value = String(nearest(stops, state[key]));
    input.disabled = why !== null;
    input.setAttribute('aria-valuetext', text);
    input.parentElement?.classList.toggle('off', why !== null);
    byId(`${key}-value`).textContent = why === null ? text : '';
    byId(`${key}-why`).textContent = controlHint(key, why);
  }
}

/** Calls back with the state that a touched control makes of the one that `current` returns. */
export function onTouch(current: () => LiveState, chosen: (state: LiveState) => void): void {
  for (const key of WORDS) {
    const select = byId<HTMLSelectElement>(key);
    select.addEventListener('change', () => {
      const state = { ...current(), [key]: select.value };
      // A recorded program begins with the rate of its suite.
      const { rate } = key === 'scenario' ? stateOfScenario(state.scenario) : state;
      chosen({ ...state, rate });
    });
  }
  for (const { key, stops } of NUMBER_CONTROLS) {
    const input = byId<HTMLInputElement>(key);
    input.addEventListener('input', () => {
      chosen({ ...current(), [key]: stops[Number(input.value)] ?? current()[key] });
    });
  }
}
