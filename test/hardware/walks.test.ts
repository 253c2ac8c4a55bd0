import { describe, expect, test } from 'vitest';
import { KIND } from '../../src/cost/ledger.ts';
import type { PageSize } from '../../src/hardware/machine-preset.ts';
import {
  arrayOf,
  PAGES_PER_PDE,
  PAGES_PER_PDPTE,
  PAGES_PER_PML4E,
  SmallMachine,
} from './small-machine.ts';

/** Levels that a walk reads: one less for each step up in leaf size. */
const LEVELS: Readonly<Record<PageSize, number>> = { '4K': 4, '2M': 3, '1G': 2 };

/** So far apart that no two tables share an entry of the nested page tables. */
const farApart = (level: number) => (level + 1) * PAGES_PER_PML4E;

/** A machine in a guest with nested paging, ASID 1. */
function nestedGuest(leaf: '4K' | '2M', config = {}) {
  const machine = new SmallMachine(config);
  const space = machine.tables.addSpace(machine.tables.addNestedSpace(leaf));
  machine.pcpu.vmrun(1, 0, 1);
  return { machine, space };
}

/** A machine whose host runs: native walks. */
function native(config = {}) {
  const machine = new SmallMachine(config);
  return { machine, space: machine.tables.addSpace(null) };
}

describe('a cold native walk', () => {
  test.each([
    ['4K', 4],
    ['2M', 3],
    ['1G', 2],
  ] as const)('of a %s page makes %i references, all to DRAM', (size, references) => {
    const { machine, space } = native();
    const charged = machine.touching(machine.map(space, 0x1234_5678, { size }));
    expect(charged.walks).toBe(1);
    expect(charged.locations).toEqual({ Dram: references });
    expect(charged.cycles).toBe(17 + references * 400);
  });
});

describe('a cold nested walk makes (g+1)(h+1)-1 references for g guest and h nested levels', () => {
  test.each([
    ['4K', '4K', 24],
    ['2M', '4K', 19],
    ['1G', '4K', 14],
    ['4K', '2M', 19],
    ['2M', '2M', 15],
    ['1G', '2M', 11],
  ] as const)('%s guest pages on %s nested pages: %i', (size, leaf, references) => {
    const g = LEVELS[size];
    const h = LEVELS[leaf];
    expect((g + 1) * (h + 1) - 1).toBe(references);
    const { machine, space } = nestedGuest(leaf);
    const frame = 10 * PAGES_PER_PML4E;
    const row = machine.map(space, 0x1234_5678, { size, frame, tableFrames: farApart });
    expect(machine.touching(row).references).toBe(references);
  });

  test('and fewer where the tables share upper levels of the nested page tables', () => {
    const { machine, space } = nestedGuest('4K');
    const row = machine.map(space, 0x1234_5678, { frame: 9, tableFrames: (level) => level });
    // 4 nested levels once; of the other 3 tables and the page only the leaf, each; 4 guest entries.
    expect(machine.touching(row).references).toBe(4 + 4 + 4);
  });
});

