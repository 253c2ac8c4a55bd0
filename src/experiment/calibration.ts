import type { MachinePreset } from '../hardware/machine-preset.ts';
import type { Parameter } from '../units/parameter.ts';

/**
 * The only measurement that anything is fitted to: CPUIDs per second in L2 on AMD Milan, L0 and L1
 * with NPT, before and after the unconditional flush on nested transitions was removed.
 * One number each, without error bars (20250205182402.2147495-14-yosry.ahmed@linux.dev).
 */
export const CALIBRATION_MEASUREMENT = {
  machine: 'zen3-milan',
  suite: 'cpuid-npt-npt',
  beforePerSecond: 256_621,
  afterPerSecond: 301_113,
  source: 'LKML 20250205182402.2147495-14-yosry.ahmed@linux.dev',
} as const;

/**
 * What the fit gave (`npm run calibrate` finds them again). Two numbers determine two parameters:
 * the time after fixes the speed of kernel code, the saving fixes the share of a walk that is seen.
 * The other parts of the saving (flush, request) stay at their priors: the measurement can't tell them
 * apart, so this is one of many decompositions.
 */
export const FITTED = {
  cyclesPerInstruction: 0.4204,
  exposedWalkShare: 0.8729,
} as const;

function asFitted(prior: Parameter, value: number): Parameter {
  return {
    ...prior,
    value,
    low: Math.min(prior.low, value),
    high: Math.max(prior.high, value),
    confidence: 'derived',
    source: `fitted to ${CALIBRATION_MEASUREMENT.source}; prior ${prior.value} (${prior.low} to ${prior.high}): ${prior.source}`,
  };
}

/**
 * A preset with the fitted parameters. Other machines than the measured one take over the share of a
 * walk, and the ratio by which kernel code came out faster than its prior.
 */
export function calibrated(preset: MachinePreset, measured: MachinePreset): MachinePreset {
  const ratio = FITTED.cyclesPerInstruction / measured.costs.cyclesPerInstruction.value;
  const perInstruction = preset.costs.cyclesPerInstruction;
  const value =
    preset.id === measured.id
      ? FITTED.cyclesPerInstruction
      : Math.round(perInstruction.value * ratio * 1000) / 1000;
  return {
    ...preset,
    costs: {
      ...preset.costs,
      cyclesPerInstruction: asFitted(perInstruction, value),
      exposedWalkShare: asFitted(preset.costs.exposedWalkShare, FITTED.exposedWalkShare),
    },
  };
}
