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
import { INK, stylesOf } from '../blocks/theme.ts';
import { type ReportModel, scenarioLabel } from './model.ts';

const ROW_PX_PER_STRATEGY = 11;
const ROW_PX_BETWEEN = 16;

interface Row {
  readonly scenario: string;
  readonly strategy: string;
  readonly savingPercent: number;
  readonly lowPercent: number;
  readonly highPercent: number;
}

function savingAxis(layout: FigureLayout) {
  return {
    field: 'lowPercent',
    type: 'quantitative' as const,
    title: isNarrow(layout)
      ? 'saving, % of modelled time'
      : 'saving per round trip, % of the modelled time before',
    axis: { tickCount: isNarrow(layout) ? 4 : 8, labelOverlap: true, grid: true },
    scale: { nice: true, zero: true },
  };
}

/**
 * Forest plot: the saving of each strategy in each scenario, in per cent of the baseline's modelled
 * time per round trip, with its 95 % interval; sorted by the saving of the headline's strategy.
 */
export function savingByScenario(
  model: ReportModel,
  layout: FigureLayout = STANDALONE,
): TopLevelSpec {
  const strategies = [...model.compared];
  const styles = stylesOf(strategies, model.strategies);
  const scenarios = model.ranked.map((each) => scenarioLabel(model, each));
  const extent = labelExtent(scenarios, layout);
  const y = {
    field: 'scenario',
    type: 'nominal' as const,
    sort: scenarios,
    axis: nameAxis(extent),
    scale: { paddingInner: 0.3, paddingOuter: 0.15 },
  };
  const yOffset = { field: 'strategy', type: 'nominal' as const, sort: strategies };
  const color = {
    field: 'strategy',
    type: 'nominal' as const,
    scale: { domain: strategies, range: styles.map((style) => style.colour.light) },
    legend: layout.legend ? {} : null,
  };
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: 'Saving in modelled time per round trip, by scenario and strategy, with intervals',
    data: { name: 'savings', values: rows(model) },
    usermeta: viewHints(extent, layout),
    width: plotWidth(extent, layout),
    height: { step: ROW_PX_PER_STRATEGY * strategies.length + ROW_PX_BETWEEN, for: 'position' },
    layer: [
      {
        mark: { type: 'rule', color: INK.zero.light, strokeWidth: 1 },
        encoding: { x: { datum: 0 } },
      },
      {
        mark: { type: 'rule', strokeWidth: 2, strokeCap: 'round' },
        encoding: {
          y,
          yOffset,
          color,
          x: savingAxis(layout),
          x2: { field: 'highPercent' },
        },
      },
      {
        mark: { type: 'point', filled: true, size: 56, opacity: 1 },
        encoding: {
          y,
          yOffset,
          color,
          x: { field: 'savingPercent', type: 'quantitative' },
          shape: {
            field: 'strategy',
            type: 'nominal',
            scale: { domain: strategies, range: styles.map((style) => style.shape) },
            legend: layout.legend ? {} : null,
          },
        },
      },
    ],
    config: CHART_CONFIG,
  };
}

function rows(model: ReportModel): Row[] {
  return model.ranked.flatMap((scenario) =>
    scenario.comparisons.map((comparison) => ({
      scenario: scenarioLabel(model, scenario),
      strategy: comparison.strategy,
      savingPercent: rounded(comparison.savingRatio.point * 100, 3),
      lowPercent: rounded(comparison.savingRatio.low * 100, 3),
      highPercent: rounded(comparison.savingRatio.high * 100, 3),
    })),
  );
}
