import type { Parameter } from '../../units/parameter.ts';
import type { MachinePreset } from '../machine-preset.ts';

/** A parameter and where it stands in its preset, for example `tlb.firstLevelData.0.ways`. */
export interface ListedParameter {
  readonly path: string;
  readonly parameter: Parameter;
}

/** The groups of TLB arrays, in the order in which an access meets them. */
export const TLB_GROUPS = [
  'firstLevelData',
  'firstLevelInstruction',
  'secondLevelData',
  'secondLevelInstruction',
] as const satisfies readonly (keyof MachinePreset['tlb'])[];

const WALK_CACHES = [
  'upperEntries',
  'pdeEntries',
  'pdeInSecondLevelTlb',
  'nestedTlbEntries',
  'nestedUpperEntries',
] as const satisfies readonly (keyof MachinePreset['walkCaches'])[];

const CACHES = [
  'l1dCycles',
  'l2Cycles',
  'l3Cycles',
  'dramNanoseconds',
  'pageTableLinesInL1d',
  'pageTableLinesInL2',
  'pageTableLinesInL3',
] as const satisfies readonly (keyof MachinePreset['caches'])[];

const TAGS = [
  'asidCount',
  'flushByAsid',
  'pcid',
  'invlpgb',
  'sevAsidsMax',
] as const satisfies readonly (keyof MachinePreset['tags'])[];

const COSTS = [
  'vmrunVmexitNanoseconds',
  'vmloadVmsaveNanoseconds',
  'flushAsidCycles',
  'flushAllCycles',
  'invlpgCycles',
  'invlpgaCycles',
  'movCr3FlushCycles',
  'walkStartCycles',
  'exposedWalkShare',
  'cyclesPerInstruction',
  'flushRequestCycles',
  'remoteFlushIpiNanoseconds',
  'invlpgbNanoseconds',
] as const satisfies readonly (keyof MachinePreset['costs'])[];

/**
 * Every parameter of a preset with its dotted path, in a fixed order that does not depend on
 * the order of keys in the preset. `tlb.replacement` is a word, not a number, and is left out.
 */
export function listParameters(preset: MachinePreset): readonly ListedParameter[] {
  return [
    { path: 'frequencyGhz', parameter: preset.frequencyGhz },
    ...TLB_GROUPS.flatMap((group) =>
      preset.tlb[group].flatMap((array, index) => [
        { path: `tlb.${group}.${index}.entries`, parameter: array.entries },
        { path: `tlb.${group}.${index}.ways`, parameter: array.ways },
      ]),
    ),
    { path: 'tlb.secondLevelHitCycles', parameter: preset.tlb.secondLevelHitCycles },
    ...WALK_CACHES.map((key) => ({
      path: `walkCaches.${key}`,
      parameter: preset.walkCaches[key],
    })),
    ...CACHES.map((key) => ({ path: `caches.${key}`, parameter: preset.caches[key] })),
    ...TAGS.map((key) => ({ path: `tags.${key}`, parameter: preset.tags[key] })),
    ...COSTS.map((key) => ({ path: `costs.${key}`, parameter: preset.costs[key] })),
  ];
}
