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
  INTEL_UPPER_ENTRIES,
  NESTED_TLB_ENTRIES_INTEL,
  PDE_IN_SECOND_LEVEL_INTEL,
  REPLACEMENT_INTEL,
  splitSecondLevel,
  VM_ENTRY_EXIT_INTEL,
  VMLOAD_VMSAVE_INTEL,
} from './intel-assumptions.ts';
import { assumed, exact, fullyAssociative, ranged, setAssociative } from './make-parameter.ts';
import { SOURCES } from './sources.ts';

const DUMP = SOURCES.dumpSapphireRapids;
const LOADS_ONLY = 'Leaf 18h. Loads; stores have 16 fully associative entries of their own.';

const SECOND_LEVEL_HIT = ranged(
  6,
  7,
  8,
  'cycles',
  'secondary',
  SOURCES.cncLionCove,
  'On top of a first-level hit. The article gives 7 cycles for Redwood Cove.',
);

const L2_CYCLES = assumed(
  14,
  15,
  16,
  'cycles',
  'No log read for this part. Skylake-SP was measured at 14 clocks; its L2 is half as large.',
);

/** Xeon Scalable, fourth generation, "Sapphire Rapids". */
export const SPR: MachinePreset = {
  id: 'spr',
  vendor: 'Intel',
  name: 'Sapphire Rapids',
  referencePart: 'Xeon Platinum 8480+',
  cpuModels: [
    { family: 6, from: 0x8f, to: 0x8f },
    { family: 6, from: 0xcf, to: 0xcf },
  ],
  pmuEvents: PMU_EVENTS.intel,
  frequencyGhz: assumed(
    2,
    3.8,
    3.8,
    'gigahertz',
    'A pinned core at boost, down to base: 3.8 and 2.0 GHz, both recalled. The part of the CPUID ' +
      'dump, Xeon w7-2475X, runs at 2.6/4.8 GHz.',
  ),
  tlb: {
    firstLevelData: [
      setAssociative(
        ranged(
          64,
          64,
          96,
          'entries',
          'vendor',
          DUMP,
          'Conflict: leaf 18h encodes 64 (16 sets of 4 ways), Intel documentation gives 96 for ' +
            'Golden Cove, as recalled. Nominal is CPUID. Loads; stores have 16 entries of their ' +
            'own.',
        ),
        4,
        ['4K'],
      ),
      setAssociative(exact(32, 'entries', 'vendor', DUMP, LOADS_ONLY), 4, ['2M']),
      fullyAssociative(exact(8, 'entries', 'vendor', DUMP, LOADS_ONLY), ['1G']),
    ],
    firstLevelInstruction: [
      setAssociative(exact(256, 'entries', 'vendor', DUMP, 'Leaf 18h.'), 8, ['4K']),
      setAssociative(exact(32, 'entries', 'vendor', DUMP, 'Leaf 18h.'), 8, ['2M']),
    ],
    secondLevelData: splitSecondLevel(DUMP),
    secondLevelInstruction: [],
    secondLevelHitCycles: SECOND_LEVEL_HIT,
    replacement: REPLACEMENT_INTEL,
  },
  walkCaches: {
    upperEntries: INTEL_UPPER_ENTRIES,
    pdeEntries: assumed(24, 32, 64, 'entries', `As Skylake (${SOURCES.revAnC2017}), or larger.`),
    pdeInSecondLevelTlb: PDE_IN_SECOND_LEVEL_INTEL,
    nestedTlbEntries: NESTED_TLB_ENTRIES_INTEL,
    nestedUpperEntries: NESTED_UPPER_ENTRIES,
  },
  caches: {
    l1dCycles: exact(5, 'cycles', 'recalled', SOURCES.goldenCove),
    l2Cycles: L2_CYCLES,
    l3Cycles: assumed(
      70,
      110,
      135,
      'cycles',
      'No log read for this part. Its larger mesh is taken to be slower than that of Skylake-SP ' +
        '(66-76).',
    ),
    dramNanoseconds: assumed(
      100,
      115,
      140,
      'nanoseconds',
      'No log read for this part. Slower L3 and DDR5 put it above Skylake-SP (75-105 ns).',
    ),
    pageTableLinesInL1d: pageTableLines(48, 'L1D'),
    pageTableLinesInL2: pageTableLines(2048, 'L2'),
    pageTableLinesInL3: pageTableLines(107520, 'L3 (socket)'),
  },
  tags: INTEL_TAGS,
  costs: {
    vmrunVmexitNanoseconds: assumed(200, 300, 500, 'nanoseconds', VM_ENTRY_EXIT_INTEL),
    vmloadVmsaveNanoseconds: VMLOAD_VMSAVE_INTEL,
    ...INTEL_INVALIDATION_COSTS,
    walkStartCycles: walkStartCycles({ low: 20, value: 35, high: 60 }, L2_CYCLES, SECOND_LEVEL_HIT),
    cyclesPerInstruction: scaledCyclesPerInstruction(650, 3.8),
    ...SOFTWARE_COSTS,
  },
};
