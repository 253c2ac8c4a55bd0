import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CAUSE_IDS, CAUSES } from '../../src/cost/causes.ts';
import {
  hardwareFlushesIn,
  KIND,
  KIND_COUNT,
  Ledger,
  LOCATIONS,
  type PriceList,
  type SimpleKindId,
  TICKS_PER_CYCLE,
  WALK_CAUSES,
  WALK_KINDS,
  WALK_ROW,
  walkReferencesIn,
  walksIn,
} from '../../src/cost/ledger.ts';

const KIND_IDS = Object.keys(KIND) as SimpleKindId[];

function pricesOf(simple: (index: number) => number, walk: readonly number[]): PriceList {
  return {
    simple: Object.fromEntries(KIND_IDS.map((id, index) => [id, simple(index)])) as Record<
      SimpleKindId,
      number
    >,
    walkStartCycles: walk[0] ?? 0,
    walkReferenceCycles: walk.slice(1),
  };
}

const price = fc.double({ min: 0, max: 5000, noNaN: true });
const priceList = fc
  .tuple(
    fc.array(price, { minLength: KIND_IDS.length, maxLength: KIND_IDS.length }),
    fc.array(price, { minLength: WALK_ROW, maxLength: WALK_ROW }),
  )
  .map(([simple, walk]) => pricesOf((index) => simple[index]!, walk));
const charges = fc.array(
  fc.tuple(fc.integer({ min: 0, max: KIND_COUNT - 1 }), fc.integer({ min: 0, max: 1000 })),
  { maxLength: 200 },
);

