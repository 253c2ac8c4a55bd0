/** States of a chunk, as a power of two. */
const SHIFT = 10;
const CHUNK_STATES = 1 << SHIFT;

/**
 * A set of states of fixed size, in the order of their insertion. This file and the other indexes of
 * the checker have bit operators: a hash is made for each step of the exploration.
 */
export class StateTable {
  size = 0;
  private readonly words: number;
  private readonly chunks: Int32Array[] = [];
  private hashes: Int32Array;
  private slots: Int32Array;

  /** `stride` bytes a state, a multiple of 4. */
  constructor(stride: number) {
    this.words = stride >> 2;
    this.hashes = new Int32Array(CHUNK_STATES);
    this.slots = new Int32Array(2 * CHUNK_STATES).fill(-1);
  }

  /** The index of a state; inserts it when it is new, which `size` then shows. */
  insert(state: Int32Array): number {
    const hash = hashOf(state, this.words);
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const index = this.slots[slot]!;
      if (index < 0) break;
      if (this.hashes[index] === hash && this.isAt(index, state)) return index;
      slot = (slot + 1) & mask;
    }
    return this.append(state, hash, slot);
  }

  /** Copies a state out. */
  read(index: number, into: Int32Array): void {
    const chunk = this.chunks[index >> SHIFT]!;
    const start = (index & (CHUNK_STATES - 1)) * this.words;
    for (let i = 0; i < this.words; i += 1) into[i] = chunk[start + i]!;
  }

  private isAt(index: number, state: Int32Array): boolean {
    const chunk = this.chunks[index >> SHIFT]!;
    const start = (index & (CHUNK_STATES - 1)) * this.words;
    for (let i = 0; i < this.words; i += 1) if (chunk[start + i] !== state[i]) return false;
    return true;
  }

  private append(state: Int32Array, hash: number, slot: number): number {
    const index = this.size;
    if (index >> SHIFT === this.chunks.length) {
      this.chunks.push(new Int32Array(CHUNK_STATES * this.words));
    }
    const chunk = this.chunks[index >> SHIFT]!;
    const start = (index & (CHUNK_STATES - 1)) * this.words;
    for (let i = 0; i < this.words; i += 1) chunk[start + i] = state[i]!;
    if (index === this.hashes.length) {
      const larger = new Int32Array(this.hashes.length * 2);
      larger.set(this.hashes);
      this.hashes = larger;
    }
    this.hashes[index] = hash;
    this.slots[slot] = index;
    this.size += 1;
    if (this.size * 2 > this.slots.length) this.grow();
    return index;
  }

  private grow(): void {
    const slots = new Int32Array(this.slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let index = 0; index < this.size; index += 1) {
      let slot = this.hashes[index]! & mask;
      while (slots[slot]! >= 0) slot = (slot + 1) & mask;
      slots[slot] = index;
    }
    this.slots = slots;
  }
}

/** Multiply and rotate over 32-bit words, with the finaliser of MurmurHash3. */
function hashOf(state: Int32Array, words: number): number {
  let hash = 0x2f0b4a27;
  for (let i = 0; i < words; i += 1) {
    hash = Math.imul(hash ^ state[i]!, 0x9e3779b1);
    hash = (hash << 13) | (hash >>> 19);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
