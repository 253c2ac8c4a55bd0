import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Replacement } from '../../src/hardware/machine-preset.ts';
import { FAR, planTouches } from '../../src/hardware/touch-plan.ts';
import { firstLevelUse, type TouchStream } from '../../src/hardware/touch-stream.ts';
import { arrayOf, SmallMachine } from './small-machine.ts';

const SMALL_PAGES = 20;
const LARGE_PAGES = 4;
const PAGES = SMALL_PAGES + LARGE_PAGES;
const FIRST_LARGE = 1024;

type Op =
  | { kind: 'vmrun'; asid: number; control: number; owner: number }
  | { kind: 'run'; from: number; touches: number }
  | { kind: 'invlpg'; page: number }
  | { kind: 'require'; page: number }
  | { kind: 'movCr3'; pcid: number };

/** Loops with excursions: a page comes back soon, late, or never. */
const touches = fc
  .array(
    fc.record({
      page: fc.nat(PAGES - 1),
      side: fc.nat(1),
      repeat: fc.integer({ min: 1, max: 30 }),
      next: fc.nat(PAGES - 1),
    }),
    { minLength: 10, maxLength: 60 },
  )
  .map((runs) =>
    Int32Array.from(
      runs.flatMap(({ page, side, repeat, next }) =>
        Array.from({ length: repeat * 2 }, (_, at) => (at % 2 === 0 ? page : next) * 2 + side),
      ),
    ),
  );

const vmrun = fc.record({
  kind: fc.constant('vmrun' as const),
  asid: fc.integer({ min: 1, max: 2 }),
  control: fc.constantFrom(0, 0, 0, 1, 3, 7),
  owner: fc.integer({ min: 1, max: 2 }),
});
const run = fc.record({
  kind: fc.constant('run' as const),
  from: fc.nat(3000),
  touches: fc.nat(600),
});
const page = fc.nat(PAGES - 1);
const change = fc.oneof(
  fc.record({ kind: fc.constantFrom('invlpg' as const, 'require' as const), page }),
  fc.record({ kind: fc.constant('movCr3' as const), pcid: fc.integer({ min: 0, max: 1 }) }),
);

function opsWith(changes: number): fc.Arbitrary<Op[]> {
  const op = fc.oneof<fc.MaybeWeightedArbitrary<Op>[]>(
    { weight: 3, arbitrary: vmrun },
    { weight: 6, arbitrary: run },
    { weight: changes, arbitrary: change },
  );
  return fc.array(op, { minLength: 5, maxLength: 40 });
}

const shape = fc.record({
  ways: fc.constantFrom(1, 2, 4, 16),
  sets: fc.constantFrom(1, 1, 2, 3),
  seconds: fc.constantFrom(8, 64),
  skipsStale: fc.boolean(),
});
type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never;

/** How a run is carried out: by a plan, without one, or by one call for each touch. */
type Way = 'planned' | 'each' | 'touch';

class Runner {
  private readonly way: Way;
  readonly machine: SmallMachine;
  private readonly stream: TouchStream;
  private time = 1;
  private readonly rows: Int32Array;

  constructor(stream: Int32Array, form: Shape, way: Way, replacement: Replacement = 'lru') {
    const { ways, sets, seconds, skipsStale } = form;
    this.way = way;
    this.machine = new SmallMachine(
      {
        replacement,
        firstLevelData: [arrayOf('L1 DTLB', ways * sets, ways)],
        firstLevelInstruction: [arrayOf('L1 ITLB', 4, 4)],
        secondLevelData: [arrayOf('L2 TLB', seconds, 4)],
      },
      { skipsStale, now: () => this.time },
    );
    const { tables, pcpu } = this.machine;
    const space = tables.addSpace(null);
    this.rows = new Int32Array(PAGES * 2);
    for (let index = 0; index < PAGES; index += 1) {
      const isLarge = index >= SMALL_PAGES;
      // Two pages of each large mapping share its entry.
      const number = isLarge ? FIRST_LARGE + 256 * (index - SMALL_PAGES) : index;
      const row = this.machine.map(space, number, {
        size: isLarge ? '2M' : '4K',
        global: index % 3 === 0 && !isLarge,
      });
      this.rows.fill(row, index * 2, index * 2 + 2);
    }
    const use = way === 'planned' ? firstLevelUse(pcpu.arrays, tables, this.rows) : null;
    const plan = use === null ? null : planTouches(stream, use);
    this.stream = { touches: stream, rows: this.rows, plan };
  }

  do(op: Op): void {
    const { pcpu, tables } = this.machine;
    if (op.kind === 'vmrun') pcpu.vmrun(op.asid, op.control, op.owner);
    else if (op.kind === 'invlpg') pcpu.invlpg(this.rows[op.page * 2]!);
    else if (op.kind === 'movCr3') pcpu.movCr3(op.pcid, true);
    else if (op.kind === 'require') {
      this.time += 1;
      tables.require(this.rows[op.page * 2]!, this.time, 2);
    } else {
      const from = op.from % this.stream.touches.length;
      const to = Math.min(this.stream.touches.length, from + op.touches);
      if (this.way === 'touch') this.touchEach(from, to);
      else pcpu.run(this.stream, from, to);
    }
  }

