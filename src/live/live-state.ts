import { MACHINES } from '../hardware/presets/index.ts';
import { DEFAULT_BASELINE, strategyById } from '../hypervisor/strategies.ts';
import { harmlessWord } from '../util/harmless.ts';
import { suggest } from '../util/suggest.ts';
import { UserError } from '../util/user-error.ts';
import { LIVE_SCENARIOS } from './scenarios.ts';

/** Everything that can be chosen. What means nothing for a scenario is kept, and changes nothing. */
export interface LiveState {
  readonly scenario: string;
  readonly machine: string;
  readonly strategy: string;
  /** Reflected exits of L2 per second. */
  readonly rate: number;
  /** 4 KiB pages of data that L2 comes back to. */
  readonly pages: number;
  /** L2s that the vCPU of L1 runs. */
  readonly l2s: number;
  /** Switches between L2s per round trip. */
  readonly switches: number;
  /** Factor on the entries of the second-level TLBs. */
  readonly tlb: number;
  /** Factor on the start of a page walk and on each of its references. */
  readonly walk: number;
  /** Factor on flushes at VMRUN and on the kernel's work for a flush request. */
  readonly flush: number;
}

type WordKey = 'scenario' | 'machine' | 'strategy';
export type NumberKey = Exclude<keyof LiveState, WordKey>;

/** A number that can be chosen. */
export interface NumberControl {
  readonly key: NumberKey;
  /** What a slider stops at; ascending. The ends bound what a link may say. */
  readonly stops: readonly number[];
  /** True where nothing between the stops may be said either. */
  readonly onlyStops: boolean;
  /** True where only whole numbers make sense. */
  readonly whole: boolean;
}

export const NUMBER_CONTROLS: readonly NumberControl[] = [
  control(
    'rate',
    [
      1000, 1500, 2000, 3000, 5000, 7000, 10_000, 15_000, 20_000, 30_000, 40_000, 50_000, 70_000,
      100_000, 150_000, 200_000, 300_000,
    ],
    'whole',
  ),
  control(
    'pages',
    [
      4, 8, 16, 32, 48, 64, 90, 120, 180, 250, 350, 500, 700, 1000, 1400, 2000, 2800, 4000, 5600,
      8192,
    ],
    'whole',
  ),
  control('l2s', [1, 2, 3, 4, 5, 6, 7, 8], 'whole'),
  control('switches', [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]),
  control('tlb', [0.25, 0.5, 1, 2, 4], 'stops'),
  control('walk', [0.25, 0.35, 0.5, 0.7, 1, 1.4, 2, 2.8, 4]),
  control('flush', [0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10]),
];

function control(
  key: NumberKey,
  stops: readonly number[],
  kind: 'any' | 'whole' | 'stops' = 'any',
): NumberControl {
  return { key, stops, onlyStops: kind === 'stops', whole: kind === 'whole' };
}

/** What a link that leaves something out means, but for the rate of a recorded program. */
export const DEFAULT_STATE: LiveState = {
  scenario: 'cpuid-npt-npt',
  machine: 'zen3-milan',
  strategy: 'rfc-2025-03',
  rate: 40_000,
  pages: 120,
  l2s: 1,
  switches: 0.1,
  tlb: 1,
  walk: 1,
  flush: 1,
};

/** A scenario with nothing chosen: a recorded program exits as often as its suite says. */
export function stateOfScenario(scenario: string): LiveState {
  const rate = LIVE_SCENARIOS.find(({ id }) => id === scenario)?.rate ?? DEFAULT_STATE.rate;
  return { ...DEFAULT_STATE, scenario, rate };
}

const KEYS = Object.keys(DEFAULT_STATE) as readonly (keyof LiveState)[];
const MARK = 'try?';
const LONGEST = 2000;

/** A state as the fragment of a link: `try?scenario=…&…`, every key once, in one order. */
export function fragmentOfState(state: LiveState): string {
  return MARK + KEYS.map((key) => `${key}=${encodeURIComponent(String(state[key]))}`).join('&');
}

/** True for a fragment, with its #, that says or tries to say a state. */
export function isLiveFragment(hash: string): boolean {
  return hash.startsWith(`#${MARK}`);
}

