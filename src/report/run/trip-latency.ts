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
import { stylesOf } from '../blocks/theme.ts';
import { type ReportModel, scenarioLabel } from './model.ts';

interface Row {
  readonly scenario: string;
  readonly strategy: string;
  readonly p50Ns: number;
  readonly p99Ns: number;
}

/**
 * Median and 99th percentile of the modelled time of single round trips: a line from p50 to p99,
 * the baseline above the headline's strategy. Logarithmic, because scenarios differ a hundredfold.
 */
export function tripLatency(model: ReportModel, layout: FigureLayout = STANDALONE): TopLevelSpec {
  const values = rows(model);
  const strategies = model.strategies.filter((id) => values.some((each) => each.strategy === id));
  const styles = stylesOf(strategies, model.strategies);
  const range = styles.map((style) => style.colour.light);
  const scenarios = model.ranked.map((each) => scenarioLabel(model, each));
  const extent = labelExtent(scenarios, layout);
  const y = {
    field: 'scenario',
    type: 'nominal' as const,
    sort: scenarios,
    axis: nameAxis(extent),
  };
  const yOffset = { field: 'strategy', type: 'nominal' as const, sort: strategies };
  const color = {
    field: 'strategy',
    type: 'nominal' as const,
    scale: { domain: strategies, range },
    legend: layout.legend ? {} : null,
  };
  const x = {
    field: 'p50Ns',
    type: 'quantitative' as const,
    title: isNarrow(layout) ? 'modelled ns' : 'modelled ns per round trip, p50 and p99',
    scale: { type: 'log' as const, nice: false, padding: 12 },
    axis: { tickCount: isNarrow(layout) ? 3 : 6, labelOverlap: true, format: '~s' },
  };
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: 'Median and 99th percentile of single round trips, before and after',
    data: { name: 'latencies', values },
    usermeta: viewHints(extent, layout),
    width: plotWidth(extent, layout),
    height: { step: 34, for: 'position' },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 2 },
        encoding: { y, yOffset, color, x, x2: { field: 'p99Ns' } },
      },
      {
        mark: { type: 'point', filled: true, size: 56, opacity: 1 },
        encoding: {
          y,
          yOffset,
          color,
          x,
          shape: {
            field: 'strategy',
            type: 'nominal',
            scale: { domain: strategies, range: styles.map((style) => style.shape) },
            legend: null,
          },
        },
      },
      {
        mark: { type: 'tick', thickness: 2, size: 9, opacity: 1 },
        encoding: { y, yOffset, color, x: { field: 'p99Ns', type: 'quantitative' } },
      },
    ],
    config: CHART_CONFIG,
  };
}

function rows(model: ReportModel): Row[] {
  const { strategy } = model.headline.comparison;
  return model.ranked.flatMap((scenario) => {
    const label = scenarioLabel(model, scenario);
    const each = scenario.comparisons.find((comparison) => comparison.strategy === strategy);
    if (each === undefined) return [];
    return [
      row(label, each.baseline, each.beforeP50Ns, each.beforeP99Ns),
      row(label, strategy, each.afterP50Ns, each.afterP99Ns),
    ];
  });
}

function row(scenario: string, strategy: string, p50Ns: number, p99Ns: number): Row {
  return { scenario, strategy, p50Ns: rounded(p50Ns, 1), p99Ns: rounded(p99Ns, 1) };
}
