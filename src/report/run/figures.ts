import type { Figure } from '../blocks/document.ts';
import { drawn } from '../blocks/figure-layout.ts';
import { CAUSE_LAYERS, stylesOf } from '../blocks/theme.ts';
import { cyclesByCause } from './cycles-by-cause.ts';
import type { ReportModel } from './model.ts';
import { savingByScenario } from './saving-by-scenario.ts';
import { isUnsafe } from './stale.ts';
import { headlineCauseTable, latencyTable, layerTable, savingTable } from './tables.ts';
import { tripLatency } from './trip-latency.ts';
import { changedLayers, waterfall } from './waterfall.ts';

/** Usually one; a scenario may name its own. */
function baselines(model: ReportModel): string {
  const compared = model.scenarios.flatMap((scenario) => scenario.comparisons);
  return [...new Set(compared.map((each) => each.baseline))].join(' or ');
}

export function savingFigure(model: ReportModel): Figure {
  const strategies = model.compared;
  const styles = stylesOf(strategies, model.strategies);
  return {
    id: 'figure-saving',
    ...drawn(savingByScenario, model),
    caption:
      `Right of the line a strategy is faster than ${baselines(model)}, left of it ` +
      'slower. The bar through a point is its 95 % interval over seeds; where no bar shows, it is ' +
      'narrower than the point.',
    description: 'Points with intervals: saving of each strategy in each scenario',
    legend: strategies.map((id, index) => ({
      label: isUnsafe(model, id) ? `${id} (unsafe)` : id,
      ...styles[index]!,
    })),
    data: savingTable(model),
  };
}

/** The same as the headline, as steps from before to after. */
export function waterfallFigure(model: ReportModel): Figure {
  const { scenario, comparison } = model.headline;
  return {
    id: 'figure-waterfall',
    ...drawn(waterfall, model),
    caption:
      `From ${comparison.baseline} to ${comparison.strategy} in ${scenario.id}: each bar starts where the ` +
      'one above it ends. Figures are modelled ns; a negative one is time that goes away.',
    description: `Steps by cause from the round trip under ${comparison.baseline} to that after it`,
    legend: changedLayers(model).map(({ layer }) => layer),
    data: headlineCauseTable(model),
  };
}

export function causesFigure(model: ReportModel): Figure {
  const { baseline, strategy } = model.headline.comparison;
  return {
    id: 'figure-causes',
    ...drawn(cyclesByCause, model),
    caption:
      `Of each two bars the upper is ${baseline}, the lower ${strategy}. Every cycle is charged to one cause; 100 % is ` +
      'the round trip before. Flushing itself is orange, the three blues are the misses that it causes later. ' +
      'Other misses are first touches, evictions and hits in the second level.',
    description: 'Stacked bars of modelled cycles by cause for each scenario, before and after',
    legend: causeLegend(model),
    data: layerTable(model),
  };
}

export function latencyFigure(model: ReportModel): Figure {
  const { baseline, strategy } = model.headline.comparison;
  const strategies = [baseline, strategy];
  const styles = stylesOf(strategies, model.strategies);
  return {
    id: 'figure-latency',
    ...drawn(tripLatency, model),
    caption:
      'Single round trips: the point is the median, the line ends at the 99th percentile. The ' +
      'axis is logarithmic.',
    description: 'Median and 99th percentile of modelled round trips, before and after',
    legend: strategies.map((label, index) => ({ label, ...styles[index]! })),
    data: latencyTable(model),
  };
}

/** Only layers that have at least one cycle. */
function causeLegend(model: ReportModel): Figure['legend'] {
  const all = model.scenarios
    .flatMap((scenario) => scenario.comparisons)
    .flatMap((comparison) => [comparison.ledgerBefore, comparison.ledgerAfter]);
  return CAUSE_LAYERS.filter((layer) =>
    all.some((ledger) => layer.causes.some((id) => ledger[id] > 0)),
  );
}
