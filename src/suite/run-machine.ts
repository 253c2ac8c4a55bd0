import { type MachineConfig, machineConfig } from '../hardware/machine-config.ts';
import type { MachinePreset } from '../hardware/machine-preset.ts';
import { machineById } from '../hardware/presets/index.ts';
import { UserError } from '../util/user-error.ts';
import { withProgramPrice } from '../workloads/program.ts';
import { CALIBRATION_MEASUREMENT, calibrated } from './calibration.ts';
import type { Suite } from './suite.ts';

/**
 * A preset as runs use it: one of the user's `own`, or a shipped one with the fitted parameters.
 * Throws `UserError` for an unknown name.
 */
export function runMachine(id: string, own: readonly MachinePreset[] = []): MachinePreset {
  const users = own.find((machine) => machine.id === id);
  if (users !== undefined) return users;
  const preset = machineById(id);
  const measured = machineById(CALIBRATION_MEASUREMENT.machine);
  if (preset === undefined || measured === undefined) {
    throw new UserError('usage', `machine "${id}"`, 'there is no such machine', 'See `list`');
  }
  return calibrated(preset, measured);
}

/** Plain numbers of a machine, with the price of the program that a suite runs in L2. */
export function configFor(suite: Suite, machine: MachinePreset): MachineConfig {
  const config = machineConfig(machine);
  return suite.workload.kind === 'program' ? withProgramPrice(config) : config;
}
