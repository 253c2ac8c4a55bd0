/** Words of a slot: both numbers, and the place of the pair plus 1; 0 where the slot is empty. */
const SLOT = 4;

/** Pairs of numbers, each once and in the order of their insertion. Bit operators: see StateTable. */
export class PairIndex {
  readonly limit: number;
  size = 0;
  /** Pairs by their place. */
  firsts = new Int32Array(1 << 10);
  seconds = new Int32Array(1 << 10);
  private slots = new Int32Array(SLOT << 11);
  private mask = (1 << 11) - 1;

  /** Never more than `limit` pairs. */
  constructor(limit: number) {
    this.limit = limit;
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
    this.fill(slot, place);
    this.size += 1;
    if (this.size * 2 > this.mask) this.grow();
    return place;
  }

  private fill(slot: number, place: number): void {
    const at = slot * SLOT;
    this.slots[at] = this.firsts[place]!;
    this.slots[at + 1] = this.seconds[place]!;
    this.slots[at + 2] = place + 1;
  }

  private grow(): void {
    this.slots = new Int32Array(this.slots.length * 2);
    this.mask = this.mask * 2 + 1;
    for (let place = 0; place < this.size; place += 1) {
      let slot = hashOf(this.firsts[place]!, this.seconds[place]!) & this.mask;
      while (this.slots[slot * SLOT + 2] !== 0) slot = (slot + 1) & this.mask;
      this.fill(slot, place);
    }
  }
}

/** Multiplications of both numbers, with the finaliser of MurmurHash3. */
function hashOf(first: number, second: number): number {
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
