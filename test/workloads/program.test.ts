import { describe, expect, test, vi } from 'vitest';
import { KIND } from '../../src/cost/ledger.ts';
import type { PageTrace } from '../../src/inputs/page-trace.ts';
import { prngFor } from '../../src/util/prng.ts';
import { pageTrace, shippedTracePath } from '../../src/workloads/captures.ts';
import { instructionsBetweenExits, ProgramInL2 } from '../../src/workloads/program.ts';
import { makeWorld, strategyOf } from './make-world.ts';

/** Four code pages in turn, each with a page of data, 25 instructions from one record to the next. */
const LOOP: PageTrace = {
  name: 'loop',
  source: 'made for this test',
  instructions: 200,
  records: 8,
  pageNumbers: Float64Array.from({ length: 8 }, (_, at) => 1000 + at),
  touches: Int32Array.from({ length: 8 }, (_, at) => at * 2 + (at % 2)),
  instructionGaps: Int32Array.from({ length: 8 }, () => 25),
};

/** Instructions and touches of each slice. */
function slices(trace: PageTrace, mean: number, count: number, seed = 1, strategy = 'kvm-6.14') {
  const world = makeWorld(strategyOf(strategy));
  const program = new ProgramInL2(
    world.places[0]!,
    trace,
    mean,
    prngFor(seed, 'exits of the program'),
  );
  world.reserve();
  const touched: string[] = [];
  vi.spyOn(world.pcpus[0]!, 'touch').mockImplementation((row, side) => {
    touched.push(`${row}${side}`);
  });
  vi.spyOn(world.pcpus[0]!, 'run').mockImplementation(({ touches, rows }, from, to) => {
    for (let at = from; at < to; at += 1) {
      const touch = touches[at]!;
      touched.push(`${rows[touch]}${touch % 2}`);
    }
  });
  return Array.from({ length: count }, () => {
    touched.length = 0;
    const before = world.ledger.counts[KIND.l2Instruction]!;
    program.runSlice();
    const instructions = world.ledger.counts[KIND.l2Instruction]! - before;
    return { instructions, touched: [...touched] };
  });
}

describe('a program as L2', () => {
  test.each([
    ['sqlite-10M', 5000],
    ['redis60k-10M', 20_000],
    ['cc1-10M', 1000],
  ])('%s executes %i instructions between two exits on average', (name, mean) => {
    const all = slices(pageTrace(shippedTracePath(name)), mean, 1500);
    const sum = all.reduce((total, { instructions }) => total + instructions, 0);
    // The standard error of 1,500 exponential draws is 2.6 %.
    expect(Math.abs(sum / 1500 / mean - 1)).toBeLessThan(0.08);
  });

  test('is interrupted at random: as long as the mean or longer is e^-1 of the slices', () => {
    const all = slices(LOOP, 1000, 2000);
    const long = all.filter(({ instructions }) => instructions >= 1000).length;
    expect(Math.abs(long / 2000 - 0.368)).toBeLessThan(0.04);
    expect(Math.min(...all.map(({ instructions }) => instructions))).toBeGreaterThanOrEqual(1);
  });

  test('touches what the trace has for these instructions, and begins again at its end', () => {
    for (const { instructions, touched } of slices(LOOP, 500, 200).slice(1)) {
      // Two touches of the pages that the exit interrupted, then a record for each 25 instructions.
      expect(touched).toHaveLength(2 + Math.ceil(instructions / 25));
      const records = touched.slice(2);
      const order = [...new Set(slices(LOOP, 100_000, 1)[0]!.touched)];
      for (let at = 1; at < records.length; at += 1) {
        const previous = order.indexOf(records[at - 1]!);
        expect(records[at]).toBe(order[(previous + 1) % 8]);
      }
    }
  });

  test('touches the interrupted code and data page again after each exit', () => {
    const all = slices(LOOP, 500, 100);
    let code = '';
    let data = '';
    for (const [at, { touched }] of all.entries()) {
      if (at > 5) expect(touched.slice(0, 2)).toEqual([code, data]);
      for (const touch of touched) {
        if (touch.endsWith('0')) code = touch;
        else data = touch;
      }
    }
  });

  test.each(['rfc-2025-03', 'flush-always', 'ideal'])(
    'does the same under kvm-6.14 and %s for a seed',
    (strategy) => {
      const trace = pageTrace(shippedTracePath('sqlite-10M'));
      expect(slices(trace, 3000, 50, 7, strategy)).toEqual(slices(trace, 3000, 50, 7));
    },
  );

  test('does something else with another seed', () => {
    expect(slices(LOOP, 500, 20, 1)).not.toEqual(slices(LOOP, 500, 20, 2));
  });
});

describe('instructions between exits', () => {
  test('are what is left of the time between two exits after the round trip itself', () => {
    // 25,000 ns less 3,500 ns at 3.5 cycles a nanosecond and one cycle an instruction.
    expect(instructionsBetweenExits(40_000, 3.5)).toBe(75_250);
    expect(instructionsBetweenExits(1000, 2)).toBe((1_000_000 - 3500) * 2);
  });

  test('are at least a hundred, however many exits are asked for', () => {
    expect(instructionsBetweenExits(10_000_000, 3.5)).toBe(100);
  });
});
