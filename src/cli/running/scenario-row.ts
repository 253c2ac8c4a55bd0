import { ASCII, formatRatio, formatRatioInterval } from '../../report/blocks/numbers.ts';
import { scenarioName } from '../../report/names.ts';
import type { ScenarioSummary } from '../../run/results.ts';
import type { KnownWhole } from '../../run/settled-seeds.ts';
import { aroundPoint } from '../../run/whole-saving.ts';

/**
 * What a scenario has come to, as soon as its cells are there: the saving of the analysed strategy, or of the first
 * one, with its whole interval. Null where nothing is compared.
 */
export function scenarioRow(
  scenario: ScenarioSummary,
  wholes: readonly KnownWhole[],
): string | null {
  const whole = wholes.find(
    (each) => each.scenario === scenario.id && each.machine === scenario.machine,
  );
  const comparison =
    scenario.comparisons.find(({ strategy }) => strategy === whole?.strategy) ??
    scenario.comparisons[0];
  if (comparison === undefined) return null;
  const { savingRatio, uncertainty, strategy, seeds } = comparison;
  // As the table of the finished run has it.
  const known = whole?.ratio ?? uncertainty?.savingRatio ?? savingRatio;
  const { point, low, high } = aroundPoint(known, savingRatio.point);
  const over = whole === undefined && uncertainty === undefined ? 'over seeds' : 'in all';
  const name = scenarioName(scenario);
  const label = name === scenario.id ? name : `${scenario.id}, ${name}`;
  return (
    `${label}, ${scenario.machine}: ${strategy} saves ${formatRatio(point, ASCII)}, ` +
    `95 % ${over} ${formatRatioInterval(low, high, ASCII)}, ${seeds} seeds`
  );
}