describe('a cached upper-level entry shortens a walk', () => {
  // ChampSim's page-walk-cache tests (600 to 603) step through the same depths; there the lowest
  // level is read in any case, so its counts for five levels are 2 to 5, and ours for four 1 to 4.
  test.each([
    ['PDE', 1, 1],
    ['PDPTE', PAGES_PER_PDE, 2],
    ['PML4E', PAGES_PER_PDPTE, 3],
    ['none', PAGES_PER_PML4E, 4],
  ] as const)('%s cached: a page %i pages away costs %i native references', (_, away, expected) => {
    const { machine, space } = native();
    const first = machine.map(space, 5 * PAGES_PER_PML4E);
    const second = machine.map(space, 5 * PAGES_PER_PML4E + away);
    machine.pcpu.touch(first, 1);
    expect(machine.touching(second).references).toBe(expected);
  });

  test.each([
    ['PDE', 1, 1],
    ['PDPTE', PAGES_PER_PDE, 1 + 1 + 4],
    ['PML4E', PAGES_PER_PDPTE, 1 + 2 * (1 + 4)],
    ['none', PAGES_PER_PML4E, 1 + 3 * (1 + 4)],
  ] as const)(
    '%s cached: the sPA of the next table is known, so nested paging adds tables below it only',
    (_, away, expected) => {
      const { machine, space } = nestedGuest('4K');
      const first = machine.map(space, 5 * PAGES_PER_PML4E, { frame: 0 });
      // Tables of its own, each far from the others; the page itself is where the first one is.
      const second = machine.map(space, 5 * PAGES_PER_PML4E + away, {
        frame: 0,
        tableFrames: (level) => (level === 3 ? 0 : farApart(level)),
      });
      machine.pcpu.touch(first, 1);
      expect(machine.touching(second).references).toBe(expected);
    },
  );

  test('with the PDE cached the page itself is still translated in the second dimension', () => {
    const { machine, space } = nestedGuest('4K');
    machine.pcpu.touch(machine.map(space, 0, { frame: 0 }), 1);
    const elsewhere = machine.map(space, 1, { frame: PAGES_PER_PML4E });
    expect(machine.touching(elsewhere).references).toBe(1 + 4);
  });

  test('a nested TLB hit costs no reference', () => {
    const { machine, space } = nestedGuest('2M');
    machine.pcpu.touch(machine.map(space, 0, { frame: 0 }), 1);
    // Another guest page of the same PDE in the same 2M nested page: one PTE.
    expect(machine.touching(machine.map(space, 1, { frame: 511 })).references).toBe(1);
  });

  test('an evicted nested TLB entry costs its leaf again while its upper levels are cached', () => {
    const { machine, space } = nestedGuest('4K', { nestedTlbEntries: 1 });
    machine.pcpu.touch(machine.map(space, 0, { frame: 1 }), 1);
    // The page table's own frame has been evicted by the page's, and the PDE makes it unnecessary.
    expect(machine.touching(machine.map(space, 1, { frame: 2 })).references).toBe(1 + 1);
  });

  test('no upper-level entry of another ASID is used', () => {
    const { machine, space } = nestedGuest('4K');
    machine.pcpu.touch(machine.map(space, 0, { tableFrames: farApart }), 1);
    machine.pcpu.vmexit();
    machine.pcpu.vmrun(2, 0, 1);
    const neighbour = machine.map(space, 1, { tableFrames: farApart, frame: 0 });
    expect(machine.touching(neighbour).references).toBe(24);
  });

  test('PDEs that live in the second-level TLB compete with translations', () => {
    const touchBoth = (pdeInSecondLevelTlb: boolean) => {
      const second = [arrayOf('L2 DTLB', 2)];
      const { machine, space } = native({ pdeInSecondLevelTlb, secondLevelData: second });
      for (const page of [0, 1, 2]) machine.pcpu.touch(machine.map(space, page), 1);
      return machine.touching(machine.map(space, 3)).references;
    };
    expect(touchBoth(false)).toBe(1);
    // Each walk uses the PDE before it fills its page, so true LRU keeps it even here.
    expect(touchBoth(true)).toBe(1);
    const { machine, space } = native({
      pdeInSecondLevelTlb: true,
      secondLevelData: [arrayOf('L2 DTLB', 1)],
    });
    machine.pcpu.touch(machine.map(space, 0), 1);
    expect(machine.touching(machine.map(space, 1)).references).toBe(2);
  });
});

describe('a reference costs what its line costs where it is', () => {
  test('a line that was read before is in the L1d', () => {
    const { machine, space } = native();
    machine.pcpu.touch(machine.map(space, 0), 1);
    const neighbour = machine.touching(machine.map(space, 1));
    expect(neighbour.locations).toEqual({ L1d: 1 });
    expect(neighbour.cycles).toBe(17 + 4);
  });

  test('eight entries share a line, the ninth begins another', () => {
    const { machine, space } = native();
    machine.pcpu.touch(machine.map(space, 0), 1);
    expect(machine.touching(machine.map(space, 7)).locations).toEqual({ L1d: 1 });
    expect(machine.touching(machine.map(space, 8)).locations).toEqual({ Dram: 1 });
  });

  test.each([
    ['L2', 8, 64, 64, 12],
    ['L3', 8, 8, 64, 50],
    ['Dram', 8, 8, 8, 400],
  ] as const)(
    'a line that 16 others have pushed out is read from %s when the caches hold %i, %i and %i',
    (location, inL1d, inL2, inL3, price) => {
      const { machine, space } = native({
        pageTableLinesInL1d: inL1d,
        pageTableLinesInL2: inL2,
        pageTableLinesInL3: inL3,
      });
      for (let line = 0; line <= 16; line += 1) {
        machine.pcpu.touch(machine.map(space, line * 8), 1);
      }
      const charged = machine.touching(machine.map(space, 1));
      expect(charged.locations).toEqual({ [location]: 1 });
      expect(charged.cycles).toBe(17 + price);
    },
  );

  test('the two dimensions have lines of their own', () => {
    const { machine, space } = nestedGuest('4K');
    const row = machine.map(space, 0, { frame: 0 });
    // Guest and nested tables have the same indices here, and share no line.
    expect(machine.touching(row).locations).toEqual({ Dram: 8 });
  });
});

