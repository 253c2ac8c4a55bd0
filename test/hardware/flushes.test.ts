import { describe, expect, test } from 'vitest';
import { KIND } from '../../src/cost/ledger.ts';
import { TLB_CONTROL } from '../../src/hardware/tlb-control.ts';
import { arrayOf, PAGES_PER_PML4E, SmallMachine } from './small-machine.ts';

/**
 * What each flush leaves, as the AMD Architecture Programmer's Manual has it: volume 2, 5.5 (PCIDs,
 * MOV CR3, INVLPG, changes of mode), 15.16 (TLB_CONTROL) and 15.25 (nested paging); volume 3, INVLPG
 * and INVLPGA. The manual leaves open what becomes of nested entries on TLB_CONTROL 7, INVLPGA and
 * changes of mode: there the table states this model's choice.
 */
const PARTS = [
  'page',
  'another page',
  'global page',
  'other PCID',
  'upper levels',
  "other PCID's upper levels",
  'nested entries',
  'other ASID',
  'host',
] as const;
type Part = (typeof PARTS)[number];

/** ASID 1 under test with PCIDs 0 and 1, ASID 2 beside it, and the host. */
function prepare() {
  const machine = new SmallMachine();
  const { pcpu, tables } = machine;
  const guest = tables.addSpace(null);
  const otherPcid = tables.addSpace(null);
  const otherGuest = tables.addSpace(null);
  const host = tables.addSpace(null);
  // Guests with nested paging whose tables all lie in one frame, and so do their pages.
  const nested = tables.addSpace(tables.addNestedSpace('4K'));
  const far = (times: number) => times * PAGES_PER_PML4E;
  const oneFrame = { frame: 100, tableFrames: () => 200 };
  const rows = {
    page: machine.map(guest, 0),
    neighbour: machine.map(guest, 1),
    anotherPage: machine.map(guest, far(1)),
    globalPage: machine.map(guest, far(2), { global: true }),
    otherPcid: machine.map(otherPcid, far(3)),
    otherPcidNeighbour: machine.map(otherPcid, far(3) + 1),
    nested: machine.map(nested, far(4), oneFrame),
    nestedElsewhere: machine.map(nested, far(5), oneFrame),
    otherAsid: machine.map(otherGuest, far(6)),
    host: machine.map(host, far(7)),
  };
  pcpu.touch(rows.host, 1);
  pcpu.vmrun(2, TLB_CONTROL.doNothing, 2);
  pcpu.touch(rows.otherAsid, 1);
  pcpu.vmexit();
  pcpu.vmrun(1, TLB_CONTROL.doNothing, 1);
  pcpu.movCr3(1, true);
  pcpu.touch(rows.otherPcid, 1);
  pcpu.movCr3(0, true);
  for (const row of [rows.page, rows.anotherPage, rows.globalPage, rows.nested]) {
    pcpu.touch(row, 1);
  }
  return { machine, pcpu, rows };
}
type Prepared = ReturnType<typeof prepare>;

/** Leaf entries survive when a touch does not walk; upper ones when a neighbour reads one entry. */
function survives(part: Part, flush: (prepared: Prepared) => void): boolean {
  const prepared = prepare();
  flush(prepared);
  const { machine, pcpu, rows } = prepared;
  pcpu.vmexit();
  if (part === 'host') return machine.touching(rows.host).walks === 0;
  pcpu.vmrun(part === 'other ASID' ? 2 : 1, TLB_CONTROL.doNothing, part === 'other ASID' ? 2 : 1);
  pcpu.movCr3(part.startsWith('other PCID') ? 1 : 0, true);
  switch (part) {
    case 'page':
      return machine.touching(rows.page).walks === 0;
    case 'another page':
      return machine.touching(rows.anotherPage).walks === 0;
    case 'global page':
      return machine.touching(rows.globalPage).walks === 0;
    case 'other PCID':
      return machine.touching(rows.otherPcid).walks === 0;
    case 'upper levels':
      return machine.touching(rows.neighbour).references === 1;
    case "other PCID's upper levels":
      return machine.touching(rows.otherPcidNeighbour).references === 1;
    case 'nested entries':
      return machine.touching(rows.nestedElsewhere).references === 4;
    case 'other ASID':
      return machine.touching(rows.otherAsid).walks === 0;
  }
}

const vmrunWith =
  (tlbControl: number) =>
  ({ pcpu }: Prepared) => {
    pcpu.vmexit();
    pcpu.vmrun(1, tlbControl, 1);
  };
const UPPER: readonly Part[] = ['upper levels', "other PCID's upper levels"];

