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
import { ZEN3_CYCLES_PER_INSTRUCTION } from './cycles-per-instruction.ts';
import {
  assumed,
  exact,
  featureFlag,
  fullyAssociative,
  ranged,
  setAssociative,
} from './make-parameter.ts';
import { SOURCES } from './sources.ts';

const DUMP = SOURCES.dumpMilan;

const SECOND_LEVEL_HIT = ranged(
  5,
  6,
  8,
  'cycles',
  'measured',
  SOURCES.logZen3,
  'On top of a first-level hit: 15 to 20 clocks. Chips and Cheese reports 7 for the neighbours ' +
    'Zen 2 and Zen 5, so the nominal lies between. Client part; the core has the same TLBs.',
);

const L2_CYCLES = ranged(12, 12, 13, 'cycles', 'measured', SOURCES.logZen3);

/** EPYC 7003, "Milan": the machine of the published measurements. */
export const ZEN3_MILAN: MachinePreset = {
  id: 'zen3-milan',
  vendor: 'AMD',
  name: 'Zen 3 (Milan)',
  referencePart: 'EPYC 7763 / 7713 / 7443P',
  cpuModels: [
    { family: 0x19, from: 0x00, to: 0x0f },
    { family: 0x19, from: 0x20, to: 0x5f },
  ],
  pmuEvents: PMU_EVENTS.zen1to3,
  frequencyGhz: assumed(
    2.8,
    3.5,
    4,
    'gigahertz',
    'The published Milan runs state neither part nor clock. 3.5 GHz is the boost of EPYC 7763, ' +
      '4.0 GHz that of EPYC 7443P, whose base is 2.85 GHz (product pages, as recalled). A pinned ' +
      'core is taken to run near boost.',
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
          'CPUID: 8 ways for 4K, 4 for 2M. The software optimisation guide has 16 in all, as ' +
            'recalled: PDEs and coalesced 4K groups share the array.',
        ),
        8,
        ['4K', '2M'],
      ),
      fullyAssociative(
        exact(64, 'entries', 'vendor', DUMP, '8000_0019 EBX=F0400000h: an array of its own.'),
        ['1G'],
      ),
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
    l1dCycles: exact(4, 'cycles', 'measured', SOURCES.logZen3),
    l2Cycles: L2_CYCLES,
    l3Cycles: ranged(46, 50, 55, 'cycles', 'measured', SOURCES.logZen3, '46-53 clocks measured.'),
    dramNanoseconds: assumed(
      95,
      108,
      130,
      'nanoseconds',
      'Ryzen 9 5900X measured 82.4 ns, random, 4 KiB pages (InstLatx64). The I/O die of a server ' +
        'adds about 20-30 ns.',
    ),
    pageTableLinesInL1d: pageTableLines(32, 'L1D'),
    pageTableLinesInL2: pageTableLines(512, 'L2'),
    pageTableLinesInL3: pageTableLines(32768, 'L3 (CCX)'),
  },
  tags: {
    asidCount: exact(32768, 'asids', 'vendor', DUMP),
    flushByAsid: featureFlag(true, DUMP, '8000_000A EDX=119B9CFFh, bit 6.'),
    pcid: featureFlag(true, DUMP, 'CPUID 1 ECX[17]=1; INVPCID: CPUID 7 EBX[10]=1.'),
    invlpgb: featureFlag(
      true,
      DUMP,
      '8000_0008 EBX=91BEF75Fh, bit 3. The dump of the client part Vermeer has it clear.',
    ),
    sevAsidsMax: exact(509, 'asids', 'vendor', DUMP, '8000_001F ECX=1FDh.'),
  },
  costs: {
    vmrunVmexitNanoseconds: ranged(
      170,
      260,
      400,
      'nanoseconds',
      'derived',
      SOURCES.roth2020,
      'VMLOAD to host VMLOAD takes 1344-1376 TSC cycles; less VMLOAD 306, VMSAVE 282 and ' +
        '100-200 for the host VMLOAD and assembly leaves about 600. The mail names no CPU.',
    ),
    vmloadVmsaveNanoseconds: VMLOAD_VMSAVE_ZEN,
    ...AMD_INVALIDATION_COSTS,
    walkStartCycles: walkStartCycles(
      { low: 20, value: 35, high: 70 },
      L2_CYCLES,
      SECOND_LEVEL_HIT,
      { source: SOURCES.logZen3, how: 'The walk: 88 clocks at 16,384 pages, less about 50 of L3.' },
    ),
    cyclesPerInstruction: ZEN3_CYCLES_PER_INSTRUCTION,
    ...SOFTWARE_COSTS,
  },
};
