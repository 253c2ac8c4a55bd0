import type { MachinePreset } from '../machine-preset.ts';
import { PMU_EVENTS } from '../pmu-events.ts';
import {
  AMD_INVALIDATION_COSTS,
  NESTED_TLB_ENTRIES_AMD,
  NESTED_UPPER_ENTRIES,
  pageTableLines,
  REPLACEMENT_AMD,
  SOFTWARE_COSTS,
  VMLOAD_VMSAVE_ZEN,
  VMRUN_VMEXIT_SCALED,
  walkStartCycles,
  ZEN_PDE_CACHING,
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

const DUMP = SOURCES.dumpTurin;

const SECOND_LEVEL_HIT = ranged(
  6,
  7,
  8,
  'cycles',
  'measured',
  SOURCES.cncX925,
  'On top of a first-level hit. The Lion Cove article of the same site agrees.',
);

const L2_CYCLES = assumed(
  14,
  14,
  15,
  'cycles',
  'By analogy with Zen 4, measured at 14-15 clocks (InstLatx64, Threadripper PRO 7995WX).',
);

/** EPYC 9005, "Turin". */
export const ZEN5_TURIN: MachinePreset = {
  id: 'zen5-turin',
  vendor: 'AMD',
  name: 'Zen 5 (Turin)',
  referencePart: 'EPYC 9655',
  cpuModels: [{ family: 0x1a, from: 0x00, to: 0xff }],
  pmuEvents: PMU_EVENTS.zen5,
  frequencyGhz: assumed(
    2.6,
    4.5,
    4.5,
    'gigahertz',
    'A pinned core at boost, down to base: 4.5 and 2.6 GHz, both recalled from the product page.',
  ),
  tlb: {
    firstLevelData: [fullyAssociative(exact(96, 'entries', 'vendor', DUMP), ['4K', '2M', '1G'])],
    firstLevelInstruction: [
      fullyAssociative(exact(64, 'entries', 'vendor', DUMP), ['4K', '2M', '1G']),
    ],
    secondLevelData: [
      setAssociative(
        exact(
          4096,
          'entries',
          'vendor',
          DUMP,
          'CPUID: 8 ways for 4K, 4 for 2M and 4 (1024 entries) for 1G; 16 in all, as the ' +
            'software optimisation guide (58455) says, as recalled. 8000_0006 EAX=40802040h ' +
            'EBX=60804040h and 8000_0019 EBX=40200000h, sizes x32 because 8000_0021 EAX[14]=1.',
        ),
        8,
        ['4K', '2M', '1G'],
      ),
    ],
    secondLevelInstruction: [
      setAssociative(
        exact(2048, 'entries', 'vendor', DUMP, 'CPUID, x32: 4 ways for 4K, 2 for 2M.'),
        4,
        ['4K', '2M'],
      ),
    ],
    secondLevelHitCycles: SECOND_LEVEL_HIT,
    replacement: REPLACEMENT_AMD,
  },
  walkCaches: {
    upperEntries: assumed(
      32,
      64,
      128,
      'entries',
      `Taken to be unchanged from Zen 4's 64 (${SOURCES.cncZen5Slide}); bounds half and twice.`,
    ),
    ...ZEN_PDE_CACHING,
    nestedTlbEntries: NESTED_TLB_ENTRIES_AMD,
    nestedUpperEntries: NESTED_UPPER_ENTRIES,
  },
  caches: {
    l1dCycles: exact(4, 'cycles', 'secondary', SOURCES.cncZen5Slide),
    l2Cycles: L2_CYCLES,
    l3Cycles: assumed(
      46,
      52,
      62,
      'cycles',
      'By analogy with Zen 4, measured at 50-63 clocks (InstLatx64).',
    ),
    dramNanoseconds: ranged(
      115,
      130,
      150,
      'nanoseconds',
      'derived',
      SOURCES.cncTurinUma,
      'NPS0 takes more than 220 ns, about 90 ns above NPS1.',
    ),
    pageTableLinesInL1d: pageTableLines(48, 'L1D'),
    pageTableLinesInL2: pageTableLines(1024, 'L2'),
    pageTableLinesInL3: pageTableLines(32768, 'L3 (CCX)'),
  },
  tags: {
    asidCount: exact(32768, 'asids', 'vendor', DUMP),
    flushByAsid: featureFlag(true, DUMP, '8000_000A EDX=FFBFBDFFh, bit 6.'),
    pcid: featureFlag(true, DUMP, 'CPUID 1 ECX[17]=1.'),
    invlpgb: featureFlag(true, DUMP, '8000_0008 EBX=79BEF25Fh, bit 3.'),
    sevAsidsMax: exact(1006, 'asids', 'vendor', DUMP, '8000_001F ECX=3EEh.'),
  },
  costs: {
    vmrunVmexitNanoseconds: assumed(130, 220, 350, 'nanoseconds', VMRUN_VMEXIT_SCALED),
    vmloadVmsaveNanoseconds: VMLOAD_VMSAVE_ZEN,
    ...AMD_INVALIDATION_COSTS,
    walkStartCycles: walkStartCycles({ low: 18, value: 32, high: 70 }, L2_CYCLES, SECOND_LEVEL_HIT),
    cyclesPerInstruction: scaledCyclesPerInstruction(540, 4.5),
    ...SOFTWARE_COSTS,
  },
};
