/**
 * Predictions for the published configurations that nothing was fitted to: `npm run predict`.
 * The one fitted pair can't tell flush, request and refill apart. So the fit is repeated for the ends
 * of what those costs could be, and the predictions of every variant that stays inside the priors of
 * the fitted parameters bound each prediction.
 */
import {
  CALIBRATION_SEEDS,
  fitCalibration,
  meanNs,
  measuredMachine,
  withParameters,
  withSeeds,
} from '../src/experiment/fit-calibration.ts';
import { loadSuites } from '../src/experiment/load-suite.ts';
import type { Suite } from '../src/experiment/suite.ts';
import type { MachinePreset } from '../src/hardware/machine-preset.ts';
import { strategyById } from '../src/hypervisor/strategies.ts';
import type { Parameter } from '../src/units/parameter.ts';

const PREDICTED = ['cpuid-npt-shadow', 'cpuid-shadow-shadow'];
const FEW_SEEDS = 2;
const NS_PER_SECOND = 1e9;

const at = (parameter: Parameter, value: number): Parameter => ({ ...parameter, value });
const ends = (parameter: Parameter) => [parameter.low, parameter.value, parameter.high];

function variants(preset: MachinePreset): MachinePreset[] {
  const { costs, walkCaches } = preset;
  const made: MachinePreset[] = [];
  for (const flush of ends(costs.flushAsidCycles)) {
    for (const request of ends(costs.flushRequestCycles)) {
      for (const entries of ends(walkCaches.nestedTlbEntries)) {
        made.push({
          ...preset,
          walkCaches: {
            ...walkCaches,
            nestedTlbEntries: at(walkCaches.nestedTlbEntries, entries),
          },
          costs: {
            ...costs,
            flushAsidCycles: at(costs.flushAsidCycles, flush),
            flushRequestCycles: at(costs.flushRequestCycles, request),
          },
        });
      }
    }
  }
  return made;
}

const isInside = (parameter: Parameter, value: number) =>
  value >= parameter.low && value <= parameter.high;

interface Prediction {
  readonly before: number;
  readonly after: number;
}

function predict(suite: Suite, preset: MachinePreset): Prediction {
  return {
    before: meanNs(suite, preset, strategyById('kvm-6.14')!),
    after: meanNs(suite, preset, strategyById('rfc-2025-03')!),
  };
}

function rate({ before, after }: Prediction): string {
  const perSecond = (ns: number) => Math.round(NS_PER_SECOND / ns);
  const gain = (before / after - 1) * 100;
  return `${before.toFixed(0)} -> ${after.toFixed(0)} ns, ${perSecond(before)} -> ${perSecond(after)} CPUID/s, +${gain.toFixed(1)} %`;
}

const suites = loadSuites('suites/headline').map((suite) => withSeeds(suite, CALIBRATION_SEEDS));
const few = suites.map((suite) => withSeeds(suite, FEW_SEEDS));
const preset = measuredMachine();
const nominal = withParameters(preset, fitCalibration(suites));
const accepted = variants(preset).flatMap((variant) => {
  const fitted = fitCalibration(few, variant);
  const { cyclesPerInstruction, exposedWalkShare } = variant.costs;
  const isPlausible =
    isInside(cyclesPerInstruction, fitted.cyclesPerInstruction) &&
    isInside(exposedWalkShare, fitted.exposedWalkShare);
  return isPlausible ? [withParameters(variant, fitted)] : [];
});
process.stdout.write(`${accepted.length} of ${variants(preset).length} variants are plausible\n`);
for (const id of PREDICTED) {
  const suite = suites.find((candidate) => candidate.id === id)!;
  const fewer = few.find((candidate) => candidate.id === id)!;
  process.stdout.write(`${id}\n  nominal ${rate(predict(suite, nominal))}\n`);
  const sorted = accepted
    .map((variant) => predict(fewer, variant))
    .sort((a, b) => a.before - a.after - (b.before - b.after));
  process.stdout.write(`  least   ${rate(sorted[0]!)}\n  most    ${rate(sorted.at(-1)!)}\n`);
}
