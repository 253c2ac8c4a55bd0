import type { MachinePreset } from '../machine-preset.ts';
import { PMU_EVENTS } from '../pmu-events.ts';
import {
  AMD_INVALIDATION_COSTS,
  NESTED_TLB_ENTRIES_AMD,
  NESTED_UPPER_ENTRIES,
  pageTableLines,
  REPLACEMENT_AMD,
  SOFTWARE_COSTS,
  VMRUN_VMEXIT_SCALED,
  walkStartCycles,
  ZEN_PDE_CACHING,
  ZEN_UPPER_ENTRIES,
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

const DUMP = SOURCES.dumpNaples;

const SECOND_LEVEL_HIT = ranged(
  7,
  8,
  9,
  'cycles',
  'measured',
  SOURCES.logZen1,
  'On top of a first-level hit: 17 to 25 or 26 clocks past 64 pages at a stride of 4 KiB. ' +
    'Client part; the core has the same TLBs.',
);

const L2_CYCLES = ranged(
  12,
  17,
  17,
  'cycles',
  'measured',
  SOURCES.logZen1,
  '17 with launch firmware; the software optimisation guide says 12 or more.',
);

/** EPYC 7001, "Naples". */
export const ZEN1_NAPLES: MachinePreset = {
  id: 'zen1-naples',
  vendor: 'AMD',
  name: 'Zen (Naples)',
  referencePart: 'EPYC 7551P',
  cpuModels: [{ family: 0x17, from: 0x00, to: 0x2f }],
  pmuEvents: PMU_EVENTS.zen1to3,
  frequencyGhz: assumed(
    2,
    3,
    3,
    'gigahertz',
    'A pinned core at boost, down to base. Base 2.0 GHz agrees with the TSC in the CPUID dump of ' +
      'EPYC 7551P; boost 3.0 GHz is recalled from the product page.',
  ),
  tlb: {
    firstLevelData: [fullyAssociative(exact(64, 'entries', 'vendor', DUMP), ['4K', '2M', '1G'])],
    firstLevelInstruction: [
      fullyAssociative(exact(64, 'entries', 'vendor', DUMP), ['4K', '2M', '1G']),
    ],
    secondLevelData: [
      setAssociative(
        exact(
          1536,
          'entries',
          'vendor',
          DUMP,
          'One skewed array of 12 ways: CPUID reports 6 of them for 4K and 3 for 2M on EPYC, 8 ' +
            'and 2 on the client Ryzen 7 1700X. 1G entries are smashed to 2M.',
        ),
        6,
        ['4K', '2M'],
      ),
    ],
    secondLevelInstruction: [
      setAssociative(
        ranged(
          512,
          512,
          1024,
          'entries',
          'vendor',
          SOURCES.zen1Sog,
          'Conflict: the guide says 512, the CPUID dump of EPYC 7551P 1024. Nominal is the guide.',
        ),
        8,
        ['4K', '2M'],
      ),
    ],
    secondLevelHitCycles: SECOND_LEVEL_HIT,
    replacement: REPLACEMENT_AMD,
  },
  walkCaches: {
    upperEntries: ZEN_UPPER_ENTRIES,
    ...ZEN_PDE_CACHING,
    nestedTlbEntries: NESTED_TLB_ENTRIES_AMD,
    nestedUpperEntries: NESTED_UPPER_ENTRIES,
  },
  caches: {
    l1dCycles: exact(4, 'cycles', 'measured', SOURCES.logZen1),
    l2Cycles: L2_CYCLES,
    l3Cycles: ranged(
      35,
      40,
      51,
      'cycles',
      'measured',
      SOURCES.logZen1,
      '39-51 clocks, TLB effects included; hence the low bound below 39.',
    ),
    dramNanoseconds: assumed(
      85,
      105,
      145,
      'nanoseconds',
      'Ryzen 7 1800X measured 102.4 ns, random, 4 KiB pages (InstLatx64). Naples has more nodes ' +
        'and a wider spread.',
    ),
    pageTableLinesInL1d: pageTableLines(32, 'L1D'),
    pageTableLinesInL2: pageTableLines(512, 'L2'),
    pageTableLinesInL3: pageTableLines(8192, 'L3 (CCX)'),
  },
  tags: {
    asidCount: exact(32768, 'asids', 'vendor', DUMP, '8000_000A EBX=8000h.'),
    flushByAsid: featureFlag(true, DUMP, '8000_000A EDX=0001BCFFh, bit 6.'),
    pcid: featureFlag(false, DUMP, 'CPUID 1 ECX[17]=0.'),
    invlpgb: featureFlag(false, DUMP, '8000_0008 EBX=00000007h, bit 3.'),
    sevAsidsMax: exact(15, 'asids', 'vendor', DUMP, '8000_001F ECX=Fh.'),
  },
  costs: {
    vmrunVmexitNanoseconds: assumed(200, 300, 450, 'nanoseconds', VMRUN_VMEXIT_SCALED),
    vmloadVmsaveNanoseconds: ranged(
      120,
      290,
      400,
      'nanoseconds',
      'derived',
      SOURCES.avery2019,
      'VMLOAD 306 and VMSAVE 282 cycles on average at an assumed TSC of 2.0 GHz. The mail names ' +
        'no CPU; the granularity of its TSC, 20 cycles, points to Zen 1.',
    ),
    ...AMD_INVALIDATION_COSTS,
    walkStartCycles: walkStartCycles({ low: 25, value: 40, high: 80 }, L2_CYCLES, SECOND_LEVEL_HIT),
    cyclesPerInstruction: scaledCyclesPerInstruction(1000, 3),
    ...SOFTWARE_COSTS,
  },
};
