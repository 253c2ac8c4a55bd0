import { NONE } from './slots.ts';
import type { TaggedTlb } from './tagged-tlb.ts';
import type { TlbArrays } from './tlb-arrays.ts';

/** The second-level TLBs, each once: what they have lost has to be walked for. */
export function secondLevelTlbs({ secondData, secondCode }: TlbArrays): readonly TaggedTlb[] {
  return [...new Set([...secondData, ...secondCode])];
}

/** Live entries by owner, owners without any left out. Reads slot by slot, changes nothing. */
export function liveByOwner(tlbs: readonly TaggedTlb[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const tlb of tlbs) {
    for (let index = 0; index < tlb.entries; index += 1) {
      const owner = tlb.liveOwner(index);
      if (owner === NONE) continue;
      counts.set(owner, (counts.get(owner) ?? 0) + 1);
    }
  }
  return counts;
}
