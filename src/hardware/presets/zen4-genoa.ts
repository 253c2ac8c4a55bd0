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

const DUMP = SOURCES.dumpGenoa;

const SECOND_LEVEL_HIT = ranged(
  5,
  6,
  8,
  'cycles',
  'measured',
  SOURCES.logZen4,
  'On top of a first-level hit: 17 to 22 clocks. Nominal and high allow for the 7 cycles that ' +
    'Chips and Cheese reports for Zen 2 and Zen 5.',
);

const L2_CYCLES = ranged(14, 14, 15, 'cycles', 'measured', SOURCES.logZen4Both);

/** EPYC 9004, "Genoa". */
export const ZEN4_GENOA: MachinePreset = {
  id: 'zen4-genoa',
  vendor: 'AMD',
  name: 'Zen 4 (Genoa)',
  referencePart: 'EPYC 9654',
  cpuModels: [
    { family: 0x19, from: 0x10, to: 0x1f },
    { family: 0x19, from: 0x60, to: 0xaf },
  ],
  pmuEvents: PMU_EVENTS.zen4,
  frequencyGhz: assumed(
    2.4,
    3.7,
    3.7,
    'gigahertz',
    'A pinned core at boost, down to base. Base 2.4 GHz agrees with the TSC in the CPUID dump of ' +
      'EPYC 9654; boost 3.7 GHz is recalled.',
  ),
  tlb: {
    firstLevelData: [fullyAssociative(exact(72, 'entries', 'vendor', DUMP), ['4K', '2M', '1G'])],
    firstLevelInstruction: [
      fullyAssociative(exact(64, 'entries', 'vendor', DUMP), ['4K', '2M', '1G']),
    ],
    secondLevelData: [
      setAssociative(
        exact(
          3072,
          'entries',
          'vendor',
          DUMP,
          'CPUID: 8 ways for 4K, 6 for 2M. The software optimisation guide (2.7.1-2.7.3) has 24 ' +
            'in all: PDEs and coalesced 4K groups share the array.',
        ),
        8,
        ['4K', '2M'],
      ),
      fullyAssociative(exact(64, 'entries', 'vendor', DUMP, 'An array of its own.'), ['1G']),
    ],
    secondLevelInstruction: [
      setAssociative(exact(512, 'entries', 'vendor', DUMP, 'CPUID: 4 ways for 4K, 2 for 2M.'), 4, [
        '4K',
        '2M',
      ]),
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
    l1dCycles: exact(4, 'cycles', 'measured', SOURCES.logZen4),
    l2Cycles: L2_CYCLES,
    l3Cycles: ranged(
      50,
      56,
      63,
      'cycles',
      'measured',
      SOURCES.logZen4Both,
      '55-63 clocks on the 7995WX, 50-60 on the 7950X.',
    ),
    dramNanoseconds: ranged(
      105,
      118,
      140,
      'nanoseconds',
      'derived',
      SOURCES.logZen4,
      '112.9 ns measured, random, 4 KiB pages, at 2.5 GHz; a few more taken for a server.',
    ),
    pageTableLinesInL1d: pageTableLines(32, 'L1D'),
    pageTableLinesInL2: pageTableLines(1024, 'L2'),
    pageTableLinesInL3: pageTableLines(32768, 'L3 (CCX)'),
  },
  tags: {
    asidCount: exact(32768, 'asids', 'vendor', DUMP),
    flushByAsid: featureFlag(true, DUMP, '8000_000A EDX=1FBFBCFFh, bit 6.'),
    pcid: featureFlag(true, DUMP, 'CPUID 1 ECX[17]=1.'),
    invlpgb: featureFlag(true, DUMP, '8000_0008 EBX=79BEF25Fh, bit 3.'),
    sevAsidsMax: exact(1006, 'asids', 'vendor', DUMP, '8000_001F ECX=3EEh.'),
  },
  costs: {
    vmrunVmexitNanoseconds: assumed(140, 230, 360, 'nanoseconds', VMRUN_VMEXIT_SCALED),
    vmloadVmsaveNanoseconds: VMLOAD_VMSAVE_ZEN,
    ...AMD_INVALIDATION_COSTS,
    walkStartCycles: walkStartCycles(
      { low: 20, value: 35, high: 70 },
      L2_CYCLES,
      SECOND_LEVEL_HIT,
      { source: SOURCES.logZen4, how: 'The walk: 92 clocks at 16,384 pages, less about 57 of L3.' },
    ),
    cyclesPerInstruction: scaledCyclesPerInstruction(600, 3.7),
    ...SOFTWARE_COSTS,
  },
};
