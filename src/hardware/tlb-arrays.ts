import type { ArrayConfig, MachineConfig } from './machine-config.ts';
import { PAGE_SIZES, type PresetReplacement, type Replacement } from './machine-preset.ts';
import { SLOT } from './slots.ts';
import { TaggedTlb } from './tagged-tlb.ts';
import type { TagSpace } from './tags.ts';
import { isPowerOfTwo } from './tlb-geometry.ts';

/** The arrays of one pCPU. Where an index is a page size, several sizes may share one array. */
export interface TlbArrays {
  readonly firstData: readonly TaggedTlb[];
  readonly firstCode: readonly TaggedTlb[];
  readonly secondData: readonly TaggedTlb[];
  readonly secondCode: readonly TaggedTlb[];
  /** PML4E and PDPTE. */
  readonly upper: TaggedTlb;
  readonly pde: TaggedTlb;
  readonly nestedTlb: TaggedTlb;
  readonly nestedUpper: TaggedTlb;
  /** The arrays of the first level, each once. */
  readonly first: readonly TaggedTlb[];
  /** The slots of these, one array after the other. */
  readonly firstCells: Int32Array;
  /** Says of these all that decides which pages compete for entries; equal for equal arrays. */
  readonly firstShape: string;
  /** Each array once. */
  readonly all: readonly TaggedTlb[];
}

/** Pseudo-LRU as an array of this shape can do it. */
function affordable(replacement: PresetReplacement, config: ArrayConfig): Replacement {
  if (replacement !== 'pseudo-lru') return replacement;
  if (config.ways === config.entries) return 'lru';
  return isPowerOfTwo(config.ways) ? 'tree-plru' : 'nru';
}

/** Cells for arrays, of one memory. */
type Allocate = (entries: number) => Int32Array;

function build(
  configs: readonly ArrayConfig[],
  machine: MachineConfig,
  tags: TagSpace,
  allocate?: Allocate,
) {
  const built = configs.map((config) => ({
    config,
    tlb: new TaggedTlb(
      {
        name: config.name,
        entries: config.entries,
        ways: config.ways,
        replacement: affordable(machine.replacement, config),
      },
      tags,
      allocate?.(config.entries),
    ),
  }));
  const bySize = PAGE_SIZES.map((_, size) => {
    // A size that no array holds is kept in the array of the next smaller size that is.
    for (let candidate = size; candidate >= 0; candidate -= 1) {
      const found = built.find(({ config }) => config.sizes.includes(candidate));
      if (found !== undefined) return found.tlb;
    }
    throw new RangeError(`${configs[0]?.name ?? 'TLB'}: no array holds 4K pages`);
  });
  return { bySize, all: built.map(({ tlb }) => tlb) };
}

function cellsOf(configs: readonly ArrayConfig[]): Int32Array {
  return new Int32Array(configs.reduce((sum, { entries }) => sum + entries, 0) * SLOT);
}

function walkCache(name: string, entries: number, tags: TagSpace): TaggedTlb {
  return new TaggedTlb({ name, entries, ways: entries, replacement: 'lru' }, tags);
}

export function buildTlbArrays(machine: MachineConfig, tags: TagSpace): TlbArrays {
  const firstCells = cellsOf([...machine.firstLevelData, ...machine.firstLevelInstruction]);
  let taken = 0;
  const allocate = (entries: number) => {
    taken += entries * SLOT;
    return firstCells.subarray(taken - entries * SLOT, taken);
  };
  const firstData = build(machine.firstLevelData, machine, tags, allocate);
  const firstCode = build(machine.firstLevelInstruction, machine, tags, allocate);
  const secondData = build(machine.secondLevelData, machine, tags);
  const secondCode =
    machine.secondLevelInstruction.length === 0
      ? secondData
      : build(machine.secondLevelInstruction, machine, tags);
  const upper = walkCache('PML4E and PDPTE cache', machine.upperEntries, tags);
  const pde = machine.pdeInSecondLevelTlb
    ? secondData.bySize[0]!
    : walkCache('PDE cache', machine.pdeEntries, tags);
  const nestedTlb = walkCache('nested TLB', machine.nestedTlbEntries, tags);
  const nestedUpper = walkCache('nested walk cache', machine.nestedUpperEntries, tags);
  const all = new Set([
    ...firstData.all,
    ...firstCode.all,
    ...secondData.all,
    ...secondCode.all,
    upper,
    pde,
    nestedTlb,
    nestedUpper,
  ]);
  const first = [...firstData.all, ...firstCode.all];
  return {
    firstData: firstData.bySize,
    firstCode: firstCode.bySize,
    secondData: secondData.bySize,
    secondCode: secondCode.bySize,
    upper,
    pde,
    nestedTlb,
    nestedUpper,
    first,
    firstCells,
    firstShape: shapeOf(first, firstData.bySize, firstCode.bySize),
    all: [...all],
  };
}

function shapeOf(
  first: readonly TaggedTlb[],
  data: readonly TaggedTlb[],
  code: readonly TaggedTlb[],
): string {
  const arrays = first.map(({ sets, ways, isLru }) => ({ sets, ways, isLru }));
  const placeOf = (tlb: TaggedTlb) => first.indexOf(tlb);
  return JSON.stringify([arrays, data.map(placeOf), code.map(placeOf)]);
}
