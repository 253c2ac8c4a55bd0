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

const DUMP = SOURCES.dumpIceLakeSp;
const LOADS_ONLY = 'Leaf 18h. Loads; stores have 16 fully associative entries of their own.';
const RECALLED_ITLB = 'The dump lists only an 8-entry fully associative structure on this side.';

const SECOND_LEVEL_HIT = ranged(
  6,
  7,
  8,
  'cycles',
  'secondary',
  SOURCES.cncSunnyCove,
  'On top of a first-level hit. The article: larger and faster than Skylake, similar to Zen 2.',
);

const L2_CYCLES = assumed(
  13,
  14,
  15,
  'cycles',
  'No log read for this part. Taken to be as Skylake-SP, measured at 14 clocks.',
);

/** Xeon Scalable, third generation, "Ice Lake-SP". */
export const ICX: MachinePreset = {
  id: 'icx',
  vendor: 'Intel',
  name: 'Ice Lake-SP',
  referencePart: 'Xeon Gold 6336Y',
  cpuModels: [
    { family: 6, from: 0x6a, to: 0x6c },
    { family: 6, from: 0x7d, to: 0x7e },
  ],
  pmuEvents: PMU_EVENTS.intel,
  frequencyGhz: ranged(
    2.4,
    3.6,
    3.6,
    'gigahertz',
    'vendor',
    DUMP,
    'Leaf 16h: base 2.4, boost 3.6 GHz. A pinned core is taken to run at boost.',
  ),
  tlb: {
    firstLevelData: [
      setAssociative(exact(64, 'entries', 'vendor', DUMP, LOADS_ONLY), 4, ['4K']),
      setAssociative(exact(32, 'entries', 'vendor', DUMP, LOADS_ONLY), 4, ['2M']),
      fullyAssociative(exact(8, 'entries', 'vendor', DUMP, LOADS_ONLY), ['1G']),
    ],
    firstLevelInstruction: [
      setAssociative(
        exact(128, 'entries', 'recalled', SOURCES.intelOptimization, RECALLED_ITLB),
        8,
        ['4K'],
      ),
      setAssociative(
        exact(16, 'entries', 'recalled', SOURCES.intelOptimization, RECALLED_ITLB),
        8,
        ['2M'],
      ),
    ],
    secondLevelData: splitSecondLevel(DUMP),
    secondLevelInstruction: [],
    secondLevelHitCycles: SECOND_LEVEL_HIT,
    replacement: REPLACEMENT_INTEL,
  },
  walkCaches: {
    upperEntries: INTEL_UPPER_ENTRIES,
    pdeEntries: assumed(24, 32, 48, 'entries', `As Skylake (${SOURCES.revAnC2017}), or larger.`),
    pdeInSecondLevelTlb: PDE_IN_SECOND_LEVEL_INTEL,
    nestedTlbEntries: NESTED_TLB_ENTRIES_INTEL,
    nestedUpperEntries: NESTED_UPPER_ENTRIES,
  },
  caches: {
    l1dCycles: exact(5, 'cycles', 'secondary', SOURCES.cncSunnyCove, 'Sunny Cove, 48 KiB L1D.'),
    l2Cycles: L2_CYCLES,
    l3Cycles: assumed(
      60,
      72,
      85,
      'cycles',
      'No log read for this part. Centred on Skylake-SP, measured at 66-76 clocks.',
    ),
    dramNanoseconds: assumed(
      80,
      92,
      110,
      'nanoseconds',
      'No log read for this part. Taken to be close to Skylake-SP (75-105 ns).',
    ),
    pageTableLinesInL1d: pageTableLines(48, 'L1D'),
    pageTableLinesInL2: pageTableLines(1280, 'L2'),
    pageTableLinesInL3: pageTableLines(36864, 'L3 (socket)'),
  },
  tags: INTEL_TAGS,
  costs: {
    vmrunVmexitNanoseconds: assumed(220, 320, 500, 'nanoseconds', VM_ENTRY_EXIT_INTEL),
    vmloadVmsaveNanoseconds: VMLOAD_VMSAVE_INTEL,
    ...INTEL_INVALIDATION_COSTS,
    walkStartCycles: walkStartCycles({ low: 20, value: 35, high: 60 }, L2_CYCLES, SECOND_LEVEL_HIT),
    cyclesPerInstruction: scaledCyclesPerInstruction(650, 3.6),
    ...SOFTWARE_COSTS,
  },
};