const TABLE: readonly {
  readonly what: string;
  readonly flush: (prepared: Prepared) => void;
  readonly drops: readonly Part[];
}[] = [
  {
    what: 'VMRUN with TLB_CONTROL 0 drops nothing (APM vol. 2, 15.16)',
    flush: vmrunWith(0),
    drops: [],
  },
  {
    what: 'VMRUN with TLB_CONTROL 1 drops everything, the host too (APM vol. 2, 15.16)',
    flush: vmrunWith(1),
    drops: PARTS,
  },
  {
    what: 'VMRUN with TLB_CONTROL 3 drops all of its ASID, globals included (APM vol. 2, 15.16)',
    flush: vmrunWith(3),
    drops: ['page', 'another page', 'global page', 'other PCID', ...UPPER, 'nested entries'],
  },
  {
    what: 'VMRUN with TLB_CONTROL 7 keeps the globals of its ASID (APM vol. 2, 15.16)',
    flush: vmrunWith(7),
    drops: ['page', 'another page', 'other PCID', ...UPPER],
  },
  {
    what: "#VMEXIT and VMRUN alone drop nothing, the host's neither (APM vol. 2, 15.16)",
    flush: ({ pcpu }) => {
      pcpu.vmexit();
      pcpu.vmrun(2, TLB_CONTROL.doNothing, 2);
    },
    drops: [],
  },
  {
    what: 'INVLPG, EFER.TCE clear, drops the page and all upper levels (APM vol. 3, INVLPG)',
    flush: ({ pcpu, rows }) => pcpu.invlpg(rows.page),
    drops: ['page', ...UPPER],
  },
  {
    what: 'INVLPG ignores G (APM vol. 3, INVLPG)',
    flush: ({ pcpu, rows }) => pcpu.invlpg(rows.globalPage),
    drops: ['global page', ...UPPER],
  },
  {
    what: 'INVLPG in a guest reaches its own ASID only (APM vol. 2, 15.16)',
    flush: ({ pcpu, rows }) => pcpu.invlpg(rows.otherAsid),
    drops: UPPER,
  },
  {
    what: 'INVLPG in a guest reaches its own PCID only (APM vol. 2, 5.5)',
    flush: ({ pcpu, rows }) => pcpu.invlpg(rows.otherPcid),
    drops: UPPER,
  },
  {
    what: 'INVLPGA by the host drops the page of the ASID that it names (APM vol. 3, INVLPGA)',
    flush: ({ pcpu, rows }) => {
      pcpu.vmexit();
      pcpu.invlpga(1, rows.page);
    },
    drops: ['page', ...UPPER],
  },
  {
    what: 'INVLPGA drops a global page as well (APM vol. 3, INVLPGA)',
    flush: ({ pcpu, rows }) => {
      pcpu.vmexit();
      pcpu.invlpga(1, rows.globalPage);
    },
    drops: ['global page', ...UPPER],
  },
  {
    what: 'INVLPGA of another ASID leaves this one alone (APM vol. 3, INVLPGA)',
    flush: ({ pcpu, rows }) => {
      pcpu.vmexit();
      pcpu.invlpga(2, rows.otherAsid);
    },
    drops: ['other ASID'],
  },
  {
    what: 'MOV CR3 of the same PCID drops its non-global entries (APM vol. 2, 5.5)',
    flush: ({ pcpu }) => pcpu.movCr3(0, false),
    drops: ['page', 'another page', 'upper levels'],
  },
  {
    what: 'MOV CR3 of another PCID drops that one only (APM vol. 2, 5.5)',
    flush: ({ pcpu }) => pcpu.movCr3(1, false),
    drops: ['other PCID', "other PCID's upper levels"],
  },
  {
    what: 'MOV CR3 with bit 63 set drops nothing (APM vol. 2, 5.5)',
    flush: ({ pcpu }) => pcpu.movCr3(1, true),
    drops: [],
  },
  {
    what: 'a change of paging mode drops all of the ASID, globals included (APM vol. 2, 5.5)',
    flush: ({ pcpu }) => pcpu.changePagingMode(),
    drops: ['page', 'another page', 'global page', 'other PCID', ...UPPER, 'nested entries'],
  },
];

describe.each(TABLE)('$what', ({ flush, drops }) => {
  test.each(PARTS.map((part) => ({ part, does: drops.includes(part) ? 'goes' : 'stays' })))(
    '$part $does',
    ({ part }) => {
      expect(survives(part, flush)).toBe(!drops.includes(part));
    },
  );
});

describe('without a flush', () => {
  test.each(PARTS)('%s is cached: the table above can tell', (part) => {
    expect(survives(part, () => {})).toBe(true);
  });
});

describe('VMRUN refuses', () => {
  test('ASID 0, which is the host (APM vol. 2, 15.5.1: VMEXIT_INVALID)', () => {
    const { pcpu } = new SmallMachine();
    expect(() => pcpu.vmrun(0, 0, 1)).toThrow('ASID 0');
  });

  test.each([2, 4, 5, 6, 8, -1])(
    'TLB_CONTROL %i, which is reserved (APM vol. 2, 15.16)',
    (value) => {
      const { pcpu } = new SmallMachine();
      expect(() => pcpu.vmrun(1, value, 1)).toThrow('reserved');
    },
  );
});