  private touchEach(from: number, to: number): void {
    for (const touch of this.stream.touches.subarray(from, to)) {
      this.machine.pcpu.touch(this.rows[touch]!, touch % 2 === 1 ? 1 : 0);
    }
  }

  /** Everything that later accesses can depend on, but for ages: those show in later victims. */
  state(): unknown {
    const arrays = this.machine.pcpu.arrays.all.map((array) => array.contents());
    return { counts: [...this.machine.total.counts], stale: this.machine.staleHits, arrays };
  }
}

/** Vitest's own comparison, which can tell the difference, takes ten times as long where there is none. */
function expectSame(left: Runner, right: Runner): void {
  const [first, second] = [left.state(), right.state()];
  if (!isDeepStrictEqual(first, second)) expect(first).toEqual(second);
}

function agree(stream: Int32Array, form: Shape, ops: readonly Op[]): void {
  const planned = new Runner(stream, form, 'planned');
  const each = new Runner(stream, form, 'each');
  for (const op of ops) {
    planned.do(op);
    each.do(op);
    expectSame(planned, each);
  }
}

describe('a run with a plan leaves what a run touch by touch leaves, slot by slot', () => {
  test('when contexts change and TLBs are flushed between runs', () => {
    fc.assert(fc.property(touches, shape, opsWith(0), agree), { seed: 31, numRuns: 300 });
  });

  test('when pages are invalidated, entries are stale, and PCIDs are in use', () => {
    fc.assert(fc.property(touches, shape, opsWith(4), agree), { seed: 32, numRuns: 300 });
  });
});

test.each(['lru', 'fifo', 'tree-plru', 'nru', 'random'] as const)(
  'a run without a plan leaves what its touches leave, under %s',
  (replacement) => {
    const same = (stream: Int32Array, form: Shape, ops: readonly Op[]): void => {
      const each = new Runner(stream, form, 'each', replacement);
      const touched = new Runner(stream, form, 'touch', replacement);
      for (const op of ops) {
        each.do(op);
        touched.do(op);
        expectSame(each, touched);
      }
    };
    fc.assert(fc.property(touches, shape, opsWith(2), same), { seed: 33, numRuns: 150 });
  },
);

test('a page that comes back from too far away for a plan to tell is touched anew', () => {
  const loop = Array.from({ length: FAR + 100 }, (_, at) => (1 + (at % 3)) * 2);
  const stream = Int32Array.from([0, ...loop, 0, ...loop, 0]);
  const form = { ways: 4, sets: 1, seconds: 8, skipsStale: false } as const;
  const last = stream.length - 1;
  agree(stream, form, [
    { kind: 'vmrun', asid: 1, control: 0, owner: 1 },
    { kind: 'run', from: 0, touches: stream.length },
    { kind: 'vmrun', asid: 2, control: 3, owner: 2 },
    { kind: 'run', from: 1, touches: stream.length },
    { kind: 'run', from: last - FAR - 50, touches: FAR + 51 },
  ]);
});

describe('a plan', () => {
  const ALL_ONE_SET = { entry: [0, 1, 2, 3], set: [0, 0, 0, 0], ways: [2], sharesEntries: false };
  const use = {
    ...ALL_ONE_SET,
    entry: Int32Array.from(ALL_ONE_SET.entry),
    set: Int32Array.from(ALL_ONE_SET.set),
    ways: Int32Array.from(ALL_ONE_SET.ways),
  };

  test('names what misses in two ways, and what goes for it', () => {
    const plan = planTouches(Int32Array.from([0, 1, 0, 2, 1, 0, 0]), use);
    // 2 evicts 1, 1 evicts 0, 0 evicts 2; the last 0 hits.
    expect([...plan.forcedAt]).toEqual([3, 4, 5, 7]);
    expect([...plan.forcedVictim]).toEqual([1, 0, 2]);
  });

  test('knows where each touch occurred before and occurs next', () => {
    const plan = planTouches(Int32Array.from([0, 1, 0, 2]), use);
    expect([...plan.sinceLast]).toEqual([FAR, FAR, 2, FAR]);
    expect([...plan.untilNext]).toEqual([2, FAR, FAR, FAR]);
    expect([plan.leastLast[0], plan.greatestNext[0]]).toEqual([-1, 4]);
  });

  test('is not made for arrays that are not true LRU', () => {
    const machine = new SmallMachine({ replacement: 'tree-plru' });
    const row = machine.map(machine.tables.addSpace(null), 1);
    const { arrays } = machine.pcpu;
    expect(firstLevelUse(arrays, machine.tables, Int32Array.of(row, row))).toBeNull();
  });
});
