/** Words of a slot: both numbers, and the place of the pair plus 1; 0 where the slot is empty. */
const SLOT = 4;

/** Slots at first: of an index without a limit, and most of one with a limit, whose use is near it. */
const FEW_SLOTS = 1 << 12;
const MANY_SLOTS = 1 << 19;

/** Each time that half the slots are in use. */
const GROWTH = 4;

/** Pairs of numbers, each once and in the order of their insertion. Bit operators: see StateTable. */
export class PairIndex {
  readonly limit: number;
  size = 0;
  /** Pairs by their place. */
  firsts: Int32Array<ArrayBuffer>;
  seconds: Int32Array<ArrayBuffer>;
  private slots: Int32Array<ArrayBuffer>;
  private mask: number;

  /** Never more than `limit` pairs. */
  constructor(limit: number) {
    this.limit = limit;
    let slots = FEW_SLOTS;
    if (limit < Number.MAX_SAFE_INTEGER) {
      while (slots < MANY_SLOTS && slots < limit * 2) slots *= 2;
    }
    this.firsts = new Int32Array(slots / 2);
    this.seconds = new Int32Array(slots / 2);
    this.slots = new Int32Array(SLOT * slots);
    this.mask = slots - 1;
  }

  /** The place of a pair; inserts it when it is new, which `size` then shows. -1 when full. */
  insert(first: number, second: number): number {
    const { slots, mask } = this;
    let slot = hashOf(first, second) & mask;
    for (;;) {
      const at = slot * SLOT;
      const place = slots[at + 2]!;
      if (place === 0) break;
      if (slots[at] === first && slots[at + 1] === second) return place - 1;
      slot = (slot + 1) & mask;
    }
    if (this.size >= this.limit) return -1;
    return this.append(first, second, slot);
  }

  private append(first: number, second: number, slot: number): number {
    const place = this.size;
    if (place === this.firsts.length) {
      this.firsts = grown(this.firsts);
      this.seconds = grown(this.seconds);
    }
    this.firsts[place] = first;
    this.seconds[place] = second;
    fill(this.slots, slot, first, second, place + 1);
    this.size += 1;
    if (this.size * 2 > this.mask) this.grow();
    return place;
  }

  /** Slot by slot: the new places are as many runs as it grows by, so memory is written in order. */
  private grow(): void {
    const old = this.slots;
    const slots = new Int32Array(old.length * GROWTH);
    const mask = (this.mask + 1) * GROWTH - 1;
    for (let at = 0; at < old.length; at += SLOT) {
      const place = old[at + 2]!;
      if (place === 0) continue;
      let slot = hashOf(old[at]!, old[at + 1]!) & mask;
      while (slots[slot * SLOT + 2] !== 0) slot = (slot + 1) & mask;
      fill(slots, slot, old[at]!, old[at + 1]!, place);
    }
    this.slots = slots;
    this.mask = mask;
  }
}

function fill(slots: Int32Array, slot: number, first: number, second: number, place: number): void {
  const at = slot * SLOT;
  slots[at] = first;
  slots[at + 1] = second;
  slots[at + 2] = place;
}

/** Multiplications of both numbers, with the finaliser of MurmurHash3. */
export function hashOf(first: number, second: number): number {
  let hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second + 0x7f4a7c15, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
  return hash ^ (hash >>> 13);
}

/** The same numbers in an array of twice the length. */
export function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