describe('a flush', () => {
  test.each([
    ['TLB_CONTROL 1', 1, KIND.flushAll],
    ['TLB_CONTROL 3', 3, KIND.flushAsid],
    ['TLB_CONTROL 7', 7, KIND.flushAsid],
  ] as const)('%s is charged once, besides the world switch', (_, control, kind) => {
    const machine = new SmallMachine();
    const charged = machine.during(() => machine.pcpu.vmrun(1, control, 1));
    expect(charged.counts[kind]).toBe(1);
    expect(charged.cycles).toBe(10_000 + kind + 10_000 + KIND.worldSwitch);
  });

  test.each([
    ['INVLPG', KIND.invlpg, ({ pcpu, rows }: Prepared) => pcpu.invlpg(rows.page)],
    ['INVLPGA', KIND.invlpga, ({ pcpu, rows }: Prepared) => pcpu.invlpga(1, rows.page)],
    ['MOV CR3', KIND.movCr3, ({ pcpu }: Prepared) => pcpu.movCr3(0, false)],
  ] as const)('%s is charged once and nothing else', (_, kind, flush) => {
    const prepared = prepare();
    const charged = prepared.machine.during(() => flush(prepared));
    expect(charged.cycles).toBe(10_000 + kind);
  });

  test('of an ASID that was never used does no harm', () => {
    const { machine, pcpu, rows } = prepare();
    pcpu.vmexit();
    pcpu.vmrun(99, 3, 3);
    pcpu.vmexit();
    expect(machine.touching(rows.host).walks).toBe(0);
  });

  test('of everything takes effect at once for the guest that it enters', () => {
    const { machine, pcpu, rows } = prepare();
    pcpu.vmexit();
    pcpu.vmrun(1, 1, 1);
    machine.pcpu.touch(rows.page, 1);
    expect(machine.touching(rows.page).walks).toBe(0);
  });

  test.each([
    ['TLB_CONTROL 1', ({ pcpu }: Prepared) => pcpu.vmrun(1, 1, 1), 0, 0, 0],
    ['TLB_CONTROL 3', ({ pcpu }: Prepared) => pcpu.vmrun(1, 3, 1), 2, 0, 6],
    ['TLB_CONTROL 7', ({ pcpu }: Prepared) => pcpu.vmrun(1, 7, 1), 3, 2, 6],
  ] as const)(
    'by %s frees the places of what it drops, in TLB, nested TLB and upper levels',
    (_, flush, leaves, nested, upper) => {
      const prepared = prepare();
      prepared.pcpu.vmexit();
      flush(prepared);
      const { secondData, nestedTlb, pde, upper: pml4 } = prepared.pcpu.arrays;
      expect(secondData[0]!.liveEntries()).toBe(leaves);
      expect(nestedTlb.liveEntries()).toBe(nested);
      // PDE, PDPTE and PML4E of the host's page and of ASID 2's.
      expect(pde.liveEntries() + pml4.liveEntries()).toBe(upper);
    },
  );

  test.each([0, 1] as const)('by INVLPG reaches both sides, where they are apart: %i', (side) => {
    const apart = [arrayOf('L2 ITLB', 64)];
    const machine = new SmallMachine({ secondLevelInstruction: apart });
    const row = machine.map(machine.tables.addSpace(null), 0);
    machine.pcpu.touch(row, side);
    machine.pcpu.invlpg(row);
    expect(machine.touching(row, side).walks).toBe(1);
  });

  test('that spares globals takes the first-level copy of an entry that is not global', () => {
    const machine = new SmallMachine();
    const { pcpu, tables } = machine;
    const plain = machine.map(tables.addSpace(null), 0);
    const global = machine.map(tables.addSpace(null), 0, { global: true });
    pcpu.vmrun(1, 0, 1);
    pcpu.touch(plain, 1);
    // The same page number, global in other tables: code hits what data brought to the second level.
    expect(machine.touching(global, 0).walks).toBe(0);
    pcpu.vmexit();
    pcpu.vmrun(1, 7, 1);
    expect(machine.touching(global, 0).walks).toBe(1);
  });

  test('leaves room: what it took is replaced before what still lives', () => {
    const machine = new SmallMachine();
    const space = machine.tables.addSpace(null);
    const first = machine.pcpu.arrays.firstData[0]!;
    const rows = Array.from({ length: 64 }, (_, page) => machine.map(space, page * 512));
    machine.pcpu.vmrun(1, 0, 1);
    for (const row of rows.slice(0, 32)) machine.pcpu.touch(row, 1);
    machine.pcpu.vmexit();
    machine.pcpu.vmrun(2, 0, 2);
    for (const row of rows.slice(32)) machine.pcpu.touch(row, 1);
    machine.pcpu.vmexit();
    expect(first.liveEntries()).toBe(64);
    machine.pcpu.vmrun(2, 3, 2);
    expect(first.liveEntries()).toBe(32);
    for (const row of rows.slice(32)) machine.pcpu.touch(row, 1);
    machine.pcpu.vmexit();
    machine.pcpu.vmrun(1, 0, 1);
    // The older entries of ASID 1 would have been the LRU victims.
    const charged = machine.during(() => {
      for (const row of rows.slice(0, 32)) machine.pcpu.touch(row, 1);
    });
    expect(charged.firstLevelMisses).toBe(0);
  });
});
