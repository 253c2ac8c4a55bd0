import type { TopLevelSpec } from 'vega-lite';
import {
  CHART_CONFIG,
  type FigureLayout,
  isNarrow,
  plotWidth,
  rounded,
  STANDALONE,
  VEGA_LITE_SCHEMA,
  viewHints,
} from '../blocks/figure-layout.ts';
import { INK, SAFETY_STYLES } from '../blocks/theme.ts';

/** A patch series after some of its patches. */
export interface SeriesPoint {
  /** How many patches are applied. */
  readonly after: number;
  readonly verdict: keyof typeof SAFETY_STYLES;
  /** Against no patch, per round trip; null where it was not run. */
  readonly savingNs: { readonly point: number; readonly low: number; readonly high: number } | null;
}

/** Neighbours with one verdict. */
interface Span {
  readonly verdict: SeriesPoint['verdict'];
  readonly first: number;
  readonly last: number;
}

/** From long to short: the first that has room above its points is drawn. */
const VERDICT_WORDS: Readonly<Record<SeriesPoint['verdict'], readonly string[]>> = {
  same: ['as v6.14', 'same'],
  safe: ['nothing new found', 'nothing new', 'nothing'],
  stale: ['stale translation', 'stale'],
};
const VERDICTS = ['same', 'safe', 'stale'] as const;

/** A mark of its own is drawn once, and not for every point. */
const ONCE = { values: [{}] };
const PLOT_HEIGHT_PX = 260;
const LABELS_PX = 40;
/** Labels and title of the vertical axis. */
const AXIS_PX = 66;
/** Above the data: two rows of words, and below them a line over the points that they are about. */
const WORDS_PX = 58;
const ROWS_AT_PX = [6, 20] as const;
const LINE_AT_PX = 31;
/** What words may stand over beside the plot. */
const SIDE_PX = 12;
const CHARACTER_PX = 6.4;

/**
 * The series patch by patch: what it saves so far, with its interval over seeds. Colour and shape of a
 * point, and words above neighbours that share them, say what the checker found.
 */
export function seriesByPatch(
  points: readonly SeriesPoint[],
  layout: FigureLayout = STANDALONE,
): TopLevelSpec {
  const last = points.reduce((most, each) => Math.max(most, each.after), 1);
  const width = plotWidth(AXIS_PX, layout);
  const x = {
    type: 'quantitative' as const,
    title: isNarrow(layout) ? 'patches applied' : 'patches of the series applied, in order',
    scale: { domain: [-0.6, last + 0.6], nice: false },
    axis: { values: ticks(last, isNarrow(layout) ? 4 : 1), format: 'd', grid: false },
  };
  return {
    $schema: VEGA_LITE_SCHEMA,
    description:
      'Saving of the series after each patch, with intervals, and what the checker found',
    data: { name: 'series', values: points.map(row) },
    usermeta: viewHints(AXIS_PX, layout),
    width,
    height: PLOT_HEIGHT_PX,
    layer: [
      {
        data: ONCE,
        mark: { type: 'rule', color: INK.zero.light, strokeWidth: 1 },
        encoding: { y: { datum: 0 } },
      },
      ...savingLayers(x, layout),
      ...wordLayers(spans(points), [-0.6, last + 0.6], width),
    ],
    config: CHART_CONFIG,
  };
}

function savingLayers<X extends object>(axis: X, layout: FigureLayout) {
  const x = { ...axis, field: 'after' };
  const y = {
    field: 'savingNs',
    type: 'quantitative' as const,
    title: 'modelled ns saved per round trip',
    axis: { minExtent: LABELS_PX, maxExtent: LABELS_PX, tickCount: 6, titlePadding: 6, grid: true },
    scale: { zero: true, nice: true, range: [PLOT_HEIGHT_PX, WORDS_PX] },
  };
  const by = (range: readonly string[]) => ({
    field: 'verdict',
    type: 'nominal' as const,
    scale: { domain: [...VERDICTS], range: [...range] },
    legend: layout.legend ? {} : null,
  });
  const color = by(VERDICTS.map((verdict) => SAFETY_STYLES[verdict].colour.light));
  const shape = by(VERDICTS.map((verdict) => SAFETY_STYLES[verdict].shape));
  const size = isNarrow(layout) ? 40 : 84;
  return [
    {
      mark: { type: 'rule' as const, strokeWidth: 2, strokeCap: 'round' as const },
      encoding: { x, y: { ...y, field: 'lowNs' }, y2: { field: 'highNs' }, color },
    },
    {
      mark: { type: 'point' as const, filled: true, size, opacity: 1 },
      encoding: { x, y, color, shape },
    },
  ];
}

/**
 * A line over the points of each span, and words over it. Neighbours take turns in two rows, so that
 * the words of a single point have room, too.
 */
function wordLayers(all: readonly Span[], [low, high]: readonly [number, number], widthPx: number) {
  const stepPx = widthPx / (high - low);
  return all.flatMap(({ verdict, first, last }, at) => {
    const color = SAFETY_STYLES[verdict].colour.light;
    const middle = (first + last) / 2;
    const start = (all[at - 2]?.last ?? low - SIDE_PX / stepPx) + 0.5;
    const end = (all[at + 2]?.first ?? high + SIDE_PX / stepPx) - 0.5;
    const centred = 2 * Math.min(middle - start, end - middle) * stepPx;
    // At the right edge words end with the drawing.
    const isAtEdge = all[at + 2] === undefined && middle - start > end - middle;
    const text = wordsFor(verdict, isAtEdge ? (end - start) * stepPx : centred);
    const fits = !isAtEdge || text.length * CHARACTER_PX <= centred;
    const words = {
      data: ONCE,
      mark: {
        type: 'text' as const,
        color,
        text,
        fontSize: 11,
        fontWeight: 600 as const,
        align: fits ? ('center' as const) : ('right' as const),
      },
      encoding: { x: { datum: fits ? middle : end }, y: { value: ROWS_AT_PX[at % 2]! } },
    };
    const line = {
      data: ONCE,
      mark: { type: 'rule' as const, color, strokeWidth: 3 },
      encoding: {
        x: { datum: first - 0.4 },
        x2: { datum: last + 0.4 },
        y: { value: LINE_AT_PX },
      },
    };
    return text === '' ? [line] : [line, words];
  });
}

function wordsFor(verdict: SeriesPoint['verdict'], roomPx: number): string {
  return VERDICT_WORDS[verdict].find((words) => words.length * CHARACTER_PX <= roomPx) ?? '';
}

function spans(points: readonly SeriesPoint[]): Span[] {
  const found: Span[] = [];
  for (const { verdict, after } of points) {
    const open = found.at(-1);
    if (open?.verdict === verdict) found[found.length - 1] = { ...open, last: after };
    else found.push({ verdict, first: after, last: after });
  }
  return found;
}

function ticks(last: number, step: number): number[] {
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, index) => index * step);
}

function row({ after, verdict, savingNs }: SeriesPoint) {
  const at = (value: number | undefined) => (value === undefined ? null : rounded(value, 1));
  return {
    after,
    savingNs: at(savingNs?.point),
    lowNs: at(savingNs?.low),
    highNs: at(savingNs?.high),
    verdict,
  };
}
