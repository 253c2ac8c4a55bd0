import type { ComparedScenario, RunComparison } from './compare-runs.ts';

/** Whether a comparison may pass a check of a build. */
export interface GateOutcome {
  readonly maxSlowerRatio: number;
  readonly passed: boolean;
  /** Surely slower by more than the limit (the whole interval says so), or newly unsafe. */
  readonly failed: readonly ComparedScenario[];
  /** Perhaps slower by more than the limit: more seeds would tell. These pass. */
  readonly open: readonly ComparedScenario[];
}

/** Judges a comparison by a limit: 0.01 lets the second side be 1 % slower. */
export function judgeGate(comparison: RunComparison, maxSlowerRatio: number): GateOutcome {
  const failed = comparison.scenarios.filter((each) => isOver(each, maxSlowerRatio));
  const open = comparison.scenarios.filter(
    (each) => !failed.includes(each) && mayBeOver(each, maxSlowerRatio),
  );
  return { maxSlowerRatio, passed: failed.length === 0, failed, open };
}

function isOver({ verdict, savingRatio }: ComparedScenario, limit: number): boolean {
  return verdict === 'unsafe' || (savingRatio !== null && -savingRatio.high > limit);
}

function mayBeOver({ savingRatio }: ComparedScenario, limit: number): boolean {
  return savingRatio === null || -savingRatio.low > limit;
}