describe('the ledger', () => {
  test('charges every cycle to exactly one cause: their sum is the clock, exactly', () => {
    fc.assert(
      fc.property(priceList, charges, (prices, sequence) => {
        const ledger = new Ledger(prices);
        for (const [kind, count] of sequence) ledger.charge(kind, count);
        const byCause = ledger.cyclesByCause(ledger.counts);
        const sum = CAUSE_IDS.reduce(
          (total, id) => total + Math.round(byCause[id] * TICKS_PER_CYCLE),
          0,
        );
        expect(sum).toBe(ledger.ticks);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('does so for a difference of counts as well', () => {
    fc.assert(
      fc.property(priceList, charges, charges, (prices, before, after) => {
        const ledger = new Ledger(prices);
        for (const [kind, count] of before) ledger.charge(kind, count);
        const counts = ledger.counts.slice();
        const clock = ledger.ticks;
        for (const [kind, count] of after) ledger.charge(kind, count);
        const added = ledger.counts.map((count, kind) => count - counts[kind]!);
        const byCause = ledger.cyclesByCause(added);
        const sum = CAUSE_IDS.reduce(
          (total, id) => total + Math.round(byCause[id] * TICKS_PER_CYCLE),
          0,
        );
        expect(sum).toBe(ledger.ticks - clock);
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  test('comes to the same clock in whatever order and portions things are charged', () => {
    fc.assert(
      fc.property(priceList, charges, (prices, sequence) => {
        const forwards = new Ledger(prices);
        for (const [kind, count] of sequence) forwards.charge(kind, count);
        const backwards = new Ledger(prices);
        for (const [kind, count] of [...sequence].reverse()) {
          const part = Math.floor(count / 2);
          backwards.charge(kind, part);
          backwards.charge(kind, count - part);
        }
        expect(backwards.ticks).toBe(forwards.ticks);
      }),
      { seed: 3, numRuns: 100 },
    );
  });

  test('has a cause for every kind, and only one', () => {
    for (let kind = 0; kind < KIND_COUNT; kind += 1) {
      const ledger = new Ledger(pricesOf(() => 1, [1, 1, 1, 1, 1]));
      ledger.charge(kind, 3);
      const byCause = ledger.cyclesByCause(ledger.counts);
      const charged = CAUSE_IDS.filter((id) => byCause[id] !== 0);
      expect(charged, `kind ${kind}`).toHaveLength(1);
      expect(byCause[charged[0]!]).toBe(3);
    }
  });

  test('has a kind for every cause', () => {
    const ledger = new Ledger(pricesOf(() => 1, [1, 1, 1, 1, 1]));
    for (let kind = 0; kind < KIND_COUNT; kind += 1) ledger.charge(kind, 1);
    const byCause = ledger.cyclesByCause(ledger.counts);
    expect(CAUSE_IDS.filter((id) => byCause[id] === 0)).toEqual([]);
    expect(CAUSES.map(({ id }) => id)).toEqual(Object.keys(byCause));
  });

  test.each([
    ['worldSwitch', 'worldSwitch'],
    ['flushAsid', 'flushInstruction'],
    ['flushAll', 'flushInstruction'],
    ['invlpga', 'flushInstruction'],
    ['flushRequest', 'flushRequest'],
    ['syncInstruction', 'mmuSync'],
    ['invlpg', 'guestFlush'],
    ['movCr3', 'guestFlush'],
    ['secondLevelHit', 'secondLevelHit'],
    ['l0Instruction', 'l0Instructions'],
    ['l1Instruction', 'l1Instructions'],
    ['l2Instruction', 'l2Instructions'],
  ] as const)('charges %s to %s', (kind, cause) => {
    const ledger = new Ledger(pricesOf(() => 2, [0, 0, 0, 0, 0]));
    ledger.charge(KIND[kind], 1);
    expect(ledger.cyclesByCause(ledger.counts)[cause]).toBe(2);
  });

  test.each(WALK_CAUSES.map((cause, index) => ({ cause, index })))(
    'charges a walk of $cause, its start and its references, to $cause',
    ({ cause, index }) => {
      const ledger = new Ledger(pricesOf(() => 0, [1, 10, 100, 1000, 10_000]));
      const row = WALK_KINDS + index * WALK_ROW;
      for (let at = 0; at < WALK_ROW; at += 1) ledger.charge(row + at, at + 1);
      expect(ledger.cyclesByCause(ledger.counts)[cause]).toBe(54_321);
      expect(ledger.cycles).toBe(54_321);
      expect(walksIn(ledger.counts)).toBe(1);
      expect(walkReferencesIn(ledger.counts)).toBe(2 + 3 + 4 + 5);
    },
  );

  test.each([
    [0.123_456_7, 123_457],
    [0.000_000_5, 1],
    [0.000_000_4, 0],
    [1 / 3, 333_333],
    [909.999_999_9, 910_000_000],
  ])('takes a price of %f cycles as %i millionths', (cycles, ticks) => {
    const ledger = new Ledger(pricesOf(() => cycles, [cycles, 0, cycles, 0, 0]));
    ledger.charge(KIND.worldSwitch, 1);
    expect(TICKS_PER_CYCLE).toBe(1_000_000);
    expect(ledger.ticks).toBe(ticks);
    ledger.charge(WALK_KINDS, 1);
    ledger.charge(WALK_KINDS + 2, 1);
    expect(ledger.ticks).toBe(3 * ticks);
    expect(ledger.cycles).toBe((3 * ticks) / TICKS_PER_CYCLE);
  });

  test('adds a millionth a million times without drift', () => {
    const ledger = new Ledger(pricesOf(() => 0.000_001, [0, 0, 0, 0, 0]));
    for (let at = 0; at < 1_000_000; at += 1) ledger.charge(KIND.l0Instruction, 1);
    expect(ledger.cycles).toBe(1);
  });

  test('counts as hardware flushes the VMRUNs that flush, and not the INVLPGAs', () => {
    const ledger = new Ledger(pricesOf(() => 0, [0, 0, 0, 0, 0]));
    ledger.charge(KIND.flushAsid, 2);
    ledger.charge(KIND.flushAll, 3);
    ledger.charge(KIND.invlpga, 7);
    ledger.charge(KIND.invlpg, 7);
    expect(hardwareFlushesIn(ledger.counts)).toBe(5);
  });

  test('has a price for each place that a line can be in', () => {
    expect(LOCATIONS).toEqual(['L1d', 'L2', 'L3', 'Dram']);
    expect(WALK_ROW).toBe(1 + LOCATIONS.length);
    expect(KIND_COUNT).toBe(KIND_IDS.length + WALK_CAUSES.length * WALK_ROW);
  });
});
