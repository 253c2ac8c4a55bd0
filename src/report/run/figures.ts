import type { TopLevelSpec } from 'vega-lite';
import type { RunSummary } from '../../run/results.ts';
import type { Figure } from '../blocks/document.ts';
import { type FigureLayout, NARROW, WIDE } from '../blocks/figure-layout.ts';
import { CAUSE_LAYERS, stylesOf } from '../blocks/theme.ts';
import { cyclesByCause, headlineByCause } from './cycles-by-cause.ts';
import { savingByScenario } from './saving-by-scenario.ts';
import { isUnsafe } from './stale.ts';
import { comparedStrategies, headline, strategyOrder } from './subject.ts';
import { headlineCauseTable, latencyTable, layerTable, savingTable } from './tables.ts';
import { tripLatency } from './trip-latency.ts';
import { changedLayers, waterfall } from './waterfall.ts';

/** Usually one; a scenario may name its own. */
function baselines(summary: RunSummary): string {
  const compared = summary.scenarios.flatMap((scenario) => scenario.comparisons);
  return [...new Set(compared.map((each) => each.baseline))].join(' or ');
}

type Chart = (summary: RunSummary, layout: FigureLayout) => TopLevelSpec;

/** The headline's scenario: before, after and the bounds, by cause. */
export function headlineFigure(summary: RunSummary): Figure {
  const { scenario, comparison } = headline(summary);
  const legend = causeLegend(summary, true);
  const hasSync = legend.some(({ label }) => label === 'Page-table sync');
  return {
    id: 'figure-headline',
    ...drawn(headlineByCause, summary),
    caption:
      `One round trip of ${scenario.id} on ${scenario.machine}. Flushing itself is orange, ` +
      `${hasSync ? 'a page-table sync yellow; ' : ''}blue is the refill that a flush makes necessary ` +
      'later. Other misses are first touches, evictions and hits in the second level; some of them follow a flush too, ' +
      'where the trace of it was already overwritten.',
    description: `Stacked bars of modelled time by cause: ${comparison.baseline} and others`,
    legend,
    data: headlineCauseTable(summary),
  };
}

export function savingFigure(summary: RunSummary): Figure {
  const strategies = comparedStrategies(summary);
  const styles = stylesOf(strategies, strategyOrder(summary));
  return {
    id: 'figure-saving',
    ...drawn(savingByScenario, summary),
    caption:
      `Right of the line a strategy is faster than ${baselines(summary)}, left of it ` +
      'slower. The bar through a point is its 95 % interval over seeds; where no bar shows, it is ' +
      'narrower than the point.',
    description: 'Points with intervals: saving of each strategy in each scenario',
    legend: strategies.map((id, index) => ({
      label: isUnsafe(summary, id) ? `${id} (unsafe)` : id,
      ...styles[index]!,
    })),
    data: savingTable(summary),
  };
}

/** The same as the headline, as steps from before to after. */
export function waterfallFigure(summary: RunSummary): Figure {
  const { scenario, comparison } = headline(summary);
  return {
    id: 'figure-waterfall',
    ...drawn(waterfall, summary),
    caption:
      `From ${comparison.baseline} to ${comparison.strategy} in ${scenario.id}: each bar starts where the ` +
      'one above it ends. Figures are modelled ns; a negative one is time that goes away.',
    description: `Steps by cause from the round trip under ${comparison.baseline} to that after it`,
    legend: changedLayers(summary).map(({ layer }) => layer),
    data: headlineCauseTable(summary),
  };
}

export function causesFigure(summary: RunSummary): Figure {
  return {
    id: 'figure-causes',
    ...drawn(cyclesByCause, summary),
    caption:
      'Every cycle is charged to one cause. 100 % is the round trip before. Compare the length of ' +
      'orange (the flush) with that of the three blues (the misses that it causes later).',
    description: 'Stacked bars of modelled cycles by cause for each scenario and strategy',
    legend: causeLegend(summary, false),
    data: layerTable(summary),
  };
}

export function latencyFigure(summary: RunSummary): Figure {
  const { baseline, strategy } = headline(summary).comparison;
  const strategies = [baseline, strategy];
  const styles = stylesOf(strategies, strategyOrder(summary));
  return {
    id: 'figure-latency',
    ...drawn(tripLatency, summary),
    caption:
      'Single round trips: the point is the median, the line ends at the 99th percentile. The ' +
      'axis is logarithmic.',
    description: 'Median and 99th percentile of modelled round trips, before and after',
    legend: strategies.map((label, index) => ({ label, ...styles[index]! })),
    data: latencyTable(summary),
  };
}

function drawn(chart: Chart, summary: RunSummary): Pick<Figure, 'wide' | 'narrow'> {
  return { wide: chart(summary, WIDE), narrow: chart(summary, NARROW) };
}

/** Only layers that have at least one cycle. */
function causeLegend(summary: RunSummary, headlineOnly: boolean): Figure['legend'] {
  const scenarios = headlineOnly ? [headline(summary).scenario] : summary.scenarios;
  const all = scenarios
    .flatMap((scenario) => scenario.comparisons)
    .flatMap((comparison) => [comparison.ledgerBefore, comparison.ledgerAfter]);
  return CAUSE_LAYERS.filter((layer) =>
    all.some((ledger) => layer.causes.some((id) => ledger[id] > 0)),
  );
}
