import type { MachineConfig } from '../hardware/machine-config.ts';
import type { Strategy } from '../hypervisor/strategies.ts';
import type { Suite } from './suite.ts';

/** One result to be made: a scenario on a machine under a strategy with a seed. */
export interface Cell {
  readonly cellId: string;
  readonly suite: Suite;
  readonly machineId: string;
  readonly config: MachineConfig;
  readonly strategy: Strategy;
  readonly seed: number;
}
