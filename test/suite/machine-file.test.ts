import { describe, expect, test } from 'vitest';
import { loadSuites } from '../../src/suite/load-suite.ts';
import { type MachineFile, readMachineFile } from '../../src/suite/machine-file.ts';
import { planCells } from '../../src/suite/plan.ts';
import { runMachine } from '../../src/suite/run-machine.ts';
import { UserError } from '../../src/util/user-error.ts';

const HIT = {
  path: 'tlb.secondLevelHitCycles',
  value: 7.5,
  low: 7,
  high: 8,
  unit: 'cycles',
  confidence: 'measured',
  source: 'a probe',
} as const;

const FILE: MachineFile = {
  kind: 'asidbench-machine',
  schemaVersion: 1,
  id: 'mine',
  name: 'Mine',
  referencePart: 'EPYC of mine',
  base: 'zen4-genoa',
  parameters: [HIT],
};

const read = (file: object) => readMachineFile(JSON.stringify(file), 'mine.json');

describe('a machine file', () => {
  test('is its base, as runs use it, with other parameters', () => {
    const mine = read(FILE);
    const base = runMachine('zen4-genoa');
    const { path, ...parameter } = HIT;
    expect(mine).toEqual({
      ...base,
      id: 'mine',
      name: 'Mine',
      referencePart: 'EPYC of mine',
      tlb: { ...base.tlb, secondLevelHitCycles: parameter },
    });
    expect(path).toBe('tlb.secondLevelHitCycles');
  });

  test('can change an array, one of several', () => {
    const entries = {
      ...HIT,
      path: 'tlb.secondLevelData.0.entries',
      value: 2048,
      low: 2048,
      high: 3072,
      unit: 'entries',
    };
    const mine = read({ ...FILE, parameters: [entries] });
    expect(mine.tlb.secondLevelData.map((array) => array.entries.value)).toEqual([2048, 64]);
  });

  test('makes cells of its own, and leaves those of its base alone', () => {
    const suites = loadSuites('suites/headline').filter(({ id }) => id === 'cpuid-npt-npt');
    const cells = (machine: string) =>
      planCells({
        suites,
        machines: [machine],
        ownMachines: [read(FILE)],
        strategies: null,
        seeds: 2,
        jobs: 1,
        command: '',
      });
    const [own, base] = [cells('mine'), cells('zen4-genoa')];
    expect(own[0]!.config.prices.simple.secondLevelHit).toBe(7.5);
    expect(own.map((cell) => cell.cellId)).not.toEqual(base.map((cell) => cell.cellId));
  });

  test.each<[string, object, RegExp]>([
    ['an unknown key', { ...FILE, cores: 4 }, /mine\.json: unknown key "cores"/],
    ['an unknown base', { ...FILE, base: 'zen9' }, /mine\.json base: must be one of: zen1-naples/],
    ['the id of a shipped machine', { ...FILE, id: 'skx' }, /"skx" is the id of a machine/],
    [
      'a misspelt path',
      { ...FILE, parameters: [{ ...HIT, path: 'tlb.secondLevelHitCycle' }] },
      /nearest parameter is "tlb\.secondLevelHitCycles"/,
    ],
    [
      'another unit',
      { ...FILE, parameters: [{ ...HIT, unit: 'nanoseconds' }] },
      /its unit is cycles, not nanoseconds/,
    ],
    [
      'bounds in the wrong order',
      { ...FILE, parameters: [{ ...HIT, low: 9 }] },
      /7\.5 is not from 9 to 8/,
    ],
    [
      'a negative number',
      { ...FILE, parameters: [{ ...HIT, low: -1 }] },
      /parameters\.0\.low: must be at least 0/,
    ],
    ['no source', { ...FILE, parameters: [{ ...HIT, source: '' }] }, /parameters\.0\.source/],
    [
      'a geometry that has no sets',
      {
        ...FILE,
        parameters: [
          {
            ...HIT,
            path: 'tlb.secondLevelData.0.entries',
            value: 1000,
            low: 1000,
            high: 1000,
            unit: 'entries',
          },
        ],
      },
      /1000 entries in 8 ways/,
    ],
  ])('is refused with %s', (_, file, message) => {
    expect(() => read(file)).toThrow(UserError);
    expect(() => read(file)).toThrow(message);
  });

  test('is refused when it is no JSON', () => {
    expect(() => readMachineFile('{', 'mine.json')).toThrow(/^mine\.json: this is no JSON/);
  });
});
