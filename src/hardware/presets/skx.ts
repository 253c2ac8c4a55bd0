import type { MachinePreset } from '../machine-preset.ts';
import { PMU_EVENTS } from '../pmu-events.ts';
import {
  NESTED_UPPER_ENTRIES,
  pageTableLines,
  SOFTWARE_COSTS,
  walkStartCycles,
} from './assumptions.ts';
import { scaledCyclesPerInstruction } from './cycles-per-instruction.ts';
import {
  INTEL_INVALIDATION_COSTS,
  INTEL_TAGS,
  NESTED_TLB_ENTRIES_INTEL,
  PDE_IN_SECOND_LEVEL_INTEL,
  REPLACEMENT_INTEL,
  VM_ENTRY_EXIT_INTEL,
  VMLOAD_VMSAVE_INTEL,
} from './intel-assumptions.ts';
import { assumed, exact, fullyAssociative, ranged, setAssociative } from './make-parameter.ts';
import { SOURCES } from './sources.ts';

const DUMP = SOURCES.dumpSkylakeSp;

const SECOND_LEVEL_HIT = ranged(
  8,
  9,
  9,
  'cycles',
  'measured',
  SOURCES.logSkylake,
  'On top of a first-level hit: 14 to 23 clocks. The Chips and Cheese Goldmont Plus article says ' +
    '9 too.',
);

const L2_CYCLES = exact(14, 'cycles', 'measured', SOURCES.logSkylake);

/** Xeon Scalable, first generation, "Skylake-SP". */
export const SKX: MachinePreset = {
  id: 'skx',
  vendor: 'Intel',
  name: 'Skylake-SP',
  referencePart: 'Xeon Platinum 8160',
  cpuModels: [
    { family: 6, from: 0x4e, to: 0x4e },
    { family: 6, from: 0x55, to: 0x55 },
    { family: 6, from: 0x5e, to: 0x5e },
  ],
  pmuEvents: PMU_EVENTS.intel,
  frequencyGhz: ranged(
    2.1,
    3.7,
    3.7,
    'gigahertz',
    'vendor',
    DUMP,
    'Leaf 16h: base 2.1, boost 3.7 GHz. A pinned core is taken to run at boost.',
  ),
  tlb: {
    firstLevelData: [
      setAssociative(exact(64, 'entries', 'vendor', DUMP, 'Leaf 2, descriptor 03h.'), 4, ['4K']),
      setAssociative(exact(32, 'entries', 'vendor', DUMP, 'Leaf 2, descriptor 63h.'), 4, ['2M']),
      setAssociative(exact(4, 'entries', 'vendor', DUMP, 'Leaf 2, descriptor 63h.'), 4, ['1G']),
    ],
    firstLevelInstruction: [
      setAssociative(exact(64, 'entries', 'vendor', DUMP, 'Leaf 2, descriptor B5h.'), 8, ['4K']),
      fullyAssociative(exact(8, 'entries', 'vendor', DUMP, 'Leaf 2, descriptor 76h.'), ['2M']),
    ],
    secondLevelData: [
      {
        entries: exact(1536, 'entries', 'vendor', DUMP, 'Leaf 2, descriptor C3h. Shared I+D.'),
        ways: ranged(
          6,
          12,
          12,
          'ways',
          'vendor',
          DUMP,
          'Conflict: the text of descriptor C3h says 6-way, the AIDA64 log of i9-7900X 12-way. ' +
            'Nominal is the log.',
        ),
        sizes: ['4K', '2M'],
      },
      setAssociative(exact(16, 'entries', 'vendor', DUMP, 'Shared I+D.'), 4, ['1G']),
    ],
    secondLevelInstruction: [],
    secondLevelHitCycles: SECOND_LEVEL_HIT,
    replacement: REPLACEMENT_INTEL,
  },
  walkCaches: {
    upperEntries: exact(
      6,
      'entries',
      'recalled',
      SOURCES.revAnC2017,
      '2 for PML4E and 4 for PDPTE.',
    ),
    pdeEntries: ranged(24, 32, 32, 'entries', 'recalled', SOURCES.revAnC2017),
    pdeInSecondLevelTlb: PDE_IN_SECOND_LEVEL_INTEL,
    nestedTlbEntries: NESTED_TLB_ENTRIES_INTEL,
    nestedUpperEntries: NESTED_UPPER_ENTRIES,
  },
  caches: {
    l1dCycles: exact(4, 'cycles', 'measured', SOURCES.logSkylake),
    l2Cycles: L2_CYCLES,
    l3Cycles: ranged(66, 72, 76, 'cycles', 'measured', SOURCES.logSkylake, 'At 3.3 GHz.'),
    dramNanoseconds: ranged(
      75,
      90,
      105,
      'nanoseconds',
      'derived',
      SOURCES.logSkylake,
      '78.8 ns measured, random, 4 KiB pages; a server is taken to need about 10 more.',
    ),
    pageTableLinesInL1d: pageTableLines(32, 'L1D'),
    pageTableLinesInL2: pageTableLines(1024, 'L2'),
    pageTableLinesInL3: pageTableLines(33792, 'L3 (socket)'),
  },
  tags: INTEL_TAGS,
  costs: {
    vmrunVmexitNanoseconds: assumed(250, 350, 550, 'nanoseconds', VM_ENTRY_EXIT_INTEL),
    vmloadVmsaveNanoseconds: VMLOAD_VMSAVE_INTEL,
    ...INTEL_INVALIDATION_COSTS,
    walkStartCycles: walkStartCycles({ low: 20, value: 35, high: 60 }, L2_CYCLES, SECOND_LEVEL_HIT),
    cyclesPerInstruction: scaledCyclesPerInstruction(700, 3.7),
    ...SOFTWARE_COSTS,
  },
};
