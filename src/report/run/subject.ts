import type { Comparison, RunSummary, ScenarioSummary } from '../../run/results.ts';
import { UserError } from '../../util/user-error.ts';

/** The setup of the only published AMD measurement; a report opens with it when it was run. */
const PUBLISHED_SETUP = 'cpuid-npt-npt';
/** Suites that `import` wrote: a report about somebody's own host opens with that. */
export const IMPORTED_GROUP = 'imported';

export interface Headline {
  readonly scenario: ScenarioSummary;
  readonly comparison: Comparison;
}

/** The scenario and the strategy that a report is about: the user's own, or the first one compared. */
export function headline(summary: RunSummary): Headline {
  const compared = summary.scenarios.filter((scenario) => scenario.comparisons.length > 0);
  const groups = new Map(summary.manifest.scenarios.map((each) => [each.id, each.group]));
  const scenario =
    compared.find((each) => groups.get(each.id) === IMPORTED_GROUP) ??
    compared.find((each) => each.id === PUBLISHED_SETUP) ??
    compared[0];
  const comparison = scenario?.comparisons[0];
  if (scenario === undefined || comparison === undefined) {
    const cure = 'Run a suite with a baseline and at least one other strategy, then report again';
    throw new UserError('input', 'results', 'they hold no comparison of two strategies', cure);
  }
  return { scenario, comparison };
}

/** All strategies of a run, the baseline first; the order and so the colours of every chart. */
export function strategyOrder(summary: RunSummary): readonly string[] {
  const order = new Set([summary.manifest.baseline]);
  for (const strategy of summary.manifest.strategies) order.add(strategy.id);
  for (const scenario of summary.scenarios) {
    for (const { baseline, strategy } of scenario.comparisons) order.add(baseline).add(strategy);
  }
  return [...order];
}

/** Strategies that are compared with a baseline somewhere, in the order of all. */
export function comparedStrategies(summary: RunSummary): readonly string[] {
  const compared = summary.scenarios.flatMap((scenario) => scenario.comparisons);
  return strategyOrder(summary).filter((id) => compared.some((each) => each.strategy === id));
}

/** The scenario's id, with its machine where a run has several. */
export function scenarioLabel(summary: RunSummary, scenario: ScenarioSummary): string {
  const machines = new Set(summary.scenarios.map((each) => each.machine));
  return machines.size > 1 ? `${scenario.id} · ${scenario.machine}` : scenario.id;
}

export function comparisonOf(scenario: ScenarioSummary, strategy: string): Comparison | undefined {
  return scenario.comparisons.find((comparison) => comparison.strategy === strategy);
}

/** Scenarios by the saving of the headline's strategy, largest first; those without it last. */
export function scenariosBySaving(summary: RunSummary): readonly ScenarioSummary[] {
  const strategy = headline(summary).comparison.strategy;
  const saving = (scenario: ScenarioSummary): number =>
    comparisonOf(scenario, strategy)?.savingRatio.point ?? Number.NEGATIVE_INFINITY;
  return [...summary.scenarios]
    .filter((scenario) => scenario.comparisons.length > 0)
    .sort((a, b) => compareNumbers(saving(b), saving(a)));
}

function compareNumbers(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
