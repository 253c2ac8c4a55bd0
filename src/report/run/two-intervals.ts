import type { TopLevelSpec } from 'vega-lite';
import type { RunSummary } from '../../run/results.ts';
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
import { comparisonOf, headline, scenarioLabel, scenariosBySaving } from './subject.ts';

const ROW_PX = 24;

/**
 * The saving of the headline's strategy in each scenario, with two intervals: thick, over seeds; thin, with
 * everything else that was varied. Scenarios without the second are left out.
 */
export function twoIntervals(summary: RunSummary, layout: FigureLayout = STANDALONE): TopLevelSpec {
  const { strategy } = headline(summary).comparison;
  const rows = scenariosBySaving(summary).flatMap((scenario) => {
    const comparison = comparisonOf(scenario, strategy);
    if (comparison?.uncertainty === undefined) return [];
    const { savingRatio: all } = comparison.uncertainty;
    const { savingRatio: seeds } = comparison;
    const percent = (ratio: number) => rounded(100 * ratio, 3);
    return [
      {
        scenario: scenarioLabel(summary, scenario),
        savingPercent: percent(seeds.point),
        seedsLowPercent: percent(seeds.low),
        seedsHighPercent: percent(seeds.high),
        lowPercent: percent(all.low),
        highPercent: percent(all.high),
      },
    ];
  });
  const names = rows.map(({ scenario }) => scenario);
  const extent = labelExtent(names, layout);
  const colour = strategyStyles([strategy])[0]!.colour.light;
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
    description: 'Saving with two intervals: over seeds, and with what the numbers could be',
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
        mark: { type: 'point', filled: true, size: 48, opacity: 1, color: colour },
        encoding: { y, x: { field: 'savingPercent', type: 'quantitative' } },
      },
    ],
    config: CHART_CONFIG,
  };
}
