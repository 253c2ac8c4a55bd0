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

const DUMP = SOURCES.dumpRome;

const SECOND_LEVEL_HIT = ranged(
  6,
  7,
  7,
  'cycles',
  'measured',
  SOURCES.logRome,
  'On top of a first-level hit: 13 to 19 clocks. Nominal is the 7 cycles of the Chips and Cheese ' +
    'Goldmont Plus article.',
);

const L2_CYCLES = ranged(12, 12, 13, 'cycles', 'measured', SOURCES.logRome);

/** EPYC 7002, "Rome". */
export const ZEN2_ROME: MachinePreset = {
  id: 'zen2-rome',
  vendor: 'AMD',
  name: 'Zen 2 (Rome)',
  referencePart: 'EPYC 7742',
  cpuModels: [{ family: 0x17, from: 0x30, to: 0xff }],
  pmuEvents: PMU_EVENTS.zen1to3,
  frequencyGhz: assumed(
    2.25,
    3.4,
    3.4,
    'gigahertz',
    'A pinned core at boost, down to base. Base 2.25 GHz agrees with the TSC in the CPUID dump ' +
      'of EPYC 7742; boost 3.4 GHz is recalled.',
  ),
  tlb: {
    firstLevelData: [fullyAssociative(exact(64, 'entries', 'vendor', DUMP), ['4K', '2M', '1G'])],
    firstLevelInstruction: [
      fullyAssociative(exact(64, 'entries', 'vendor', DUMP), ['4K', '2M', '1G']),
    ],
    secondLevelData: [
      setAssociative(
        exact(
          2048,
          'entries',
          'vendor',
          DUMP,
          'CPUID: 8 ways for 4K, 4 for 2M. WikiChip says 12 ways in all, which does not divide ' +
            '2048; 16 is likely. 1G entries are smashed to 2M.',
        ),
        8,
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
          SOURCES.zen2Itlb,
          'Conflict: 7-cpu.com lists 512, as the software optimisation guide of Zen 1 does; ' +
            'CPUID reports 1024. Nominal is 512.',
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
    l1dCycles: exact(4, 'cycles', 'measured', SOURCES.logRome),
    l2Cycles: L2_CYCLES,
    l3Cycles: ranged(39, 42, 50, 'cycles', 'measured', SOURCES.logZen2),
    dramNanoseconds: assumed(
      95,
      105,
      140,
      'nanoseconds',
      'Threadripper 3970X measured 98.9 ns, random, 4 KiB pages (InstLatx64). The log of EPYC ' +
        '7742 shows 284 ns, evidently from a remote node, and is not used.',
    ),
    pageTableLinesInL1d: pageTableLines(32, 'L1D'),
    pageTableLinesInL2: pageTableLines(512, 'L2'),
    pageTableLinesInL3: pageTableLines(16384, 'L3 (CCX)'),
  },
  tags: {
    asidCount: exact(32768, 'asids', 'vendor', DUMP),
    flushByAsid: featureFlag(true, DUMP, '8000_000A EDX=0013BCFFh, bit 6.'),
    pcid: featureFlag(false, DUMP, 'CPUID 1 ECX[17]=0.'),
    invlpgb: featureFlag(
      false,
      DUMP,
      '8000_0008 EBX=018EF757h, bit 3. Linux also forces it off on Zen 2 (commit a74bb5f202da).',
    ),
    sevAsidsMax: exact(509, 'asids', 'vendor', DUMP, '8000_001F ECX=1FDh.'),
  },
  costs: {
    vmrunVmexitNanoseconds: ranged(
      190,
      280,
      420,
      'nanoseconds',
      'derived',
      SOURCES.roth2020,
      'VMLOAD to host VMLOAD takes 1344-1376 TSC cycles; less VMLOAD 306, VMSAVE 282 and ' +
        '100-200 for the host VMLOAD and assembly leaves about 600. The mail names no CPU; ' +
        'scaled to this one.',
    ),
    vmloadVmsaveNanoseconds: VMLOAD_VMSAVE_ZEN,
    ...AMD_INVALIDATION_COSTS,
    walkStartCycles: walkStartCycles({ low: 22, value: 38, high: 75 }, L2_CYCLES, SECOND_LEVEL_HIT),
    cyclesPerInstruction: scaledCyclesPerInstruction(850, 3.4),
    ...SOFTWARE_COSTS,
  },
};