describe('the cached entry has the smaller of the two page sizes (AMD APM vol. 2, 15.25.9)', () => {
  const live = (machine: SmallMachine) => machine.pcpu.arrays.secondData[0]!.liveEntries();

  test.each([
    ['2M', '4K', 512],
    ['2M', '2M', 1],
    ['1G', '2M', 1],
    ['4K', '2M', 512],
  ] as const)('a 2M stretch of %s guest pages on %s nested pages: %i entries', (size, leaf, n) => {
    const { machine, space } = nestedGuest(leaf, {
      firstLevelData: [arrayOf('L1 DTLB', 1024)],
    });
    const base = 7 * PAGES_PER_PDE;
    const rows = Array.from({ length: 512 }, (_, at) => machine.map(space, base + at, { size }));
    const charged = machine.during(() => {
      for (const row of rows) machine.pcpu.touch(row, 1);
    });
    expect(charged.walks).toBe(n);
    expect(live(machine)).toBe(n);
  });

  test('a native 1G page is one entry for all that it holds', () => {
    const { machine, space } = native();
    machine.pcpu.touch(machine.map(space, 0, { size: '1G' }), 1);
    const end = machine.map(space, PAGES_PER_PDPTE - 1, { size: '1G' });
    expect(machine.touching(end).firstLevelMisses).toBe(0);
    const next = machine.map(space, PAGES_PER_PDPTE, { size: '1G' });
    expect(machine.touching(next).walks).toBe(1);
  });

  test('a page size that no array holds is kept as the next smaller one that is', () => {
    const { machine, space } = native({
      firstLevelData: [{ name: '4K and 2M', entries: 2, ways: 2, sizes: [0, 1] }],
    });
    machine.pcpu.touch(machine.map(space, 0, { size: '1G' }), 1);
    expect(machine.pcpu.arrays.firstData[0]!.liveEntries()).toBe(1);
  });
});

describe('the two levels of TLB', () => {
  test('a hit in the first level costs nothing', () => {
    const { machine, space } = native();
    const row = machine.map(space, 0);
    machine.pcpu.touch(row, 1);
    expect(machine.touching(row).cycles).toBe(0);
  });

  test('an entry evicted from the first level is found in the second for its hit cycles', () => {
    const { machine, space } = native({ firstLevelData: [arrayOf('L1 DTLB', 1)] });
    const row = machine.map(space, 0);
    machine.pcpu.touch(row, 1);
    machine.pcpu.touch(machine.map(space, 1), 1);
    const charged = machine.touching(row);
    expect(charged.walks).toBe(0);
    expect(charged.counts[KIND.secondLevelHit]).toBe(1);
    expect(charged.cycles).toBe(10_000 + KIND.secondLevelHit);
  });

  test('code finds in a shared second level what data brought there', () => {
    const { machine, space } = native();
    const row = machine.map(space, 0);
    machine.pcpu.touch(row, 1);
    expect(machine.touching(row, 0).counts[KIND.secondLevelHit]).toBe(1);
  });

  test('but not in a second level of its own', () => {
    const { machine, space } = native({ secondLevelInstruction: [arrayOf('L2 ITLB', 64)] });
    const row = machine.map(space, 0);
    machine.pcpu.touch(row, 1);
    expect(machine.touching(row, 0).walks).toBe(1);
  });
});

