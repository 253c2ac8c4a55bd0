import type { MachinePreset } from '../hardware/machine-preset.ts';
import type { Strategy } from '../hypervisor/strategies.ts';
import type { CellResult, Manifest } from './results.ts';
import type { Suite } from './suite.ts';

/** What to run: suites, with what a user may override on the command line. */
export interface RunRequest {
  readonly suites: readonly Suite[];
  /** Machine ids instead of each suite's own. */
  readonly machines: readonly string[] | null;
  /** Machines of the user's own, already with all parameters; `machines` names them. */
  readonly ownMachines?: readonly MachinePreset[];
  /** Strategies instead of each suite's own; the baseline is always added. */
  readonly strategies: readonly Strategy[] | null;
  /** Number of seeds instead of each suite's own. */
  readonly seeds: number | null;
  /** Worker threads; 1 runs in this thread. Results do not depend on it. */
  readonly jobs: number;
  /** The command line that reproduces the run. */
  readonly command: string;
}

/** What a caller wants to be told while a run goes on. */
export interface RunHooks {
  /** Called in plan order as cells become available. */
  readonly onCell: (cell: CellResult, done: number, total: number) => void;
  /** Told in one sentence what went wrong without ending the run. */
  readonly onNotice?: (sentence: string) => void;
}

/** A run with all its cells, in plan order: what `summarize` takes. */
export interface RunOutcome {
  readonly manifest: Manifest;
  readonly cells: readonly CellResult[];
}
