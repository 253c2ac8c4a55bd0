import type { TopLevelSpec } from 'vega-lite';
import {
  CHART_CONFIG,
  type FigureLayout,
  isNarrow,
  labelExtent,
  nameAxis,
  plotWidth,
  rounded,
  STANDALONE,
  VEGA_LITE_SCHEMA,
  viewHints,
} from '../blocks/figure-layout.ts';
import { INK, SCORE_COLOURS } from '../blocks/theme.ts';

/** A comparison whose prediction and measurement are above zero. */
export interface Score {
  readonly id: string;
  readonly measured: number;
  /** What the measurement leaves open; null where it is one number. */
  readonly measuredInterval: { readonly low: number; readonly high: number } | null;
  readonly predicted: { readonly point: number; readonly low: number; readonly high: number };
  readonly inside: boolean;
  readonly kind: 'calibration' | 'validation';
}

const ROW_PX = 18;
/** What lies farther off is drawn at the edge. */
const MOST_TIMES = 8;

/**
 * Measured over predicted for each comparison, on a logarithmic axis: the bar is what the prediction
 * leaves open, the point is the measurement, the thin line through it what that leaves open. At 1 they agree. A square was calibrated to.
 */
export function validationScores(
  scores: readonly Score[],
  layout: FigureLayout = STANDALONE,
): TopLevelSpec {
  const names = scores.map((score) => score.id);
  const extent = labelExtent(names, layout);
  const y = { field: 'id', type: 'nominal' as const, sort: names, axis: nameAxis(extent) };
  const x = {
    field: 'low',
    type: 'quantitative' as const,
    title: isNarrow(layout)
      ? 'measured / predicted'
      : 'measured over predicted; bar: bounds of the prediction',
    scale: { type: 'log' as const, base: 2, domain: [1 / MOST_TIMES, MOST_TIMES], nice: false },
    axis: { values: [0.125, 0.25, 0.5, 1, 2, 4, 8], format: '~g', labelOverlap: true },
  };
  const color = {
    field: 'verdict',
    type: 'nominal' as const,
    scale: {
      domain: ['inside', 'outside'],
      range: [SCORE_COLOURS.inside.light, SCORE_COLOURS.outside.light],
    },
    legend: layout.legend ? {} : null,
  };
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: 'Measured over predicted values with the bounds of the predictions',
    data: { name: 'scores', values: scores.map(row) },
    usermeta: viewHints(extent, layout),
    width: plotWidth(extent, layout),
    height: { step: ROW_PX },
    layer: [
      {
        mark: { type: 'rule', color: INK.zero.light, strokeWidth: 1 },
        encoding: { x: { datum: 1 } },
      },
      {
        mark: {
          type: 'rule',
          color: SCORE_COLOURS.bounds.light,
          strokeWidth: 6,
          strokeCap: 'round',
        },
        encoding: { y, x, x2: { field: 'high' } },
      },
      {
        mark: { type: 'rule', strokeWidth: 1.5 },
        encoding: { y, x: { ...x, field: 'measuredLow' }, x2: { field: 'measuredHigh' }, color },
      },
      {
        mark: { type: 'point', filled: true, size: 52, opacity: 1 },
        encoding: {
          y,
          x: { ...x, field: 'measured' },
          color,
          shape: {
            field: 'kind',
            type: 'nominal',
            scale: { domain: ['validation', 'calibration'], range: ['circle', 'square'] },
            legend: null,
          },
        },
      },
    ],
    config: CHART_CONFIG,
  };
}

function row({ id, measured, measuredInterval, predicted, inside, kind }: Score) {
  const times = (value: number) =>
    rounded(Math.min(MOST_TIMES, Math.max(1 / MOST_TIMES, value / predicted.point)), 4);
  return {
    id,
    measured: times(measured),
    measuredLow: times(measuredInterval?.low ?? measured),
    measuredHigh: times(measuredInterval?.high ?? measured),
    low: times(predicted.low),
    high: times(predicted.high),
    verdict: inside ? 'inside' : 'outside',
    kind,
  };
}
