import type { MachinePreset } from '../hardware/machine-preset.ts';
import type { Strategy } from '../hypervisor/strategies.ts';
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
