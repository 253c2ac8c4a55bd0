import { describe, expect, test } from 'vitest';
import type { MachineConfig } from '../../src/hardware/machine-config.ts';
import { pageTrace, shippedTracePath } from '../../src/workloads/captures.ts';
import { amount } from '../amount.ts';
import { arrayOf, rowsOfTouches, SmallMachine } from './small-machine.ts';

/**
 * Walks that one full flush causes, by instructions until the next. The expected figures were
 * counted by another program over the whole of each trace (35 to 48 million instructions); the
 * first 10 million are shipped. The same TLBs here: 64 entries fully associative for code and for
 * data, 2,048 entries in 8 ways behind both, true LRU.
 */
const CURVES: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  'sqlite-10M': [
    [2000, 49],
    [10_000, 84],
    [50_000, 96],
    [100_000, 101],
  ],
  'zstd-10M': [
    [2000, 34],
    [10_000, 94],
    [50_000, 292],
    [100_000, 433],
  ],
  'cc1-10M': [
    [2000, 66],
    [10_000, 150],
    [50_000, 296],
    [100_000, 385],
  ],
  'redis60k-10M': [
    [2000, 57],
    [10_000, 81],
    [50_000, 136],
    [100_000, 191],
  ],
};

const GEOMETRY: Partial<MachineConfig> = {
  firstLevelData: [arrayOf('L1 DTLB', 64)],
  firstLevelInstruction: [arrayOf('L1 ITLB', 64)],
  secondLevelData: [arrayOf('L2 TLB', 2048, 8)],
  secondLevelInstruction: [],
};

/** Walks of a trace that is flushed every so many instructions; 0 for never. */
function walksOf(name: string, interval: number): { walks: number; flushes: number } {
  const trace = pageTrace(shippedTracePath(name));
  const machine = new SmallMachine(GEOMETRY);
  const space = machine.tables.addSpace(null);
  const rows = Array.from(trace.pageNumbers, (page) => machine.map(space, page));
  const stream = { touches: trace.touches, rows: rowsOfTouches(rows), plan: null };
  let from = 0;
  let flushes = 0;
  let clock = 0;
  let due = interval;
  machine.pcpu.vmrun(1, 0, 1);
  for (let at = 0; at < trace.records; at += 1) {
    clock += trace.instructionGaps[at]!;
    if (interval === 0 || clock < due) continue;
    machine.pcpu.run(stream, from, at);
    from = at;
    machine.pcpu.vmexit();
    machine.pcpu.vmrun(1, 3, 1);
    flushes += 1;
    due += interval;
  }
  machine.pcpu.run(stream, from, trace.records);
  return { walks: machine.total.walks, flushes };
}

const AGREEMENT = 0.25;

const TRIED = Object.entries(CURVES).filter(([name]) =>
  amount({ quick: ['redis60k-10M'], all: Object.keys(CURVES) }).includes(name),
);

describe.each(TRIED)('%s', (name, curve) => {
  const unflushed = walksOf(name, 0).walks;

  test('walks once per page when nothing is flushed: it fits the second level', () => {
    expect(unflushed).toBe(pageTrace(shippedTracePath(name)).pageNumbers.length);
  });

  test.each(curve)('flushed every %i instructions refills about %i entries', (interval, walks) => {
    const flushed = walksOf(name, interval);
    const perFlush = (flushed.walks - unflushed) / flushed.flushes;
    expect(Math.abs(perFlush / walks - 1)).toBeLessThan(AGREEMENT);
  });
});
