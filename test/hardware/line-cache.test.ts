import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineCache } from '../../src/hardware/line-cache.ts';
import { type MachineConfig, machineConfig } from '../../src/hardware/machine-config.ts';
import { machineById } from '../../src/hardware/presets/index.ts';
import { renumberAges } from '../../src/hardware/slots.ts';

/** The clock of LineCache restarts 40 references later: a run of minutes gets there, a test does not. */
const NEARLY = 2_000_000_000 - 40;

/** Lines of 2 sets in L1D, 4 in L2 and 8 in L3. */
function smallLines(): MachineConfig {
  const preset = machineById('zen3-milan');
  if (preset === undefined) throw new RangeError('there is no zen3-milan');
  return {
    ...machineConfig(preset),
    pageTableLinesInL1d: 16,
    pageTableLinesInL2: 32,
    pageTableLinesInL3: 64,
  };
}

describe('a clock that restarts', () => {
  test('keeps the order of ages in each set, and goes on above them', () => {
    // Two sets of three ways; the age is the second of two columns.
    const cells = Int32Array.of(7, 900, 8, 100, 9, 500, 7, 0, 8, 0, 9, 30);
    expect(renumberAges(cells, 2, 1, 3)).toBe(3);
    expect([...cells]).toEqual([7, 2, 8, 0, 9, 1, 7, 0, 8, 1, 9, 2]);
  });

  test('changes nothing that a page-table line is found in', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(99), { minLength: 100, maxLength: 400 }), (lines) => {
        const found = (clock: number) => {
          const cache = new LineCache(smallLines());
          cache.reserveLines(100);
          Reflect.set(cache, 'clock', clock);
          return lines.map((line) => cache.reference(line));
        };
        expect(found(NEARLY)).toEqual(found(0));
      }),
      { seed: 31, numRuns: 50 },
    );
  });
});
