import { type Verdicts, verdictFor } from '../../checker/verdict.ts';
import type { PmuRates } from '../../importers/pmu-findings.ts';
import type { Comparison, RunSummary, ScenarioSummary } from '../../run/results.ts';
import type { RunContents } from '../../run/run-contents.ts';
import { aroundPoint, type WholeSaving, widestSaving } from '../../run/whole-saving.ts';
import type { SensitivityResult } from '../../sensitivity/sensitivity-result.ts';
import type { SeriesReport } from '../../series/series.ts';
import { UserError } from '../../util/user-error.ts';
import type { Scoreboard } from '../../validation/rows.ts';
import type { Safety } from '../safety.ts';

/** Suites that `import` wrote: a report about somebody's own host opens with that. */
export const IMPORTED_GROUP = 'imported';

/** What the project found out beside the run. A report without it says less. */
export interface Evidence {
  readonly series?: SeriesReport;
  /** What the model says of every published or captured number. */
  readonly validation?: Scoreboard;
  /** Whose the entries of the TLB are over a round trip of the headline's scenario. */
  readonly contents?: RunContents;
  /** Analyses of scenarios of the run, on its machine and with its numbers. */
  readonly sensitivity?: readonly SensitivityResult[];
  /** What the checker found, by behaviours. */
  readonly verdicts?: Verdicts;
  /** What the user's files counted on the host that the run is about. */
  readonly measured?: PmuRates;
  /** Of a run that was stopped; absent: it is whole. */
  readonly partial?: PartialRun;
}

/** What there is of a run that was stopped, and the command that goes on with it. */
export interface PartialRun {
  readonly finishedCells: number;
  readonly cells: number;
  readonly command: string;
}

export interface Headline {
  readonly scenario: ScenarioSummary;
  readonly comparison: Comparison;
}

/** A run with all that is decided about it once: what it is about, in which order, how safe. */
export interface ReportModel extends RunSummary {
  readonly headline: Headline;
  /** All strategies, the baseline first: the order, and so the colours, of every chart. */
  readonly strategies: readonly string[];
  /** Those that are compared with a baseline somewhere, in the same order. */
  readonly compared: readonly string[];
  /** What was compared, by what the headline's strategy saves, largest first; what was fitted comes last. */
  readonly ranked: readonly ScenarioSummary[];
  /** By strategy: what the checker says of it. */
  readonly safety: ReadonlyMap<string, Safety>;
  readonly evidence: Evidence;
}

/** Decides what a report is about. Throws UserError('input') where no two strategies were compared. */
export function reportModel(summary: RunSummary, evidence: Evidence = {}): ReportModel {
  const head = headlineOf(summary);
  const strategies = strategyOrder(summary);
  const compared = summary.scenarios.flatMap((scenario) => scenario.comparisons);
  const behaviours = new Map(summary.manifest.strategies.map((each) => [each.id, each.behaviour]));
  return {
    ...summary,
    headline: head,
    strategies,
    compared: strategies.filter((id) => compared.some((each) => each.strategy === id)),
    ranked: rankedBy(summary, head.comparison.strategy),
    safety: new Map(
      strategies.map((id) => {
        const verdict = verdictFor(evidence.verdicts, behaviours.get(id) ?? {}) ?? null;
        return [id, { strategy: id, verdict }];
      }),
    ),
    evidence,
  };
}

/**
 * The user's own scenario; else the one in the middle of the ranking, so that neither the best nor the worst
 * speaks for all. What was fitted stands for itself only where there is nothing else.
 */
function headlineOf(summary: RunSummary): Headline {
  const compared = summary.scenarios.filter((scenario) => scenario.comparisons.length > 0);
  const groups = new Map(summary.manifest.scenarios.map((each) => [each.id, each.group]));
  const first = compared[0]?.comparisons[0];
  const ranked = first === undefined ? [] : rankedBy(summary, first.strategy);
  const predicted = ranked.filter((each) => !isFitted(summary, each));
  const scenario =
    compared.find((each) => groups.get(each.id) === IMPORTED_GROUP) ??
    predicted[Math.floor((predicted.length - 1) / 2)] ??
    compared[0];
  const comparison = scenario?.comparisons[0];
  if (scenario === undefined || comparison === undefined) {
    const cure = 'Run a suite with a baseline and at least one other strategy, then report again';
    throw new UserError('input', 'results', 'they hold no comparison of two strategies', cure);
  }
  return { scenario, comparison };
}

function strategyOrder(summary: RunSummary): readonly string[] {
  const order = new Set([summary.manifest.baseline]);
  for (const strategy of summary.manifest.strategies) order.add(strategy.id);
  for (const scenario of summary.scenarios) {
    for (const { baseline, strategy } of scenario.comparisons) order.add(baseline).add(strategy);
  }
  return [...order];
}

function rankedBy(summary: RunSummary, strategy: string): readonly ScenarioSummary[] {
  const saving = (scenario: ScenarioSummary): number =>
    comparisonOf(scenario, strategy)?.savingRatio.point ?? Number.NEGATIVE_INFINITY;
  const fitted = (scenario: ScenarioSummary): number => Number(isFitted(summary, scenario));
  return summary.scenarios
    .filter((scenario) => scenario.comparisons.length > 0)
    .sort((a, b) => fitted(a) - fitted(b) || compareNumbers(saving(b), saving(a)));
}

function compareNumbers(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What the model was fitted to must not pass for a prediction. */
export function isFitted(
  { manifest: { calibratedOn } }: Pick<RunSummary, 'manifest'>,
  { id, machine }: Pick<ScenarioSummary, 'id' | 'machine'>,
): boolean {
  return calibratedOn.scenario === id && calibratedOn.machine === machine;
}

/** The scenario's id, with its machine where a run has several. */
export function scenarioLabel(
  { scenarios }: Pick<RunSummary, 'scenarios'>,
  { id, machine }: ScenarioSummary,
): string {
  const machines = new Set(scenarios.map((each) => each.machine));
  return machines.size > 1 ? `${id} · ${machine}` : id;
}

export function comparisonOf(scenario: ScenarioSummary, strategy: string): Comparison | undefined {
  return scenario.comparisons.find((comparison) => comparison.strategy === strategy);
}

/** What the checker says of a strategy of the run. */
export function safetyIn({ safety }: Pick<ReportModel, 'safety'>, strategy: string): Safety {
  return safety.get(strategy) ?? { strategy, verdict: null };
}

/** The widest interval that the run and what is known beside it have, about the run's own saving. */
export function wholeSaving(
  { evidence }: Pick<ReportModel, 'evidence'>,
  scenario: ScenarioSummary,
  comparison: Comparison,
): WholeSaving {
  const analysis = evidence.sensitivity?.find(
    ({ suite, machine, baseline, strategy }) =>
      suite === scenario.id &&
      machine === scenario.machine &&
      baseline === comparison.baseline &&
      strategy === comparison.strategy,
  );
  if (analysis === undefined) return widestSaving(comparison, comparison.uncertainty);
  const { savingNs, savingRatio } = analysis.uncertainty;
  return widestSaving(comparison, {
    ...analysis.uncertainty,
    savingNs: aroundPoint(savingNs, comparison.savingNs.point),
    savingRatio: aroundPoint(savingRatio, comparison.savingRatio.point),
  });
}
