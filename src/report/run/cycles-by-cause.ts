import type { TopLevelSpec } from 'vega-lite';
import type { CyclesByCause } from '../../cost/causes.ts';
import type { RunSummary, ScenarioSummary } from '../../run/results.ts';
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
import { headline, scenarioLabel, scenariosBySaving, strategyOrder } from './subject.ts';

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

/**
 * Where the time of a round trip goes, one stacked bar per strategy in each scenario,
 * in per cent of the baseline's cycles, so that scenarios of any length share one axis.
 */
export function cyclesByCause(
  summary: RunSummary,
  layout: FigureLayout = STANDALONE,
): TopLevelSpec {
  const scenarios = scenariosBySaving(summary);
  const rows = scenarios.flatMap((scenario) => {
    const before = total(ledgers(scenario)[0]?.cycles);
    return layerRows(summary, scenario, 100 / before, 3);
  });
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: 'Cycles per round trip by cause, before and after, by scenario',
    data: { name: 'cycles', values: rows },
    facet: {
      row: {
        field: 'scenario',
        type: 'nominal',
        sort: scenarios.map((scenario) => scenarioLabel(summary, scenario)),
        header: {
          title: null,
          labelAngle: 0,
          labelOrient: 'top',
          labelAnchor: 'start',
          labelAlign: 'left',
          labelPadding: 6,
        },
      },
    },
    usermeta: hints(summary, layout),
    spacing: 18,
    spec: stackedBars(
      summary,
      layout,
      isNarrow(layout) ? 'modelled cycles, %' : 'modelled cycles per round trip, % of before',
    ),
    config: CHART_CONFIG,
  };
}

/** The headline's scenario alone, in modelled nanoseconds per round trip. */
export function headlineByCause(
  summary: RunSummary,
  layout: FigureLayout = STANDALONE,
): TopLevelSpec {
  const { scenario } = headline(summary);
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: `Modelled nanoseconds per round trip by cause in ${scenario.id}`,
    data: { name: 'cycles', values: layerRows(summary, scenario, 1 / scenario.frequencyGhz, 1) },
    usermeta: hints(summary, layout),
    ...stackedBars(summary, layout, 'modelled ns per round trip'),
    config: CHART_CONFIG,
  };
}

function hints(summary: RunSummary, layout: FigureLayout): Readonly<Record<string, number>> {
  return viewHints(labelExtent(strategyOrder(summary), layout), layout);
}

function stackedBars(summary: RunSummary, layout: FigureLayout, title: string) {
  const strategies = strategyOrder(summary);
  const extent = labelExtent(strategies, layout);
  return {
    width: plotWidth(extent, layout),
    height: { step: 22 },
    mark: { type: 'bar' as const, height: { band: 0.72 } },
    encoding: {
      y: {
        field: 'strategy',
        type: 'nominal' as const,
        sort: [...strategies],
        axis: nameAxis(extent),
      },
      x: {
        field: 'amount',
        type: 'quantitative' as const,
        title,
        stack: 'zero' as const,
        axis: { tickCount: isNarrow(layout) ? 4 : 8, labelOverlap: true },
      },
      color: {
        field: 'layer',
        type: 'nominal' as const,
        scale: {
          domain: CAUSE_LAYERS.map((each) => each.label),
          range: CAUSE_LAYERS.map((each) => each.colour.light),
        },
        legend: layout.legend ? {} : null,
      },
      order: { field: 'order', type: 'quantitative' as const },
    },
  };
}

function layerRows(
  summary: RunSummary,
  scenario: ScenarioSummary,
  factor: number,
  digits: number,
): Row[] {
  return ledgers(scenario).flatMap(({ strategy, cycles }) =>
    CAUSE_LAYERS.map((layer, order) => ({
      scenario: scenarioLabel(summary, scenario),
      strategy,
      layer: layer.label,
      order,
      amount: rounded(layer.causes.reduce((sum, id) => sum + cycles[id], 0) * factor, digits),
    })).filter((row) => row.amount > 0),
  );
}

function total(cycles: CyclesByCause | undefined): number {
  const sum = Object.values(cycles ?? {}).reduce((all, each) => all + each, 0);
  return sum > 0 ? sum : 1;
}
