import { describe, expect, test } from 'vitest';
import { coarseGrid, fineGrid } from '../../src/probe/grid.ts';
import { readMachineFile } from '../../src/suite/machine-file.ts';
import { runMachine } from '../../src/suite/run-machine.ts';
import { compareHost } from '../../src/validation/host-comparison.ts';
import { hostMachine } from '../../src/validation/host-machine.ts';
import { nearestPreset } from '../../src/validation/nearest-preset.ts';
import { predictedCurve } from '../../src/validation/predicted-curve.ts';
import { CLOCK_GHZ, GENOA_VM, makeProbe } from '../probe/make-probe.ts';

const GENOA = runMachine('zen4-genoa');
const SMALL_GRID = coarseGrid().filter((pages) => pages <= 8192);
const GRID = fineGrid([64, 2896]).filter((pages) => pages <= 16_384);

describe('the nearest preset', () => {
  test.each([
    ['AMD', 25, 17, 'zen4-genoa'],
    ['AMD', 25, 1, 'zen3-milan'],
    ['AMD', 25, 33, 'zen3-milan'],
    ['AMD', 23, 49, 'zen2-rome'],
    ['AMD', 26, 2, 'zen5-turin'],
    ['Intel', 6, 85, 'skx'],
    ['Intel', 6, 143, 'spr'],
    ['Intel', 6, 60, null],
    ['AMD', null, null, null],
    ['unknown', 25, 17, null],
  ] as const)('of %s family %s model %s is %s', (vendor, family, model, preset) => {
    expect(nearestPreset({ vendor, family, model })).toBe(preset);
  });
});

describe('the modelled chase', () => {
  const at = (pages: number, isVirtual: boolean) =>
    predictedCurve(GENOA, [pages], isVirtual)[0]!.translationCycles;

  test('costs nothing in the first level, a hit in the second, and a walk beyond', () => {
    expect(at(64, true)).toEqual({ point: 0, low: 0, high: 0 });
    expect(at(128, true)).toEqual({ point: 6, low: 5, high: 8 });
    expect(at(8192, true).point).toBeGreaterThan(40);
  });

  test('walks longer in a VM than on bare metal, whatever the parameters are', () => {
    const [native, nested] = [at(8192, false), at(8192, true)];
    expect(nested.point).toBeGreaterThan(native.point);
    expect(nested.high).toBeGreaterThan(native.high);
    expect(native.low).toBeLessThan(native.point);
  });
});

describe('a host that is as the model says', () => {
  const curve = predictedCurve(GENOA, GRID, true);
  const costNs = (pages: number) =>
    curve.find((point) => point.pages === pages)!.translationCycles.point / CLOCK_GHZ;
  const probe = makeProbe(costNs, GENOA_VM, GRID);
  const comparison = compareHost(probe, GENOA);

  test('agrees with it in every quantity', () => {
    for (const { id, measured, predicted } of comparison.quantities) {
      if (id === 'miss-far') continue;
      expect(measured?.point, id).toBeCloseTo(predicted!.point, 1);
    }
  });

  test('becomes a machine with the same arrays, which a run takes', () => {
    const file = hostMachine(probe, GENOA, comparison);
    const paths = file.parameters.map(({ path }) => path);
    expect(paths).toEqual(['frequencyGhz', 'tlb.secondLevelHitCycles', 'costs.walkStartCycles']);
    const machine = readMachineFile(JSON.stringify(file), 'machine.json');
    expect(machine.frequencyGhz.value).toBe(CLOCK_GHZ);
    expect(machine.tlb.secondLevelHitCycles.value).toBeCloseTo(6, 3);
    const { walkStartCycles } = machine.costs;
    expect(walkStartCycles.value).toBeCloseTo(GENOA.costs.walkStartCycles.value, 0);
  });
});

describe('a host with other arrays than the model says', () => {
  const costNs = (pages: number) => (pages <= 64 ? 0 : pages <= 1024 ? 2 : 20);
  const probe = makeProbe(costNs, GENOA_VM, SMALL_GRID);
  const file = hostMachine(probe, GENOA);

  test('becomes a machine with those arrays, the base inside of their bounds', () => {
    const entries = file.parameters.find(({ path }) => path === 'tlb.secondLevelData.0.entries');
    expect(entries).toMatchObject({ value: 1024, high: 3072, confidence: 'measured' });
    expect(() => readMachineFile(JSON.stringify(file), 'machine.json')).not.toThrow();
  });

  test('without a clear step keeps the base, but for the clock', () => {
    const flat = hostMachine(
      makeProbe(() => 0, GENOA_VM, SMALL_GRID),
      GENOA,
    );
    expect(flat.parameters.map(({ path }) => path)).toEqual(['frequencyGhz']);
  });
});
