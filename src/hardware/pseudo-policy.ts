import type { Replacement } from './machine-preset.ts';
import * as slots from './slots.ts';
import { TreePlru } from './tree-plru.ts';

// Local, as in tagged-tlb.ts.
const { SLOT } = slots;

/** Replacement that does not go by age: tree-PLRU, NRU, random. Slots are named as in `slots.ts`. */
export class PseudoPolicy {
  private readonly ways: number;
  private readonly isNru: boolean;
  private readonly tree: TreePlru | null;
  /** NRU reference bits, by number of the slot. */
  private readonly state: Uint8Array;
  private randomState = 0x9e37_79b9;

  constructor(replacement: Replacement, entries: number, ways: number) {
    this.ways = ways;
    this.isNru = replacement === 'nru';
    this.tree = replacement === 'tree-plru' ? new TreePlru(entries, ways) : null;
    this.state = new Uint8Array(this.isNru ? entries : 0);
  }

  /** An entry was hit or filled. */
  use(slot: number): void {
    if (this.tree !== null) this.tree.use(slot / SLOT);
    else if (this.isNru) this.useNru(slot / SLOT);
  }

  /** The slot to replace in the set that starts at `first`. */
  victim(first: number): number {
    const start = first / SLOT;
    if (this.tree !== null) return this.tree.victim(start) * SLOT;
    if (this.isNru) return this.victimNru(start) * SLOT;
    return (start + this.nextRandom(this.ways)) * SLOT;
  }

  private useNru(index: number): void {
    const start = index - (index % this.ways);
    this.state[index] = 1;
    for (let other = start; other < start + this.ways; other += 1) {
      if (this.state[other] === 0) return;
    }
    this.state.fill(0, start, start + this.ways);
    this.state[index] = 1;
  }

  private victimNru(start: number): number {
    for (let index = start; index < start + this.ways; index += 1) {
      if (this.state[index] === 0) return index;
    }
    return start;
  }

  /** Park-Miller: exact in doubles, needs no bit operations. */
  private nextRandom(bound: number): number {
    this.randomState = (this.randomState * 48_271) % 2_147_483_647;
    return this.randomState % bound;
  }
}
