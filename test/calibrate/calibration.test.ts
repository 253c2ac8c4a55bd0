import { describe, expect, test } from 'vitest';
import {
  CALIBRATION_SEEDS,
  calibrationEvents,
  fitCalibration,
  meanNs,
  measuredMachine,
  withParameters,
  withSeeds,
} from '../../src/calibrate/fit-calibration.ts';
import type { MachinePreset } from '../../src/hardware/machine-preset.ts';
import { MACHINES } from '../../src/hardware/presets/index.ts';
import { strategyById, withBehaviour } from '../../src/hypervisor/strategies.ts';
import { plainExitNs } from '../../src/run/price-uncertainty.ts';
import {
  CALIBRATION_MEASUREMENT,
  calibrated,
  FITTED,
  FITTED_COSTS,
} from '../../src/suite/calibration.ts';
import { CALIBRATION_EVENTS } from '../../src/suite/calibration-events.ts';
import { loadSuites } from '../../src/suite/load-suite.ts';
import { runMachine } from '../../src/suite/run-machine.ts';

const suites = loadSuites('suites/headline').map((suite) => withSeeds(suite, CALIBRATION_SEEDS));
const KEYS = ['cyclesPerInstruction', 'exposedWalkShare'] as const;
const worldSwitchOf = ({ costs }: MachinePreset) =>
  costs.vmrunVmexitNanoseconds.value + costs.vmloadVmsaveNanoseconds.value;

describe('the calibration', () => {
  test('finds the committed values again, from the published rates alone', () => {
    expect(fitCalibration(suites)).toEqual(FITTED);
  });

  test('rests on the committed events of the measured workload', () => {
    expect(calibrationEvents(suites)).toEqual(CALIBRATION_EVENTS);
  });

  test('gives back the two published times, before and after', () => {
    const suite = suites.find(({ id }) => id === CALIBRATION_MEASUREMENT.suite)!;
    const machine = withParameters(measuredMachine(), FITTED);
    const after = strategyById('rfc-2025-03')!;
    const before = withBehaviour(after, 'nestedTransition', 'flush-and-sync')!;
    const perSecond = (ns: number) => 1e9 / ns;
    // Four decimals of the parameters leave less than two parts in ten thousand.
    const close = (got: number, published: number) => Math.abs(got / published - 1);
    expect(
      close(perSecond(meanNs(suite, machine, before)), CALIBRATION_MEASUREMENT.beforePerSecond),
    ).toBeLessThan(2e-4);
    expect(
      close(perSecond(meanNs(suite, machine, after)), CALIBRATION_MEASUREMENT.afterPerSecond),
    ).toBeLessThan(2e-4);
  });

  test('gives back the published plain exit, with 1,398 instructions of L0', () => {
    const plain = plainExitNs(runMachine('zen3-milan'));
    expect(Math.abs(plain / (1e9 / 1_360_250) - 1)).toBeLessThan(1e-3);
  });

  test('runs on the trip of the kernel that was measured: no exit for DEBUGCTL', () => {
    const suite = suites.find(({ id }) => id === CALIBRATION_MEASUREMENT.suite)!;
    expect(suite.kernel).toBe('linux-6.14-2025-02');
    const perTrip = CALIBRATION_EVENTS.after.worldSwitch / CALIBRATION_EVENTS.roundTrips;
    expect(perTrip).toBe(2);
  });

  test('rests on the published rates of the Milan measurement', () => {
    expect(CALIBRATION_MEASUREMENT).toMatchObject({
      machine: 'zen3-milan',
      suite: 'cpuid-npt-npt',
      beforePerSecond: 256_621,
      afterPerSecond: 301_113,
    });
    expect(CALIBRATION_MEASUREMENT.source).toContain('20250205182402.2147495-14-yosry.ahmed');
  });

  test.each(KEYS)('finds a %s inside the range that it had before the fit', (key) => {
    const prior = measuredMachine().costs[key];
    expect(FITTED[key]).toBeGreaterThanOrEqual(prior.low);
    expect(FITTED[key]).toBeLessThanOrEqual(prior.high);
  });

  test('finds a world switch between the lowest and the highest sums of its parts', () => {
    const { vmrunVmexitNanoseconds: vmrun, vmloadVmsaveNanoseconds: vmload } =
      measuredMachine().costs;
    expect(FITTED.worldSwitchNanoseconds).toBeGreaterThan(vmrun.low + vmload.low);
    expect(FITTED.worldSwitchNanoseconds).toBeLessThan(vmrun.high + vmload.high);
  });

  test('refuses suites without the one that was measured', () => {
    expect(() => fitCalibration([])).toThrow(RangeError);
  });
});

describe('a machine in a run', () => {
  test('has the fitted values where it is the measured one', () => {
    const { costs } = runMachine('zen3-milan');
    for (const key of KEYS) expect(costs[key].value).toBe(FITTED[key]);
    expect(worldSwitchOf(runMachine('zen3-milan'))).toBeCloseTo(FITTED.worldSwitchNanoseconds, 2);
  });

  test.each(MACHINES.map((preset) => ({ preset, id: preset.id })))(
    'says that it was fitted, to what, and what stood there before: $id',
    ({ preset, id }) => {
      const { costs } = runMachine(id);
      for (const key of FITTED_COSTS) {
        const parameter = costs[key];
        expect(parameter.low).toBeLessThanOrEqual(parameter.value);
        expect(parameter.high).toBeGreaterThanOrEqual(parameter.value);
        expect(parameter.source).toContain(CALIBRATION_MEASUREMENT.source);
        expect(parameter.source).toContain(`prior ${preset.costs[key].value}`);
      }
    },
  );

  test('keeps everything that was not fitted', () => {
    for (const preset of MACHINES) {
      const { costs } = calibrated(preset, measuredMachine());
      const before = Object.fromEntries(FITTED_COSTS.map((key) => [key, preset.costs[key]]));
      expect({ ...costs, ...before }).toEqual(preset.costs);
    }
  });

  test('that was not measured scales its kernel code by the same ratio', () => {
    const measured = measuredMachine();
    const ratio = FITTED.cyclesPerInstruction / measured.costs.cyclesPerInstruction.value;
    for (const preset of MACHINES) {
      const { value } = calibrated(preset, measured).costs.cyclesPerInstruction;
      expect(value).toBeCloseTo(preset.costs.cyclesPerInstruction.value * ratio, 3);
    }
  });

  test('that was not measured scales its world switch by the same ratio', () => {
    const measured = measuredMachine();
    const ratio = FITTED.worldSwitchNanoseconds / worldSwitchOf(measured);
    for (const preset of MACHINES) {
      expect(worldSwitchOf(calibrated(preset, measured))).toBeCloseTo(
        worldSwitchOf(preset) * ratio,
        2,
      );
    }
  });

  test('with an unknown name is refused by it', () => {
    expect(() => runMachine('zen99')).toThrow('zen99');
  });
});
