/**
 * The public interface: run suites, replay captured logs, and the models underneath.
 * Names are re-exported one by one; what is not here may change without notice.
 */
export { CAUSES, type CauseId, type CyclesByCause } from './cost/causes.ts';
export { runSuites } from './experiment/execute.ts';
export { findSuites, loadSuites, shippedSuites } from './experiment/load-suite.ts';
export { cellOf, runMachine } from './experiment/plan.ts';
export type { CellResult, Comparison, Manifest, RunSummary } from './experiment/results.ts';
export { type Cell, runCell } from './experiment/run-cell.ts';
export type { RunHooks, RunOutcome, RunRequest } from './experiment/run-request.ts';
export type { Suite } from './experiment/suite.ts';
export { summarize } from './experiment/summarize.ts';
export type { MachinePreset } from './hardware/machine-preset.ts';
export { MACHINES, machineById } from './hardware/presets/index.ts';
export { BEHAVIOURS, type BehaviourKey, type KvmBehaviour } from './hypervisor/behaviour.ts';
export {
  STRATEGIES,
  type Strategy,
  strategyById,
  withBehaviour,
} from './hypervisor/strategies.ts';
export { replayFile } from './replay/replay.ts';
export type { ReplayResult } from './replay/replay-result.ts';
export type { Parameter } from './units/parameter.ts';
export { UserError } from './util/user-error.ts';
