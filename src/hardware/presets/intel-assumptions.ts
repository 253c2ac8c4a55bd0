import type { Parameter } from '../../units/parameter.ts';
import type { MachinePreset, TlbArray } from '../machine-preset.ts';
import { assumed, exact, featureFlag, ranged, setAssociative } from './make-parameter.ts';
import { SOURCES } from './sources.ts';

/** What the Intel presets share: tags, costs, and what Intel does not publish. */

type Costs = MachinePreset['costs'];

export const REPLACEMENT_INTEL = {
  value: 'pseudo-lru',
  source:
    'TLB;DR (USENIX Security 2022), as recalled, finds tree-PLRU in the first level and ' +
    '(MRU+1)%3-PLRU4 or similar in the second. Pseudo-LRU of each array is the nominal; true LRU ' +
    'and random are the bounds.',
} as const;

export const NESTED_TLB_ENTRIES_INTEL: Parameter = assumed(
  16,
  64,
  256,
  'entries',
  'Intel publishes no size for its guest-physical translations (tagged by EPTRTA, not by VPID). ' +
    'The range assumed for AMD Zen stands in.',
);

/** Walk caches of cores newer than those that RevAnC examined. */
export const INTEL_UPPER_ENTRIES: Parameter = assumed(
  3,
  6,
  12,
  'entries',
  `2 for PML4E and 4 for PDPTE, as on Skylake (${SOURCES.revAnC2017}); bounds half and twice.`,
);

export const PDE_IN_SECOND_LEVEL_INTEL: Parameter = exact(
  0,
  'flag',
  'recalled',
  SOURCES.revAnC2017,
  'PDEs have a cache of their own.',
);

/** VPIDs do for Intel what ASIDs do for AMD. */
export const INTEL_TAGS: MachinePreset['tags'] = {
  asidCount: exact(
    65536,
    'asids',
    'vendor',
    SOURCES.intelSdm,
    'VPIDs have 16 bits; 0 is reserved for VMX root operation.',
  ),
  flushByAsid: featureFlag(true, SOURCES.intelSdm, 'INVVPID of a single context.'),
  pcid: featureFlag(true, SOURCES.intelSdm),
  invlpgb: featureFlag(false, SOURCES.intelSdm, 'An AMD instruction.'),
  sevAsidsMax: exact(0, 'asids', 'vendor', SOURCES.intelSdm, 'SEV is an AMD feature.'),
};

/** Second level of Ice Lake-SP and Sapphire Rapids: two arrays, both of which hold 4K. */
export function splitSecondLevel(dump: string): readonly TlbArray[] {
  const both = exact(
    2048,
    'entries',
    'derived',
    dump,
    'Leaf 18h: 1024 entries, 8-way, for 4K and 2M, and 1024, 8-way, for 4K and 1G, both shared ' +
      'I+D. 4K may use either, so they are one array here; 1024 of its entries are shared with ' +
      '1G, and 2M can use only the other 1024.',
  );
  const large = exact(
    1024,
    'entries',
    'vendor',
    dump,
    'Leaf 18h: 8-way for 4K and 1G, shared I+D. Only its 1G entries are modelled here.',
  );
  return [setAssociative(both, 16, ['4K', '2M']), setAssociative(large, 8, ['1G'])];
}

/** Invalidation on Intel, measured on older client and server cores. */
export const INTEL_INVALIDATION_COSTS = {
  flushAsidCycles: assumed(
    150,
    400,
    900,
    'cycles',
    'INVVPID of one context, estimated by analogy with INVPCID (about 350 cycles, from ' +
      `${SOURCES.hansen2017}).`,
  ),
  flushAllCycles: assumed(
    150,
    400,
    1800,
    'cycles',
    'INVVPID of all contexts or INVEPT, estimated by analogy with INVPCID. The high bound is a ' +
      `cold flush of everything through CR4.PGE (1795 cycles; ${SOURCES.intelBench2015}).`,
  ),
  invlpgCycles: ranged(
    198,
    216,
    260,
    'cycles',
    'measured',
    SOURCES.hansen2017,
    '198-214 cycles per page in batches on a Skylake desktop; 216 on a Haswell Xeon and 260 on ' +
      'an unnamed Intel system in the linux-mm mails of Jun 2015.',
  ),
  invlpgaCycles: assumed(
    90,
    200,
    400,
    'cycles',
    'Intel has no INVLPGA. INVVPID of one address is the nearest thing; nobody has published its ' +
      'cost, so the estimate for AMD stands in.',
  ),
  movCr3FlushCycles: ranged(
    96,
    180,
    370,
    'cycles',
    'measured',
    SOURCES.intelBench2015,
    '96 and 251 cycles hot and 366 cold on two Intel systems, 124 on Haswell, 108 on Westmere; ' +
      'none of them is this part.',
  ),
} as const satisfies Partial<Costs>;

export const VM_ENTRY_EXIT_INTEL =
  'Hardware only. Extrapolated from the published trend of 3963 cycles (Prescott) to 761 ' +
  '(Westmere) and 784 (Sandy Bridge): Agesen et al., ATC 2012, as recalled.';

export const VMLOAD_VMSAVE_INTEL: Parameter = assumed(
  0,
  0,
  120,
  'nanoseconds',
  'Intel has no VMLOAD and VMSAVE: VM entry and VM exit load and store that state, and their ' +
    'cost contains it. The high bound is the low estimate for AMD, for the MSRs that KVM still ' +
    'switches by hand.',
);
