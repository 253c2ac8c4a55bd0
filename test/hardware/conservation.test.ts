import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CAUSE_IDS } from '../../src/cost/causes.ts';
import { KIND, type PriceList, type SimpleKindId } from '../../src/cost/ledger.ts';
import { liveByOwner } from '../../src/hardware/census.ts';
import type { MachineConfig } from '../../src/hardware/machine-config.ts';
import { REPLACEMENTS } from '../../src/hardware/machine-preset.ts';
import type { TaggedTlb } from '../../src/hardware/tagged-tlb.ts';
import { referenceTlb } from './reference-tlb.ts';
import { arrayOf, PAGES_PER_PDE, SmallMachine, TELLING_PRICES } from './small-machine.ts';

/** Guest 0 is the host; 1 has native tables, 2 nested ones of 4K and 3 of 2M pages. */
const GUESTS = [0, 1, 2, 3];
const PAGES = 40;
type Op =
  | { readonly kind: 'touch'; readonly guest: number; readonly page: number; readonly side: 0 | 1 }
  | { readonly kind: 'flush'; readonly guest: number; readonly control: number }
  | { readonly kind: 'invlpg' | 'invlpga'; readonly guest: number; readonly page: number };

const guest = fc.constantFrom(...GUESTS);
const page = fc.nat(PAGES - 1);
const touch = fc.record({
  kind: fc.constant('touch' as const),
  guest,
  page,
  side: fc.constantFrom(0 as const, 1 as const),
});
const flush = fc.oneof(
  fc.record({ kind: fc.constant('flush' as const), guest, control: fc.constantFrom(1, 3, 7) }),
  fc.record({ kind: fc.constantFrom('invlpg' as const, 'invlpga' as const), guest, page }),
);
const touches = fc.array(touch, { minLength: 20, maxLength: 300 });
const ops: fc.Arbitrary<Op[]> = fc.array(
  fc.oneof<[fc.MaybeWeightedArbitrary<Op>, fc.MaybeWeightedArbitrary<Op>]>(
    { weight: 12, arbitrary: touch },
    { weight: 1, arbitrary: flush },
  ),
  { minLength: 20, maxLength: 300 },
);

const ways = fc.constantFrom(1, 2, 4, 8);
const config: fc.Arbitrary<Partial<MachineConfig>> = fc.record({
  firstLevelData: ways.map((n) => [arrayOf('L1 DTLB', n)]),
  firstLevelInstruction: ways.map((n) => [arrayOf('L1 ITLB', n)]),
  secondLevelData: fc
    .tuple(fc.constantFrom(1, 2, 3, 4), ways)
    .map(([sets, n]) => [arrayOf('L2 TLB', sets * n, n)]),
  secondLevelInstruction: fc.constantFrom([], [arrayOf('L2 ITLB', 8, 2)]),
  replacement: fc.constantFrom(...REPLACEMENTS),
  upperEntries: fc.integer({ min: 1, max: 8 }),
  pdeEntries: fc.integer({ min: 1, max: 8 }),
  pdeInSecondLevelTlb: fc.boolean(),
  nestedTlbEntries: fc.integer({ min: 1, max: 8 }),
  nestedUpperEntries: fc.integer({ min: 1, max: 8 }),
});

/** Runs the operations; `asidOf` names the guests for the hardware. */
function run(
  machine: SmallMachine,
  sequence: readonly Op[],
  asidOf = (guest: number) => guest,
  eachStep: (op: Op) => void = () => {},
) {
  const { tables, pcpu } = machine;
  const nested = { 2: tables.addNestedSpace('4K'), 3: tables.addNestedSpace('2M') };
  const rows = GUESTS.map((guest) => {
    const space = tables.addSpace(guest === 2 || guest === 3 ? nested[guest] : null);
    // Neighbours and pages in other 2M regions; every third page is global, the last ten are 2M.
    return Array.from({ length: PAGES }, (_, at) =>
      machine.map(space, Math.floor(at / 8) * 3 * PAGES_PER_PDE + (at % 8), {
        size: at >= 30 ? '2M' : '4K',
        global: at % 3 === 0,
        frame: (at * 7) % 64,
        tableFrames: (level, index) => (level * 5 + index) % 16,
      }),
    );
  });
  for (const op of sequence) {
    const asid = asidOf(op.guest);
    const control = op.kind === 'flush' ? op.control : 0;
    if (op.guest !== 0) pcpu.vmrun(asid, control, op.guest);
    if (op.kind === 'touch') pcpu.touch(rows[op.guest]![op.page]!, op.side);
    else if (op.kind === 'invlpg') pcpu.invlpg(rows[op.guest]![op.page]!);
    if (op.guest !== 0) pcpu.vmexit();
    if (op.kind === 'invlpga') pcpu.invlpga(asid, rows[op.guest]![op.page]!);
    eachStep(op);
  }
  return rows;
}

