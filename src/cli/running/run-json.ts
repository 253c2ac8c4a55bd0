import type { Verdict } from '../../checker/verdict.ts';
import { ASCII } from '../../report/blocks/numbers.ts';
import { type FieldCheck, fieldChecks, measuredOnHost } from '../../report/run/field-checks.ts';
import {
  type Evidence,
  type ReportModel,
  reportModel,
  safetyIn,
  wholeSaving,
} from '../../report/run/model.ts';
import type { ReadBack } from '../../report/which-kernel.ts';
import type { Comparison, RunSummary, ScenarioSummary } from '../../run/results.ts';
import type { WholeSaving } from '../../run/whole-saving.ts';

/** What `run --json` prints. Times are modelled nanoseconds per round trip. */
export interface RunJson {
  readonly scenarios: readonly ScenarioJson[];
  /** What to measure on the host that was imported; absent for a run of other suites. */
  readonly fieldChecks?: readonly FieldCheck[];
  /** What the files counted of that; absent where they hold nothing of it. */
  readonly measured?: readonly ReadBack[];
  /** Path of report.html. */
  readonly report: string;
}

interface ScenarioJson {
  readonly id: string;
  readonly machine: string;
  readonly question: string;
  readonly comparisons: readonly ComparisonJson[];
  readonly expectations: RunSummary['scenarios'][number]['expectations'];
}

/** A comparison whose `before` and `after` are plain numbers, with their intervals beside them. */
export interface ComparisonJson extends Omit<Comparison, 'before' | 'after'> {
  readonly before: number;
  readonly beforeInterval: Comparison['before'];
  readonly after: number;
  readonly afterInterval: Comparison['after'];
  /** The saving over all that is known to be unknown: what every other output leads with. */
  readonly whole: WholeSaving;
  /** What the checker found of the strategy and of its baseline; null: nobody has checked it. */
  readonly safety: Verdict | null;
  readonly baselineSafety: Verdict | null;
}

export function runJson(summary: RunSummary, report: string, evidence: Evidence): RunJson {
  const model = reportModel(summary, evidence);
  const checks = fieldChecks(model, ASCII);
  const measured = measuredOnHost(model);
  return {
    scenarios: summary.scenarios.map((scenario) => ({
      id: scenario.id,
      machine: scenario.machine,
      question: scenario.question,
      comparisons: scenario.comparisons.map((each) => comparisonJson(model, scenario, each)),
      expectations: scenario.expectations,
    })),
    ...(checks.length === 0 ? {} : { fieldChecks: checks }),
    ...(measured.length === 0 ? {} : { measured }),
    report,
  };
}

function comparisonJson(
  model: ReportModel,
  scenario: ScenarioSummary,
  comparison: Comparison,
): ComparisonJson {
  const { baseline, strategy, unit, before, after, ...rest } = comparison;
  return {
    baseline,
    strategy,
    unit,
    before: before.point,
    beforeInterval: before,
    after: after.point,
    afterInterval: after,
    ...rest,
    whole: wholeSaving(model, scenario, comparison),
    safety: safetyIn(model, strategy).verdict,
    baselineSafety: safetyIn(model, baseline).verdict,
  };
}
