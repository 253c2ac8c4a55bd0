import type { MachinePreset } from '../hardware/machine-preset.ts';
import type { Parameter } from '../units/parameter.ts';

/**
 * The only measurements that anything is fitted to: CPUIDs per second in L2 on AMD Milan, L0 and L1
 * with NPT, before and after the unconditional flush on nested transitions was removed
 * (20250205182402.2147495-14-yosry.ahmed@linux.dev), and in a guest that is not nested on an EPYC 7443P
 * (20231109180646.2963718-1-khorenko@virtuozzo.com). One number each, without error bars.
 */
export const CALIBRATION_MEASUREMENT = {
  machine: 'zen3-milan',
  suite: 'cpuid-npt-npt',
  beforePerSecond: 256_621,
  afterPerSecond: 301_113,
  source: 'LKML 20250205182402.2147495-14-yosry.ahmed@linux.dev',
  plainPerSecond: 1_360_250,
  plainSource: 'LKML 20231109180646.2963718-1-khorenko@virtuozzo.com',
} as const;

/**
 * What the fit gave (`npm run make -- calibration` finds them again). Three numbers determine three parameters: the
 * time after and that of a plain exit fix the speed of kernel code and the world switch, because one
 * has more instructions for each switch than the other; the saving fixes the share of a walk that is
 * seen. The other parts of the saving (flush, request) stay at their priors: the measurements can't tell
 * them apart, so this is one of many decompositions.
 */
export const FITTED = {
  cyclesPerInstruction: 0.6449,
  exposedWalkShare: 0.5618,
  worldSwitchNanoseconds: 473.7,
} as const;

/** The costs that the fit changes. Of the two parts of a world switch it knows the sum alone. */
export const FITTED_COSTS = [
  'cyclesPerInstruction',
  'exposedWalkShare',
  'vmrunVmexitNanoseconds',
  'vmloadVmsaveNanoseconds',
] as const;

function asFitted(prior: Parameter, value: number): Parameter {
  const { source, plainSource } = CALIBRATION_MEASUREMENT;
  return {
    ...prior,
    value,
    low: Math.min(prior.low, value),
    high: Math.max(prior.high, value),
    confidence: 'derived',
    source: `fitted to ${source} and ${plainSource}; prior ${prior.value} (${prior.low} to ${prior.high}): ${prior.source}`,
  };
}

const DECIMALS = 1000;

function scaled(prior: Parameter, ratio: number): Parameter {
  return asFitted(prior, Math.round(prior.value * ratio * DECIMALS) / DECIMALS);
}

/**
 * A preset with the fitted parameters. Other machines than the measured one take over the share of a
 * walk, and the ratios by which kernel code and the world switch came out off their priors.
 */
export function calibrated(preset: MachinePreset, measured: MachinePreset): MachinePreset {
  const { costs } = preset;
  const priors = measured.costs;
  const speed = FITTED.cyclesPerInstruction / priors.cyclesPerInstruction.value;
  const worldSwitch =
    FITTED.worldSwitchNanoseconds /
    (priors.vmrunVmexitNanoseconds.value + priors.vmloadVmsaveNanoseconds.value);
  return {
    ...preset,
    costs: {
      ...costs,
      cyclesPerInstruction:
        preset.id === measured.id
          ? asFitted(costs.cyclesPerInstruction, FITTED.cyclesPerInstruction)
          : scaled(costs.cyclesPerInstruction, speed),
      exposedWalkShare: asFitted(costs.exposedWalkShare, FITTED.exposedWalkShare),
      vmrunVmexitNanoseconds: scaled(costs.vmrunVmexitNanoseconds, worldSwitch),
      vmloadVmsaveNanoseconds: scaled(costs.vmloadVmsaveNanoseconds, worldSwitch),
    },
  };
}