describe('the ledger knows why a walk happened', () => {
  test('a first touch is a cold miss altogether', () => {
    const { machine, space } = nestedGuest('4K');
    const row = machine.map(space, 0, { tableFrames: farApart, frame: 10 * PAGES_PER_PML4E });
    expect(machine.touching(row).byCause).toEqual({ missCold: { walks: 1, references: 24 } });
  });

  test('a walk after an eviction is a capacity miss', () => {
    const tiny = {
      firstLevelData: [arrayOf('L1 DTLB', 1)],
      secondLevelData: [arrayOf('L2 DTLB', 1)],
    };
    const { machine, space } = native(tiny);
    const row = machine.map(space, 0);
    machine.pcpu.touch(row, 1);
    machine.pcpu.touch(machine.map(space, 1), 1);
    expect(machine.touching(row).byCause).toEqual({ missCapacity: { walks: 1, references: 1 } });
  });

  test('a walk after a flush is refill, split into TLB, walk caches and nested TLB', () => {
    const { machine, space } = nestedGuest('4K');
    const row = machine.map(space, 0, { tableFrames: farApart, frame: 10 * PAGES_PER_PML4E });
    machine.pcpu.touch(row, 1);
    machine.pcpu.vmexit();
    machine.pcpu.vmrun(1, 3, 1);
    expect(machine.touching(row).byCause).toEqual({
      refillTlb: { walks: 1, references: 1 },
      refillWalkCache: { walks: 0, references: 3 },
      refillNestedTlb: { walks: 0, references: 20 },
    });
  });

  test('a new page after a flush is a cold miss, except for what the flush took on its way', () => {
    const { machine, space } = nestedGuest('4K');
    const first = machine.map(space, 0, { frame: 0 });
    const second = machine.map(space, 1, { frame: 1 });
    machine.pcpu.touch(first, 1);
    machine.pcpu.vmexit();
    machine.pcpu.vmrun(1, 3, 1);
    expect(machine.touching(second).byCause).toEqual({
      missCold: { walks: 1, references: 1 + 1 },
      refillWalkCache: { walks: 0, references: 3 },
      refillNestedTlb: { walks: 0, references: 4 },
    });
  });

  test('a walk for a page that INVLPG took is its own cause, upper levels and all', () => {
    const { machine, space } = nestedGuest('4K');
    const row = machine.map(space, 0, { frame: 0 });
    machine.pcpu.touch(row, 1);
    machine.pcpu.invlpg(row);
    // The nested entries stay: four references in the guest's tables.
    expect(machine.touching(row).byCause).toEqual({ missInvalidated: { walks: 1, references: 4 } });
  });

  test('a walk under a new ASID in place of a flush is refill too', () => {
    const { machine, space } = native();
    const row = machine.map(space, 0);
    machine.pcpu.vmrun(1, 0, 7);
    machine.pcpu.touch(row, 1);
    machine.pcpu.vmexit();
    machine.pcpu.vmrun(2, 0, 7);
    expect(Object.keys(machine.touching(row).byCause)).toEqual(['refillTlb', 'refillWalkCache']);
  });

  test('a flushed entry that would have been evicted since is a capacity miss', () => {
    const tiny = {
      firstLevelData: [arrayOf('L1 DTLB', 2)],
      secondLevelData: [arrayOf('L2 DTLB', 2)],
    };
    const { machine, space } = native(tiny);
    const row = machine.map(space, 0);
    machine.pcpu.vmrun(1, 0, 1);
    machine.pcpu.touch(row, 1);
    machine.pcpu.vmexit();
    machine.pcpu.vmrun(1, 3, 1);
    machine.pcpu.touch(machine.map(space, 1), 1);
    machine.pcpu.touch(machine.map(space, 2), 1);
    expect(machine.touching(row).byCause).toEqual({ missCapacity: { walks: 1, references: 1 } });
  });

  test("another owner's flushed entry does not make a first touch a refill", () => {
    const { machine, space } = native();
    const other = machine.tables.addSpace(null);
    machine.pcpu.vmrun(1, 0, 1);
    machine.pcpu.touch(machine.map(space, 0), 1);
    machine.pcpu.vmexit();
    machine.pcpu.vmrun(1, 3, 2);
    expect(machine.touching(machine.map(other, 0)).byCause).toEqual({
      missCold: { walks: 1, references: 4 },
    });
  });

  test('the flush itself is charged apart from what it causes', () => {
    const { machine } = native();
    const charged = machine.during(() => machine.pcpu.vmrun(1, 3, 1));
    expect(charged.counts[KIND.flushAsid]).toBe(1);
    expect(charged.counts[KIND.worldSwitch]).toBe(1);
    expect(charged.walks).toBe(0);
  });
});
