import type { TopLevelSpec } from 'vega-lite';
import type { CyclesByCause } from '../../cost/causes.ts';
import type { ScenarioSummary } from '../../run/results.ts';
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
import { CAUSE_LAYERS } from '../blocks/theme.ts';
import type { ReportModel } from './model.ts';
import { type Ranked, ranking } from './ranking.ts';

interface Row {
  readonly scenario: string;
  readonly strategy: string;
  readonly layer: string;
  readonly order: number;
  readonly amount: number;
}

/** Cycles of each strategy in one scenario, the baseline first. */
export function ledgers(
  scenario: ScenarioSummary,
): readonly { readonly strategy: string; readonly cycles: CyclesByCause }[] {
  const first = scenario.comparisons[0];
  if (first === undefined) return [];
  return [
    { strategy: first.baseline, cycles: first.ledgerBefore },
    ...scenario.comparisons.map((each) => ({ strategy: each.strategy, cycles: each.ledgerAfter })),
  ];
}

const BAR_PX = 17;

/**
 * Where the time of a round trip goes: two stacked bars for each scenario, before and after, in per cent of
 * the cycles before, so that scenarios of any length share one axis.
 */
export function cyclesByCause(model: ReportModel, layout: FigureLayout = STANDALONE): TopLevelSpec {
  const names = ranking(model).map(({ name }) => name);
  const extent = labelExtent(names, layout);
  const { baseline, strategy } = model.headline.comparison;
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: 'Cycles per round trip by cause, before and after, by scenario',
    data: { name: 'cycles', values: ranking(model).flatMap(layerRows) },
    usermeta: viewHints(extent, layout),
    width: plotWidth(extent, layout),
    height: { step: 2 * BAR_PX, for: 'position' },
    mark: { type: 'bar' },
    encoding: {
      y: {
        field: 'scenario',
        type: 'nominal',
        sort: names,
        axis: nameAxis(extent),
        scale: { paddingInner: 0.25, paddingOuter: 0.1 },
      },
      yOffset: { field: 'strategy', type: 'nominal', sort: [baseline, strategy] },
      x: {
        field: 'amount',
        type: 'quantitative',
        title: isNarrow(layout)
          ? 'modelled cycles, %'
          : 'modelled cycles per round trip, % of before',
        stack: 'zero',
        scale: { nice: false },
        axis: { tickCount: isNarrow(layout) ? 4 : 8, labelOverlap: true },
      },
      color: {
        field: 'layer',
        type: 'nominal',
        scale: {
          domain: CAUSE_LAYERS.map((each) => each.label),
          range: CAUSE_LAYERS.map((each) => each.colour.light),
        },
        legend: layout.legend ? {} : null,
      },
      order: { field: 'order', type: 'quantitative' },
    },
    config: CHART_CONFIG,
  };
}

function layerRows({ name, comparison }: Ranked): Row[] {
  const { baseline, strategy, ledgerBefore, ledgerAfter } = comparison;
  const sides = [
    { strategy: baseline, cycles: ledgerBefore },
    { strategy, cycles: ledgerAfter },
  ];
  const share = 100 / total(ledgerBefore);
  return sides.flatMap((side) =>
    CAUSE_LAYERS.map((layer, order) => ({
      scenario: name,
      strategy: side.strategy,
      layer: layer.label,
      order,
      amount: rounded(share * layer.causes.reduce((sum, id) => sum + side.cycles[id], 0), 3),
    })).filter((row) => row.amount > 0),
  );
}

function total(cycles: CyclesByCause): number {
  const sum = Object.values(cycles).reduce((all, each) => all + each, 0);
  return sum > 0 ? sum : 1;
}