/**
 * The state that a link, or a fragment with or without its #, says. What it leaves out is as in
 * `stateOfScenario`. Throws UserError('usage') for anything that it should not say.
 */
export function stateOfFragment(link: string): LiveState {
  if (link.length > LONGEST) {
    const cure = 'Copy it again from the page';
    throw new UserError('usage', 'the link', `it is longer than ${LONGEST} characters`, cure);
  }
  const fragment = link.slice(link.lastIndexOf('#') + 1);
  if (!fragment.startsWith(MARK)) {
    const cure = `A link to such a state ends with #${MARK}scenario=…; the page shows its own`;
    throw new UserError('usage', quoted(link), 'it names no assumptions', cure);
  }
  const said = new Map<string, string>();
  const parts = fragment.slice(MARK.length).split('&');
  for (const part of parts.filter((each) => each !== '')) {
    const at = part.indexOf('=');
    const key = at < 0 ? part : part.slice(0, at);
    if (!(KEYS as readonly string[]).includes(key)) {
      const cure = `The keys are ${KEYS.join(', ')}`;
      throw new UserError('usage', quoted(key), 'a link has no such key', cure);
    }
    if (said.has(key)) throw new UserError('usage', key, 'the link says it twice', 'Say it once');
    said.set(key, decoded(key, part.slice(key.length + 1)));
  }
  const word = (key: WordKey): string => said.get(key) ?? DEFAULT_STATE[key];
  const scenario = checkedScenario(word('scenario'));
  const otherwise = stateOfScenario(scenario);
  return {
    scenario,
    machine: checkedMachine(word('machine')),
    strategy: checkedStrategy(word('strategy')),
    ...(Object.fromEntries(
      NUMBER_CONTROLS.map((each) => [
        each.key,
        checkedNumber(each, said.get(each.key)) ?? otherwise[each.key],
      ]),
    ) as Record<NumberKey, number>),
  };
}

function decoded(key: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    const cure = 'Copy the link again from the page';
    throw new UserError('usage', key, `${quoted(text)} is not encoded as links are`, cure);
  }
}

function checkedScenario(id: string): string {
  const ids = LIVE_SCENARIOS.map((each) => each.id);
  if (!ids.includes(id)) throw unknown('scenario', id, ids);
  return id;
}

function checkedMachine(id: string): string {
  const ids = MACHINES.map((each) => each.id);
  if (!ids.includes(id)) throw unknown('machine', id, ids);
  return id;
}

function checkedStrategy(id: string): string {
  if (id === DEFAULT_BASELINE) {
    const cure = 'Name another strategy';
    throw new UserError('usage', 'strategy', `"${id}" is what others are compared with`, cure);
  }
  if (strategyById(id)?.id !== id) throw unknown('strategy', id, []);
  return id;
}

function unknown(key: WordKey, id: string, known: readonly string[]): UserError {
  const near = suggest(id, known);
  const choices = known.length === 0 ? 'See `list`' : `Choose one of ${known.join(', ')}`;
  const cure = near === undefined ? choices : `The nearest is "${near}"`;
  return new UserError('usage', key, `there is no ${quoted(id)}`, cure);
}

function checkedNumber(
  { key, stops, onlyStops, whole }: NumberControl,
  text: string | undefined,
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,7}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  const [low, high] = [stops[0]!, stops.at(-1)!];
  const allowed = onlyStops
    ? `one of ${stops.join(', ')}`
    : `${whole ? 'a whole number' : 'a number'} from ${low} to ${high}`;
  const isAllowed = onlyStops ? stops.includes(value) : value >= low && value <= high;
  if (isAllowed && (!whole || Number.isInteger(value))) return value;
  throw new UserError('usage', key, `${quoted(text)} is not ${allowed}`, 'Change it in the link');
}

const QUOTED = 60;

/** Somebody else's text, short and without what could steer a terminal. */
function quoted(text: string): string {
  const plain = harmlessWord(text);
  return `"${plain.length > QUOTED ? `${plain.slice(0, QUOTED)}…` : plain}"`;
}
