import type { Comparison } from '../../run/results.ts';
import type { WholeSaving } from '../../run/whole-saving.ts';
import { formatNumber } from '../blocks/numbers.ts';
import { scenarioName } from '../names.ts';
import { comparisonOf, isFitted, type ReportModel, scenarioLabel, wholeSaving } from './model.ts';

/** What the headline's strategy saves in one scenario. */
export interface Ranked {
  /** In words where the suite has them. */
  readonly name: string;
  /** The id, with the machine where there are several. */
  readonly label: string;
  readonly isFitted: boolean;
  readonly comparison: Comparison;
  readonly saving: WholeSaving;
}

/** By the saving, largest first; what the model was fitted to comes last. */
export function ranking(model: ReportModel): readonly Ranked[] {
  const { strategy } = model.headline.comparison;
  return model.ranked.flatMap((scenario) => {
    const comparison = comparisonOf(scenario, strategy);
    if (comparison === undefined) return [];
    const fitted = isFitted(model, scenario);
    const label = scenarioLabel(model, scenario);
    const name = scenarioName(scenario) + label.slice(scenario.id.length);
    return [
      {
        name: fitted ? `${name} (fitted)` : name,
        label,
        isFitted: fitted,
        comparison,
        saving: wholeSaving(model, scenario, comparison),
      },
    ];
  });
}

/** How the wider intervals were made; null for a run whose cells could not be priced again. */
export function intervalWords(model: ReportModel): string | null {
  const known = ranking(model).find(({ comparison }) => comparison.uncertainty !== undefined);
  const uncertainty = known?.comparison.uncertainty;
  if (uncertainty === undefined) return null;
  const { draws, effectiveDraws } = uncertainty;
  return (
    `Costs and latencies were drawn ${formatNumber(draws)} times from their ranges, those only that ` +
    `give the published Milan rates to 1 %; weighted, they count as ${formatNumber(Math.round(effectiveDraws))} ` +
    'equally likely ones. The events of the run were priced again for each. Where a scenario was analysed ' +
    'beforehand, sizes, exit rates and replacement were varied as well: its row says so.'
  );
}
