import { CAUSES, type CauseId } from '../../cost/causes.ts';
import { namedStrategy, type StrategyColour } from '../../hypervisor/strategies.ts';

/** One colour of the report: `name` becomes a CSS variable with a light and a dark value. */
export interface Colour {
  readonly name: string;
  readonly light: string;
  readonly dark: string;
}

/** Text and lines of charts. */
export const INK = {
  text: { name: 'ink', light: '#1c1f24', dark: '#e7e9ec' },
  muted: { name: 'ink-muted', light: '#5b616b', dark: '#a3aab5' },
  grid: { name: 'chart-grid', light: '#e6e5e0', dark: '#2c3038' },
  zero: { name: 'chart-zero', light: '#85888e', dark: '#7d838d' },
} as const satisfies Readonly<Record<string, Colour>>;

export type Shape = 'circle' | 'square' | 'diamond' | 'triangle-up' | 'triangle-down' | 'cross';

export interface StrategyStyle {
  readonly colour: Colour;
  readonly shape: Shape;
}

/**
 * One colour per strategy in every chart, from the palette of Okabe and Ito (2008), which readers
 * with colour-vision deficiencies can tell apart. The shape says the same once more.
 */
const STRATEGY_STYLES: Readonly<Record<StrategyColour, StrategyStyle>> = {
  grey: strategyStyle('s-grey', '#7a808a', '#979eaa', 'circle'),
  moss: strategyStyle('s-moss', '#5b6b5f', '#a3b5a7', 'diamond'),
  sky: strategyStyle('s-sky', '#3a9bdc', '#8fd0fb', 'square'),
  amber: strategyStyle('s-amber', '#d39200', '#f0bb4d', 'triangle-up'),
  blue: strategyStyle('s-blue', '#0072b2', '#4ba8e8', 'circle'),
  plum: strategyStyle('s-plum', '#b25a90', '#e29ac6', 'square'),
  violet: strategyStyle('s-violet', '#6a51a3', '#b3a2e0', 'diamond'),
  olive: strategyStyle('s-olive', '#8a7f00', '#d6ca52', 'triangle-up'),
  vermilion: strategyStyle('s-vermilion', '#d55e00', '#f2854a', 'triangle-down'),
  rust: strategyStyle('s-rust', '#8c3a00', '#c98a5e', 'cross'),
  green: strategyStyle('s-green', '#009e73', '#3fc79d', 'diamond'),
};

/** For strategies that have none of their own; taken in the order in which a run names them. */
const SPARE_STYLES: readonly StrategyStyle[] = [
  strategyStyle('s-spare-1', '#4a6fa5', '#93b4e6', 'square'),
  strategyStyle('s-spare-2', '#a8475b', '#e98fa2', 'triangle-up'),
  strategyStyle('s-spare-3', '#3f7f4c', '#86c793', 'cross'),
  strategyStyle('s-spare-4', '#7b5a3c', '#c6a27f', 'diamond'),
];

function strategyStyle(name: string, light: string, dark: string, shape: Shape): StrategyStyle {
  return { colour: { name, light, dark }, shape };
}

/** The styles of `strategies`, which has to be the same list in every chart of a report. */
export function strategyStyles(strategies: readonly string[]): readonly StrategyStyle[] {
  let spares = 0;
  return strategies.map((id) => {
    const own = namedStrategy(id)?.colour;
    if (own !== undefined) return STRATEGY_STYLES[own];
    const spare = SPARE_STYLES[spares % SPARE_STYLES.length]!;
    spares += 1;
    return spare;
  });
}

/** The styles of some of the strategies of a report, as `all` of them give them. */
export function stylesOf(
  some: readonly string[],
  all: readonly string[],
): readonly StrategyStyle[] {
  const styles = strategyStyles(all);
  return some.map((id) => styles[all.indexOf(id)]!);
}

/** A part of a stacked bar: causes that the reader should see as one. */
export interface CauseLayer {
  readonly label: string;
  readonly causes: readonly CauseId[];
  readonly colour: Colour;
}

function inGroup(group: (typeof CAUSES)[number]['group']): readonly CauseId[] {
  return CAUSES.filter((cause) => cause.group === group).map((cause) => cause.id);
}

/**
 * From what a patch can't change to what it can: instructions and world switches are quiet greys,
 * the direct cost of flushing is warm, and the refill that follows it is three shades of blue.
 */
