import { grown, hashOf } from './pair-index.ts';

/** What came of adding a state. */
export const ADDED = { known: 0, fresh: 1, full: 2 } as const;

/** States that there is room for at first; what is not used costs nothing. */
const FEW_STATES = 1 << 20;

/** Words that a set of bits may take for each state, or for this many. */
const MOST_WORDS = 16;
const SMALL = 1 << 18;

/**
 * States as pairs of numbers, each once and in the order in which they were added. Whether one is
 * known is a bit in a row of its first number, as long as the rows are small against the states: a
 * few hundred sets of translations go with each state of KVM. Otherwise it is a slot of a hash table.
 * Bit operators: see StateTable.
 */
export class StateSet {
  readonly limit: number;
  size = 0;
  firsts: Int32Array<ArrayBuffer>;
  seconds: Int32Array<ArrayBuffer>;
  private bits: Int32Array<ArrayBuffer> | null = new Int32Array(1 << 15);
  /** Words of a row of bits. */
  private width = 8;
  /** Both numbers of a slot, the first plus 1; 0 where it is empty. */
  private slots = new Int32Array(0);
  private mask = 0;

  /** Never more than `limit` states. */
  constructor(limit: number) {
    this.limit = limit;
    this.firsts = new Int32Array(Math.min(limit, FEW_STATES));
    this.seconds = new Int32Array(this.firsts.length);
  }

  /** A value of ADDED; the number of a fresh state is what `size` was. */
  add(first: number, second: number): number {
    const { bits } = this;
    if (bits === null) return this.addSlot(first, second);
    const word = first * this.width + (second >> 5);
    if (second >> 5 >= this.width || word >= bits.length) return this.addWider(first, second);
    const set = bits[word]!;
    const bit = 1 << (second & 31);
    if ((set & bit) !== 0) return ADDED.known;
    if (this.size >= this.limit) return ADDED.full;
    bits[word] = set | bit;
    return this.append(first, second);
  }

  private append(first: number, second: number): number {
    if (this.size === this.firsts.length) {
      this.firsts = grown(this.firsts);
      this.seconds = grown(this.seconds);
    }
    this.firsts[this.size] = first;
    this.seconds[this.size] = second;
    this.size += 1;
    return ADDED.fresh;
  }

  private addWider(first: number, second: number): number {
    let { width } = this;
    while (second >> 5 >= width) width *= 2;
    let rows = this.bits!.length / this.width;
    while (first >= rows) rows *= 2;
    const states = Math.max(this.size, Math.min(this.limit, SMALL));
    if (rows * width > MOST_WORDS * states) this.makeSlots();
    else this.widen(rows, width);
    return this.add(first, second);
  }

  private widen(rows: number, width: number): void {
    const bits = new Int32Array(rows * width);
    if (width === this.width) bits.set(this.bits!);
    else {
      // State by state: most words are 0.
      const { firsts, seconds, size } = this;
      for (let index = 0; index < size; index += 1) {
        const second = seconds[index]!;
        const word = firsts[index]! * width + (second >> 5);
        bits[word] = bits[word]! | (1 << (second & 31));
      }
    }
    this.bits = bits;
    this.width = width;
  }

  private makeSlots(): void {
    this.bits = null;
    let count = SMALL;
    while (count < this.size * 4) count *= 2;
    this.slots = new Int32Array(2 * count);
    this.mask = count - 1;
    for (let index = 0; index < this.size; index += 1) {
      this.fill(this.firsts[index]!, this.seconds[index]!);
    }
  }

  private addSlot(first: number, second: number): number {
    const { slots, mask } = this;
    let slot = hashOf(first, second) & mask;
    for (;;) {
      const key = slots[slot * 2]!;
      if (key === 0) break;
      if (key === first + 1 && slots[slot * 2 + 1] === second) return ADDED.known;
      slot = (slot + 1) & mask;
    }
    if (this.size >= this.limit) return ADDED.full;
    slots[slot * 2] = first + 1;
    slots[slot * 2 + 1] = second;
    this.append(first, second);
    if (this.size * 2 > mask) this.growSlots();
    return ADDED.fresh;
  }

  /** Slot by slot: the new places are two runs, so memory is written in order. */
  private growSlots(): void {
    const old = this.slots;
    this.slots = new Int32Array(old.length * 2);
    this.mask = this.mask * 2 + 1;
    for (let at = 0; at < old.length; at += 2) {
      if (old[at] !== 0) this.fill(old[at]! - 1, old[at + 1]!);
    }
  }

  /** A state that is in no slot yet. */
  private fill(first: number, second: number): void {
    const { slots, mask } = this;
    let slot = hashOf(first, second) & mask;
    while (slots[slot * 2] !== 0) slot = (slot + 1) & mask;
    slots[slot * 2] = first + 1;
    slots[slot * 2 + 1] = second;
  }
}

/** Adds one to the count of each bit of a set. */
export function countBits(counts: Float64Array, set: number): void {
  for (let rest = set; rest !== 0; rest &= rest - 1) counts[31 - Math.clz32(rest & -rest)]! += 1;
}
