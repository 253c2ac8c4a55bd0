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
import { INK, strategyStyles } from '../blocks/theme.ts';
import type { ReportModel } from './model.ts';
import { ranking } from './ranking.ts';

const ROW_PX = 24;

/**
 * The saving of the headline's strategy in each scenario, in the order of the ranking: thin, over all that is
 * known to be unknown; thick, over seeds alone. Hollow where the model was fitted.
 */
export function rankingFigure(model: ReportModel, layout: FigureLayout = STANDALONE): TopLevelSpec {
  const rows = ranking(model).map(({ name, isFitted, comparison, saving }) => ({
    scenario: name,
    isFitted,
    savingPercent: percent(saving.ratio.point),
    seedsLowPercent: percent(comparison.savingRatio.low),
    seedsHighPercent: percent(comparison.savingRatio.high),
    lowPercent: percent(saving.ratio.low),
    highPercent: percent(saving.ratio.high),
  }));
  const names = rows.map(({ scenario }) => scenario);
  const extent = labelExtent(names, layout);
  const colour = strategyStyles([model.headline.comparison.strategy])[0]!.colour.light;
  const y = { field: 'scenario', type: 'nominal' as const, sort: names, axis: nameAxis(extent) };
  const interval = (low: string, high: string, strokeWidth: number, opacity: number) => ({
    mark: {
      type: 'rule' as const,
      strokeWidth,
      strokeCap: 'round' as const,
      color: colour,
      opacity,
    },
    encoding: {
      y,
      x: {
        field: low,
        type: 'quantitative' as const,
        title: isNarrow(layout) ? 'saving, %' : 'saving per round trip, % of the time before',
        axis: { tickCount: isNarrow(layout) ? 4 : 8, labelOverlap: true, grid: true },
        scale: { nice: true, zero: true },
      },
      x2: { field: high },
    },
  });
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: 'Saving by scenario with two intervals: over all that is unknown, and over seeds',
    data: { name: 'savings', values: rows },
    usermeta: viewHints(extent, layout),
    width: plotWidth(extent, layout),
    height: { step: ROW_PX },
    layer: [
      {
        mark: { type: 'rule', color: INK.zero.light, strokeWidth: 1 },
        encoding: { x: { datum: 0 } },
      },
      interval('lowPercent', 'highPercent', 2, 1),
      interval('seedsLowPercent', 'seedsHighPercent', 7, 0.55),
      {
        mark: { type: 'point', size: 48, opacity: 1, color: colour },
        encoding: {
          y,
          x: { field: 'savingPercent', type: 'quantitative' },
          fillOpacity: { condition: { test: 'datum.isFitted', value: 0 }, value: 1 },
          fill: { value: colour },
        },
      },
    ],
    config: CHART_CONFIG,
  };
}

const percent = (ratio: number) => rounded(100 * ratio, 3);