export const CAUSE_LAYERS: readonly CauseLayer[] = [
  layer('Instructions of L0, L1, L2', inGroup('software'), 'c-software', '#c9c8c2', '#4a4f58'),
  layer('World switches', inGroup('transition'), 'c-transition', '#a5a49e', '#656b76'),
  layer('Other TLB misses', inGroup('miss'), 'c-miss', '#dfd3b8', '#7b7158'),
  layer("Guests' own flushes", inGroup('guest'), 'c-guest', '#b9a5cf', '#87739f'),
  layer('Flushing', inGroup('flush'), 'c-flush', '#d4590d', '#ee8046'),
  layer('Page-table sync', inGroup('mmu'), 'c-mmu', '#eeb13c', '#f1bd5c'),
  layer('Refill: TLB entries', ['refillTlb'], 'c-refill-tlb', '#0b5c99', '#4a9be0'),
  layer('Refill: walk caches', ['refillWalkCache'], 'c-refill-pwc', '#4f97cf', '#82bff2'),
  layer('Refill: nested TLB', ['refillNestedTlb'], 'c-refill-ntlb', '#a3cdec', '#bfe0fa'),
];

function layer(
  label: string,
  causes: readonly CauseId[],
  name: string,
  light: string,
  dark: string,
): CauseLayer {
  return { label, causes, colour: { name, light, dark } };
}

/** What flushing costs, and the line where a flush takes entries away. */
export const FLUSH_COLOUR: Colour = CAUSE_LAYERS.find(({ label }) => label === 'Flushing')!.colour;

/** Whose a TLB entry is: grey for the host, from dark to light for its guests. */
export const OWNER_COLOURS = {
  L0: { name: 'o-l0', light: '#c4c3bf', dark: '#555a63' },
  L1: { name: 'o-l1', light: '#2b6f68', dark: '#4b9a90' },
  L2: { name: 'o-l2', light: '#86c7a9', dark: '#a9e2c8' },
  others: { name: 'o-others', light: '#d9c8e3', dark: '#7d6a8c' },
} as const satisfies Readonly<Record<string, Colour>>;

/** What a real clock measured beside what the model says: never the same colour, line or axis. */
export const HOST_COLOURS = {
  measured: { name: 'h-measured', light: '#a8320a', dark: '#ff8f66' },
  modelled: { name: 'h-modelled', light: '#2456b8', dark: '#86aefc' },
} as const satisfies Readonly<Record<string, Colour>>;

/** Measured values on a scoreboard: inside of the prediction's bounds, or not. */
export const SCORE_COLOURS = {
  bounds: { name: 'v-bounds', light: '#b9bec7', dark: '#5d6470' },
  inside: { name: 'v-inside', light: '#00775a', dark: '#46c9a2' },
  outside: { name: 'v-outside', light: '#c4281c', dark: '#ff7d70' },
} as const satisfies Readonly<Record<string, Colour>>;

/** States of a patch series: a shape for each says the same as its colour. */
export const SAFETY_STYLES = {
  same: strategyStyle('p-same', '#6d737c', '#9ba2ad', 'circle'),
  safe: strategyStyle('p-safe', '#0d7f8c', '#55c4d2', 'diamond'),
  stale: strategyStyle('p-stale', '#c23b22', '#ff8a70', 'triangle-up'),
} as const satisfies Readonly<Record<string, StrategyStyle>>;

/** Classes of a saving on a map, from less than 1 % to 20 % and more, and the letters on the last. */
export const HEAT_COLOURS: readonly Colour[] = [
  { name: 'm-below-1', light: '#eef3f8', dark: '#1b2430' },
  { name: 'm-below-5', light: '#d3e3f2', dark: '#22384f' },
  { name: 'm-below-10', light: '#a9c9e6', dark: '#2b5378' },
  { name: 'm-below-20', light: '#6fa6d6', dark: '#3b77ab' },
  { name: 'm-from-20', light: '#1d5a97', dark: '#a5d0f5' },
];
export const HEAT_INK_STRONG: Colour = { name: 'm-ink', light: '#fdfefe', dark: '#0f161e' };

/** Every colour that a chart can contain; no two share a light value. */
export const ALL_COLOURS: readonly Colour[] = [
  ...Object.values(INK),
  ...Object.values(STRATEGY_STYLES).map((style) => style.colour),
  ...SPARE_STYLES.map((style) => style.colour),
  ...CAUSE_LAYERS.map((each) => each.colour),
  ...Object.values(OWNER_COLOURS),
  ...Object.values(HOST_COLOURS),
  ...Object.values(SCORE_COLOURS),
  ...Object.values(SAFETY_STYLES).map((style) => style.colour),
  ...HEAT_COLOURS,
  HEAT_INK_STRONG,
];

export const CHART_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";
