import { KIND, type PriceList, type SimpleKindId } from '../cost/ledger.ts';
import type { MachinePreset, PresetReplacement, TlbArray } from './machine-preset.ts';
import { PAGE_SIZES } from './machine-preset.ts';

/** One physical array as plain numbers; `sizes` are indices in PAGE_SIZES. */
export interface ArrayConfig {
  readonly name: string;
  readonly entries: number;
  readonly ways: number;
  readonly sizes: readonly number[];
}

/** A preset without its ranges and sources: what a simulated pCPU is built from. */
export interface MachineConfig {
  readonly firstLevelData: readonly ArrayConfig[];
  readonly firstLevelInstruction: readonly ArrayConfig[];
  readonly secondLevelData: readonly ArrayConfig[];
  /** Empty when the second level serves both sides. */
  readonly secondLevelInstruction: readonly ArrayConfig[];
  readonly replacement: PresetReplacement;
  readonly upperEntries: number;
  readonly pdeEntries: number;
  readonly pdeInSecondLevelTlb: boolean;
  readonly nestedTlbEntries: number;
  readonly nestedUpperEntries: number;
  readonly pageTableLinesInL1d: number;
  readonly pageTableLinesInL2: number;
  readonly pageTableLinesInL3: number;
  readonly asidCount: number;
  /** Highest ASID that SEV may reserve; other guests' begin above it. */
  readonly sevAsidsMax: number;
  readonly flushByAsid: boolean;
  readonly frequencyGhz: number;
  readonly prices: PriceList;
}

function arrays(name: string, list: readonly TlbArray[]): ArrayConfig[] {
  return list.map((array) => ({
    name: `${name} (${array.sizes.join('+')})`,
    entries: array.entries.value,
    ways: array.ways.value,
    sizes: array.sizes.map((size) => PAGE_SIZES.indexOf(size)),
  }));
}

/** Cycles of each event on a preset, at its nominal values. */
export function pricesOf(preset: MachinePreset): PriceList {
  const { costs, caches } = preset;
  const frequency = preset.frequencyGhz.value;
  const perInstruction = costs.cyclesPerInstruction.value;
  const exposed = costs.exposedWalkShare.value;
  const worldSwitch = costs.vmrunVmexitNanoseconds.value + costs.vmloadVmsaveNanoseconds.value;
  const simple: Record<SimpleKindId, number> = {
    l0Instruction: perInstruction,
    l1Instruction: perInstruction,
    l2Instruction: perInstruction,
    worldSwitch: worldSwitch * frequency,
    flushAsid: costs.flushAsidCycles.value,
    flushAll: costs.flushAllCycles.value,
    invlpga: costs.invlpgaCycles.value,
    flushRequest: costs.flushRequestCycles.value,
    syncInstruction: perInstruction,
    invlpg: costs.invlpgCycles.value,
    movCr3: costs.movCr3FlushCycles.value,
    remoteFlush: costs.remoteFlushIpiNanoseconds.value * frequency,
    invlpgb: costs.invlpgbNanoseconds.value * frequency,
    secondLevelHit: preset.tlb.secondLevelHitCycles.value,
  };
  return {
    simple,
    walkStartCycles: costs.walkStartCycles.value * exposed,
    walkReferenceCycles: [
      caches.l1dCycles.value * exposed,
      caches.l2Cycles.value * exposed,
      caches.l3Cycles.value * exposed,
      caches.dramNanoseconds.value * frequency * exposed,
    ],
  };
}

/** Plain numbers of a preset, at its nominal values. */
export function machineConfig(preset: MachinePreset): MachineConfig {
  const { tlb, walkCaches, caches, tags } = preset;
  return {
    firstLevelData: arrays('L1 DTLB', tlb.firstLevelData),
    firstLevelInstruction: arrays('L1 ITLB', tlb.firstLevelInstruction),
    secondLevelData: arrays('L2 DTLB', tlb.secondLevelData),
    secondLevelInstruction: arrays('L2 ITLB', tlb.secondLevelInstruction),
    replacement: tlb.replacement.value,
    upperEntries: walkCaches.upperEntries.value,
    pdeEntries: walkCaches.pdeEntries.value,
    pdeInSecondLevelTlb: walkCaches.pdeInSecondLevelTlb.value === 1,
    nestedTlbEntries: walkCaches.nestedTlbEntries.value,
    nestedUpperEntries: walkCaches.nestedUpperEntries.value,
    pageTableLinesInL1d: caches.pageTableLinesInL1d.value,
    pageTableLinesInL2: caches.pageTableLinesInL2.value,
    pageTableLinesInL3: caches.pageTableLinesInL3.value,
    asidCount: tags.asidCount.value,
    sevAsidsMax: tags.sevAsidsMax.value,
    flushByAsid: tags.flushByAsid.value === 1,
    frequencyGhz: preset.frequencyGhz.value,
    prices: pricesOf(preset),
  };
}

/** Prices of nothing: for models that count only. */
export const FREE_PRICES: PriceList = {
  simple: Object.fromEntries(Object.keys(KIND).map((id) => [id, 0])) as Record<
    SimpleKindId,
    number
  >,
  walkStartCycles: 0,
  walkReferenceCycles: [0, 0, 0, 0],
};
