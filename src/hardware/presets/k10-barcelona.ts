import type { MachinePreset } from '../machine-preset.ts';
import {
  K10_INVALIDATION_COSTS,
  NESTED_UPPER_ENTRIES,
  pageTableLines,
  REPLACEMENT_AMD,
  SOFTWARE_COSTS,
  VMRUN_VMEXIT_SCALED,
  walkStartCycles,
} from './assumptions.ts';
import { scaledCyclesPerInstruction } from './cycles-per-instruction.ts';
import {
  assumed,
  exact,
  featureFlag,
  fullyAssociative,
  ranged,
  setAssociative,
} from './make-parameter.ts';
import { SOURCES } from './sources.ts';

const DUMP = SOURCES.dumpBarcelona;

const SECOND_LEVEL_HIT = ranged(
  2,
  4,
  7,
  'cycles',
  'measured',
  SOURCES.logK10,
  'On top of a first-level hit: 18 to 20 or 21 clocks past 48 pages, blurred by conflicts in the ' +
    'two-way L1D.',
);

const L2_CYCLES = ranged(12, 15, 16, 'cycles', 'measured', SOURCES.logK10);

const PAGE_WALK_CACHE_SPLIT =
  'The page-walk cache has 24 entries (Bhargava et al., ASPLOS 2008, as recalled), physically ' +
  'tagged, for all levels but the last. The split into 8 upper entries and 16 PDEs is ours.';

/** Opteron 2300/8300, "Barcelona": few ASIDs and no FLUSHBYASID. */
export const K10_BARCELONA: MachinePreset = {
  id: 'k10-barcelona',
  vendor: 'AMD',
  name: 'K10 (Barcelona)',
  referencePart: 'Opteron 2347 HE',
  cpuModels: [{ family: 0x10, from: 0x00, to: 0xff }],
  pmuEvents: null,
  frequencyGhz: exact(1.9, 'gigahertz', 'vendor', DUMP, 'The part has no boost.'),
  tlb: {
    firstLevelData: [fullyAssociative(exact(48, 'entries', 'vendor', DUMP), ['4K', '2M', '1G'])],
    firstLevelInstruction: [
      fullyAssociative(exact(32, 'entries', 'vendor', DUMP), ['4K']),
      fullyAssociative(exact(16, 'entries', 'vendor', DUMP), ['2M']),
    ],
    secondLevelData: [
      setAssociative(exact(512, 'entries', 'vendor', DUMP), 4, ['4K']),
      setAssociative(
        exact(
          128,
          'entries',
          'vendor',
          DUMP,
          'No second level for 1G on Barcelona; the dump of Phenom II X6 reports 16 entries, ' +
            '8-way.',
        ),
        2,
        ['2M'],
      ),
    ],
    secondLevelInstruction: [setAssociative(exact(512, 'entries', 'vendor', DUMP), 4, ['4K'])],
    secondLevelHitCycles: SECOND_LEVEL_HIT,
    replacement: REPLACEMENT_AMD,
  },
  walkCaches: {
    upperEntries: assumed(4, 8, 12, 'entries', PAGE_WALK_CACHE_SPLIT),
    pdeEntries: assumed(12, 16, 20, 'entries', PAGE_WALK_CACHE_SPLIT),
    pdeInSecondLevelTlb: exact(
      0,
      'flag',
      'recalled',
      SOURCES.bhargava2008,
      'PDEs live in the page-walk cache.',
    ),
    nestedTlbEntries: exact(16, 'entries', 'recalled', SOURCES.bhargava2008),
    nestedUpperEntries: NESTED_UPPER_ENTRIES,
  },
  caches: {
    l1dCycles: exact(3, 'cycles', 'measured', SOURCES.logK10),
    l2Cycles: L2_CYCLES,
    l3Cycles: ranged(40, 52, 80, 'cycles', 'measured', SOURCES.logK10, '52-80 clocks measured.'),
    dramNanoseconds: assumed(
      70,
      95,
      140,
      'nanoseconds',
      "Phenom II X6 1055T measured 80.4 ns, random (InstLatx64); Barcelona's server DDR2 is " +
        'slower.',
    ),
    pageTableLinesInL1d: pageTableLines(64, 'L1D'),
    pageTableLinesInL2: pageTableLines(512, 'L2'),
    pageTableLinesInL3: pageTableLines(2048, 'L3'),
  },
  tags: {
    asidCount: exact(64, 'asids', 'vendor', DUMP, '8000_000A EBX=40h.'),
    flushByAsid: featureFlag(
      false,
      DUMP,
      '8000_000A EDX=00000007h: nested paging, LBR virtualization and SVM lock only.',
    ),
    pcid: featureFlag(false, SOURCES.k10NoSuchFeature),
    invlpgb: featureFlag(false, SOURCES.k10NoSuchFeature),
    sevAsidsMax: exact(0, 'asids', 'vendor', SOURCES.k10NoSuchFeature),
  },
  costs: {
    vmrunVmexitNanoseconds: assumed(350, 600, 1200, 'nanoseconds', VMRUN_VMEXIT_SCALED),
    vmloadVmsaveNanoseconds: assumed(
      150,
      300,
      600,
      'nanoseconds',
      'No published number. Taken to be what later AMD parts need, with a wider range.',
    ),
    ...K10_INVALIDATION_COSTS,
    walkStartCycles: walkStartCycles({ low: 25, value: 45, high: 90 }, L2_CYCLES, SECOND_LEVEL_HIT),
    // Three instructions a cycle are the most that this core can issue.
    cyclesPerInstruction: scaledCyclesPerInstruction(1500, 1.9, 0.33),
    ...SOFTWARE_COSTS,
  },
};