/** Live entries by key and tag. */
function duplicates(array: TaggedTlb): string[] {
  const seen = new Set<string>();
  const twice: string[] = [];
  for (const { key, tag } of array.contents()) {
    if (key < 0 || tag === 0) continue;
    const name = `${key}@${tag}`;
    if (seen.has(name)) twice.push(`${array.name}: ${name}`);
    seen.add(name);
  }
  return twice;
}

describe('in any world', () => {
  test('an access walks at most once, and only after a first-level miss', () => {
    fc.assert(
      fc.property(config, ops, (config, sequence) => {
        const machine = new SmallMachine(config);
        let before = machine.total;
        run(machine, sequence, undefined, (op) => {
          const { total } = machine;
          const walks = total.walks - before.walks;
          const references = total.references - before.references;
          const misses = total.firstLevelMisses - before.firstLevelMisses;
          expect(misses).toBeLessThanOrEqual(op.kind === 'touch' ? 1 : 0);
          expect(walks).toBeLessThanOrEqual(misses);
          expect(references).toBeLessThanOrEqual(walks * 24);
          expect(references).toBeGreaterThanOrEqual(walks);
          before = total;
        });
      }),
      { seed: 21, numRuns: 100 },
    );
  });

  test('the census of owners counts each live entry once; a flush takes those of one owner and no other', () => {
    fc.assert(
      fc.property(config, ops, (config, sequence) => {
        const machine = new SmallMachine(config);
        let before: ReadonlyMap<number, number> = new Map();
        run(machine, sequence, undefined, (op) => {
          const { all } = machine.pcpu.arrays;
          const live = liveByOwner(all);
          const counted = [...live.values()].reduce((sum, count) => sum + count, 0);
          expect(counted).toBe(all.reduce((sum, array) => sum + array.liveEntries(), 0));
          if (op.kind === 'flush' && op.control === 3 && op.guest !== 0) {
            const others = [...before].filter(([owner]) => owner !== op.guest);
            expect(live).toEqual(new Map(others));
          }
          before = live;
        });
      }),
      { seed: 27, numRuns: 60 },
    );
  });

  test('no array holds more live entries than it has, or the same translation twice', () => {
    fc.assert(
      fc.property(config, ops, (config, sequence) => {
        const machine = new SmallMachine(config);
        run(machine, sequence);
        for (const array of machine.pcpu.arrays.all) {
          expect(array.liveEntries()).toBeLessThanOrEqual(array.entries);
          expect(duplicates(array)).toEqual([]);
        }
      }),
      { seed: 22, numRuns: 200 },
    );
  });

  test('only the flush instructions of a run without translations cost anything but switches', () => {
    const machine = new SmallMachine();
    run(machine, [
      { kind: 'flush', guest: 1, control: 3 },
      { kind: 'flush', guest: 2, control: 1 },
      { kind: 'invlpga', guest: 1, page: 0 },
    ]);
    const { counts } = machine.ledger;
    expect(counts[KIND.worldSwitch]).toBe(3);
    expect(counts[KIND.flushAsid]).toBe(1);
    expect(counts[KIND.flushAll]).toBe(1);
    expect(counts[KIND.invlpga]).toBe(1);
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(6);
  });

  test('nothing is stale as long as each owner has an ASID of its own', () => {
    fc.assert(
      fc.property(config, ops, (config, sequence) => {
        const machine = new SmallMachine(config);
        run(machine, sequence);
        expect(machine.staleHits).toBe(0);
      }),
      { seed: 23, numRuns: 100 },
    );
  });
});

describe('refill', () => {
  const refillCycles = (machine: SmallMachine) => {
    const byCause = machine.ledger.cyclesByCause(machine.ledger.counts);
    return byCause.refillTlb + byCause.refillWalkCache + byCause.refillNestedTlb;
  };

  test('is nil in a run without a flush, whatever is evicted', () => {
    fc.assert(
      fc.property(config, touches, (config, sequence) => {
        const machine = new SmallMachine(config);
        run(machine, sequence);
        expect(refillCycles(machine)).toBe(0);
      }),
      { seed: 24, numRuns: 150 },
    );
  });

  test('is for none but the guest that was flushed, where there is room for all', () => {
    fc.assert(
      fc.property(ops, (sequence) => {
        // Guest 1 asks for no flush, and nobody flushes every ASID.
        const kept = sequence.filter(
          (op) =>
            op.kind === 'touch' || (op.guest !== 1 && !(op.kind === 'flush' && op.control === 1)),
        );
        const walksOf = (sequence: readonly Op[]) => {
          const machine = new SmallMachine();
          run(machine, sequence);
          return machine.total.walks;
        };
        const first = kept.filter((op) => op.guest === 1);
        const others = kept.filter((op) => op.guest !== 1);
        expect(walksOf(kept)).toBe(walksOf(first) + walksOf(others));
      }),
      { seed: 25, numRuns: 60 },
    );
  });

  test('is what a flush costs: with it come as many walks as without it, and the refill', () => {
    fc.assert(
      fc.property(touches, fc.nat(299), (sequence, at) => {
        const flush: Op = { kind: 'flush', guest: 2, control: 3 };
        const where = Math.min(at, sequence.length);
        const flushed = [...sequence.slice(0, where), flush, ...sequence.slice(where)];
        const [without, withIt] = [sequence, flushed].map((ops) => {
          const machine = new SmallMachine();
          run(machine, ops);
          return machine.total;
        });
        const refill = withIt!.byCause.refillTlb?.walks ?? 0;
        expect(withIt!.walks - without!.walks).toBe(refill);
        expect(withIt!.byCause.missCold?.walks).toBe(without!.byCause.missCold?.walks);
      }),
      { seed: 26, numRuns: 60 },
    );
  });
});

