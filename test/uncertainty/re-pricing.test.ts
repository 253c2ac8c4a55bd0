import { describe, expect, test } from 'vitest';
import { measuredMachine } from '../../src/calibrate/fit-calibration.ts';
import { machineConfig } from '../../src/hardware/machine-config.ts';
import { machineById } from '../../src/hardware/presets/index.ts';
import { listParameters } from '../../src/hardware/presets/list-parameters.ts';
import { withValues } from '../../src/hardware/presets/with-values.ts';
import { strategyById } from '../../src/hypervisor/strategies.ts';
import { calibrationEventsByKind } from '../../src/run/price-uncertainty.ts';
import { runCell } from '../../src/run/run-cell.ts';
import { FITTED } from '../../src/suite/calibration.ts';
import { loadSuites } from '../../src/suite/load-suite.ts';
import { eventsByKind, nanosecondsByKind, timeOf } from '../../src/uncertainty/events.ts';
import { quantileOfRange } from '../../src/uncertainty/range.ts';
import { type Solution, solveCalibration } from '../../src/uncertainty/solve-calibration.ts';
import { SOLVED, unknownsOfMachine } from '../../src/uncertainty/unknowns.ts';
import { prngFor } from '../../src/util/prng.ts';

const suites = loadSuites('suites/headline');
const milan = machineById('zen3-milan')!;
const published = { beforeNs: 1e9 / 256_621, afterNs: 1e9 / 301_113, plainNs: 1e9 / 1_360_250 };

function solvedValues(solved: Solution): readonly number[] {
  return [solved.cyclesPerInstruction, solved.exposedWalkShare, solved.vmrunVmexitNanoseconds];
}

function cellOf(id: string, strategy: string, preset = milan) {
  const suite = suites.find((each) => each.id === id)!;
  const short = { ...suite, trips: { warmUp: 5, measured: 20 } };
  const config = machineConfig(preset);
  return {
    cellId: '',
    suite: short,
    machineId: preset.id,
    config,
    strategy: strategyById(strategy)!,
    seed: 3,
  };
}

describe('events priced again', () => {
  const prngOf = (name: string) => prngFor(7, name);
  const prices = unknownsOfMachine(milan).filter(({ kind }) => kind === 'price');

  test.each([
    ['cpuid-npt-npt', 'kvm-6.14'],
    ['npf-npt-npt', 'rfc-2025-03'],
    ['kv-redis-l2', 'kvm-6.14'],
  ])('give what a run of %s under %s at these prices gives', (id, strategy) => {
    const nominal = runCell(cellOf(id, strategy));
    const events = eventsByKind(nominal.events!, nominal.roundTrips);
    const prng = prngOf(id);
    for (let draw = 0; draw < 3; draw++) {
      const values = new Map(
        prices
          // The clock decides how many instructions a program has between exits.
          .filter(({ path }) => path !== 'frequencyGhz')
          .map((unknown) => [unknown.path, quantileOfRange(unknown, prng.nextFloat())]),
      );
      const other = withValues(milan, values);
      const run = runCell(cellOf(id, strategy, other));
      expect(run.events).toEqual(nominal.events);
      const priced = timeOf(events, nanosecondsByKind(machineConfig(other)));
      expect(Math.abs(priced - run.meanNs)).toBeLessThan(0.001);
      expect(run.meanNs).not.toBe(nominal.meanNs);
    }
  });

  test('change with a size, which has to be run', () => {
    const small = withValues(milan, new Map([['walkCaches.nestedTlbEntries', 16]]));
    const nominal = runCell(cellOf('cpuid-npt-npt', 'kvm-6.14'));
    expect(runCell(cellOf('cpuid-npt-npt', 'kvm-6.14', small)).events).not.toEqual(nominal.events);
  });
});

describe('withValues', () => {
  test('sets every parameter that is listed, and no other', () => {
    for (const { path, parameter } of listParameters(milan)) {
      const changed = withValues(milan, new Map([[path, parameter.value + 1]]));
      const differing = listParameters(changed).filter(
        ({ parameter: { value } }, i) => value !== listParameters(milan)[i]!.parameter.value,
      );
      expect(differing.map((each) => each.path)).toEqual([path]);
    }
    expect(withValues(milan, new Map([['no.such', 1]]))).toEqual(milan);
  });
});

describe('solving for the calibration', () => {
  const events = calibrationEventsByKind();

  test('finds the fitted values at the nominals', () => {
    const solved = solveCalibration(milan, events, published);
    expect(solved.cyclesPerInstruction).toBeCloseTo(FITTED.cyclesPerInstruction, 4);
    expect(solved.exposedWalkShare).toBeCloseTo(FITTED.exposedWalkShare, 4);
    const { vmloadVmsaveNanoseconds } = milan.costs;
    const worldSwitch = solved.vmrunVmexitNanoseconds + vmloadVmsaveNanoseconds.value;
    expect(worldSwitch).toBeCloseTo(FITTED.worldSwitchNanoseconds, 1);
  });

  test('gives a draw weight only where both parts of the world switch are plausible', () => {
    const withVmload = (value: number) =>
      withValues(milan, new Map([['costs.vmloadVmsaveNanoseconds', value]]));
    expect(solveCalibration(withVmload(240), events, published).weight).toBeGreaterThan(0);
    // VMRUN and #VMEXIT would take 57 ns, and no less than 170 are plausible.
    expect(solveCalibration(withVmload(400), events, published).weight).toBe(0);
  });

  test('gives back all times, whatever the other numbers are', () => {
    const prng = prngFor(1, 'others');
    for (let draw = 0; draw < 20; draw++) {
      const values = new Map(
        unknownsOfMachine(milan).map((each) => [
          each.path,
          quantileOfRange(each, prng.nextFloat()),
        ]),
      );
      const machine = withValues(milan, values);
      const solved = solveCalibration(machine, events, published);
      const solution = new Map(SOLVED.map((path, at) => [path, solvedValues(solved)[at]!]));
      const prices = nanosecondsByKind(machineConfig(withValues(machine, solution)));
      expect(timeOf(events.before, prices)).toBeCloseTo(published.beforeNs, 1);
      expect(timeOf(events.after, prices)).toBeCloseTo(published.afterNs, 1);
      expect(timeOf(events.plain, prices)).toBeCloseTo(published.plainNs, 1);
    }
  });

  test('has no weight where no plausible speed of code fits', () => {
    const slow = { ...published, beforeNs: 9000, afterNs: 8000 };
    expect(solveCalibration(measuredMachine(), events, slow).weight).toBe(0);
  });
});
