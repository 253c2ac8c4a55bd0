/**
 * The public interface: run suites, compare and report results, import what was recorded elsewhere,
 * replay captured logs, and the tables underneath. Names are re-exported one by one; what is not
 * here may change without notice. docs/reference/api.md is made from the docstrings.
 */
export {
  type CheckRequest,
  type CheckResult,
  checkEverything,
  findNew,
  QUICK_BOUNDS,
} from './checker/check.ts';
export type { Violation } from './checker/findings.ts';
export { OBLIGATIONS } from './checker/obligations.ts';
export { worldsFor } from './checker/worlds.ts';
export { compareRuns, type RunComparison } from './compare/compare-runs.ts';
export { type GateOutcome, judgeGate } from './compare/gate.ts';
export type { Side } from './compare/match-cells.ts';
export { CAUSES, type CauseId, type CyclesByCause } from './cost/causes.ts';
export { cellsCsv } from './export/csv.ts';
export type { MachinePreset } from './hardware/machine-preset.ts';
export { MACHINES, machineById } from './hardware/presets/index.ts';
export { BEHAVIOURS, type BehaviourKey, type KvmBehaviour } from './hypervisor/behaviour.ts';
export { PATCHES, type Patch } from './hypervisor/patches.ts';
export {
  STRATEGIES,
  type Strategy,
  strategyById,
  withBehaviour,
} from './hypervisor/strategies.ts';
export { combine } from './importers/combine.ts';
export { importFile } from './importers/import-file.ts';
export type { ImportReport } from './importers/import-report.ts';
export type { Imported } from './importers/importer.ts';
export type { ImportedProfile } from './importers/profile.ts';
export { type Scenario, scenarioOf } from './importers/scenario.ts';
export { replayFile } from './replay/replay.ts';
export type { ReplayResult } from './replay/replay-result.ts';
export { renderMail } from './report/run/mail.ts';
export { renderMarkdown } from './report/run/markdown.ts';
export { renderHtml } from './report/run/page.ts';
export { runSuites } from './run/execute.ts';
export { parseManifest, parseResults } from './run/parse-run.ts';
export type { CellResult, Comparison, Manifest, RunSummary } from './run/results.ts';
export { runCell } from './run/run-cell.ts';
export type { RunHooks, RunOutcome } from './run/run-hooks.ts';
export { summarize } from './run/summarize.ts';
export { seedsForPower, seedsForPrecision } from './statistics/required-seeds.ts';
export { signFlipTest } from './statistics/sign-flip.ts';
export type { Cell } from './suite/cell.ts';
export { findSuites, loadSuites, shippedSuites } from './suite/load-suite.ts';
export { cellOf } from './suite/plan.ts';
export { runMachine } from './suite/run-machine.ts';
export type { RunRequest } from './suite/run-request.ts';
export type { Suite } from './suite/suite.ts';
export type { Parameter } from './units/parameter.ts';
export { UserError } from './util/user-error.ts';