describe('first-level misses', () => {
  const anyReplacement = fc.constantFrom(...REPLACEMENTS);

  test('are those of a plain implementation that sees the same accesses and flushes', () => {
    fc.assert(
      fc.property(config, anyReplacement, ways, ops, (config, replacement, n, sequence) => {
        // Without pages of 2M an entry is a page, and a data side of its own sees data only.
        const plain = referenceTlb(1, n, replacement);
        const machine = new SmallMachine({
          ...config,
          replacement,
          firstLevelData: [arrayOf('L1 DTLB', n)],
          firstLevelInstruction: [arrayOf('L1 ITLB', n)],
        });
        const kept = sequence.filter((op) =>
          op.kind === 'touch'
            ? op.side === 1 && op.page < 30 && op.guest < 3
            : op.kind === 'flush' && op.control !== 7,
        );
        let misses = 0;
        run(machine, kept, undefined, (op) => {
          if (op.kind === 'touch') misses += plain.access(op.page, op.guest) ? 0 : 1;
          else if (op.kind === 'flush' && op.guest !== 0) {
            for (const asid of op.control === 1 ? GUESTS : [op.guest]) plain.flush(asid);
          }
        });
        expect(machine.total.firstLevelMisses).toBe(misses);
      }),
      { seed: 27, numRuns: 150 },
    );
  });

  test('do not become more when a fully associative LRU array grows', () => {
    fc.assert(
      fc.property(
        config,
        ops,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        (config, sequence, entries, more) => {
          const [small, large] = [entries, entries + more].map((n) => {
            const machine = new SmallMachine({
              ...config,
              replacement: 'lru',
              firstLevelData: [arrayOf('L1 DTLB', n)],
              firstLevelInstruction: [arrayOf('L1 ITLB', n)],
            });
            run(machine, sequence);
            return machine.total.firstLevelMisses;
          });
          expect(large).toBeLessThanOrEqual(small!);
        },
      ),
      { seed: 28, numRuns: 150 },
    );
  });
});

describe('names and prices', () => {
  test('ASIDs are only names: other numbers change nothing', () => {
    fc.assert(
      fc.property(
        config,
        ops,
        fc.shuffledSubarray([1, 2, 3, 4, 500, 32_767], { minLength: 3, maxLength: 3 }),
        (config, sequence, asids) => {
          const named = new SmallMachine(config);
          run(named, sequence);
          const renamed = new SmallMachine(config);
          run(renamed, sequence, (guest) => (guest === 0 ? 0 : asids[guest - 1]!));
          expect(renamed.ledger.counts).toEqual(named.ledger.counts);
        },
      ),
      { seed: 29, numRuns: 100 },
    );
  });

  test('one ASID for two guests is not the same as two', () => {
    const sequence: Op[] = [1, 2].map((guest) => ({ kind: 'touch', guest, page: 0, side: 1 }));
    const apart = new SmallMachine();
    run(apart, sequence);
    const together = new SmallMachine();
    run(together, sequence, () => 1);
    expect([apart.total.walks, apart.staleHits]).toEqual([2, 0]);
    expect([together.total.walks, together.staleHits]).toEqual([1, 1]);
  });

  test('prices times k give k times the cycles of every cause, and the same counts', () => {
    const scaled = (k: number): PriceList => ({
      simple: Object.fromEntries(
        Object.entries(TELLING_PRICES.simple).map(([id, price]) => [id, price * k]),
      ) as Record<SimpleKindId, number>,
      walkStartCycles: TELLING_PRICES.walkStartCycles * k,
      walkReferenceCycles: TELLING_PRICES.walkReferenceCycles.map((price) => price * k),
    });
    fc.assert(
      fc.property(config, ops, fc.integer({ min: 2, max: 50 }), (config, sequence, k) => {
        const once = new SmallMachine(config);
        run(once, sequence);
        const times = new SmallMachine({ ...config, prices: scaled(k) });
        run(times, sequence);
        expect(times.ledger.counts).toEqual(once.ledger.counts);
        const one = once.ledger.cyclesByCause(once.ledger.counts);
        const many = times.ledger.cyclesByCause(times.ledger.counts);
        for (const id of CAUSE_IDS) expect(many[id]).toBe(one[id] * k);
        expect(times.ledger.cycles).toBe(once.ledger.cycles * k);
      }),
      { seed: 30, numRuns: 60 },
    );
  });
});
