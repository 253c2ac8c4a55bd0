import { grown } from './pair-index.ts';

/** Slots at first. */
const FEW_SLOTS = 1 << 12;

/**
 * Tuples of a few numbers, each once and in the order of their insertion. A slot holds the tuple
 * itself, so that most questions look at one place in memory. Bit operators: see StateTable.
 */
export class TupleIndex {
  size = 0;
  private readonly words: number;
  /** Words of a slot: the tuple, and its place plus 1; 0 where the slot is empty. */
  private readonly slotWords: number;
  /** Tuples by their place. */
  private tuples: Int32Array<ArrayBuffer>;
  private slots: Int32Array<ArrayBuffer>;
  private mask = FEW_SLOTS - 1;

  constructor(words: number) {
    this.words = words;
    this.slotWords = words + 1;
    this.tuples = new Int32Array((words * FEW_SLOTS) / 2);
    this.slots = new Int32Array(this.slotWords * FEW_SLOTS);
  }

  /** The place of a tuple; inserts it when it is new, which `size` then shows. */
  insert(tuple: Int32Array): number {
    const { slots, mask, words, slotWords } = this;
    let slot = hashOf(tuple, 0, words) & mask;
    for (;;) {
      const at = slot * slotWords;
      const place = slots[at + words]!;
      if (place === 0) break;
      let word = 0;
      while (word < words && slots[at + word] === tuple[word]) word += 1;
      if (word === words) return place - 1;
      slot = (slot + 1) & mask;
    }
    return this.append(tuple, slot);
  }

  /** Copies a tuple out. */
  read(place: number, into: Int32Array): void {
    const { tuples, words } = this;
    for (let word = 0; word < words; word += 1) into[word] = tuples[place * words + word]!;
  }

  private append(tuple: Int32Array, slot: number): number {
    const { words } = this;
    const place = this.size;
    if ((place + 1) * words > this.tuples.length) this.tuples = grown(this.tuples);
    const at = slot * this.slotWords;
    for (let word = 0; word < words; word += 1) {
      this.tuples[place * words + word] = tuple[word]!;
      this.slots[at + word] = tuple[word]!;
    }
    this.slots[at + words] = place + 1;
    this.size += 1;
    if (this.size * 2 > this.mask) this.grow();
    return place;
  }

  /** Slot by slot: the new places are two runs, so memory is written in order. */
  private grow(): void {
    const { slots: old, words, slotWords } = this;
    const slots = new Int32Array(old.length * 2);
    const mask = this.mask * 2 + 1;
    for (let at = 0; at < old.length; at += slotWords) {
      if (old[at + words] === 0) continue;
      let slot = hashOf(old, at, words) & mask;
      while (slots[slot * slotWords + words] !== 0) slot = (slot + 1) & mask;
      for (let word = 0; word < slotWords; word += 1) {
        slots[slot * slotWords + word] = old[at + word]!;
      }
    }
    this.slots = slots;
    this.mask = mask;
  }
}

/** Multiply and rotate over 32-bit words, with the finaliser of MurmurHash3. */
function hashOf(all: Int32Array, from: number, words: number): number {
  let hash = 0x2f0b4a27;
  for (let at = from; at < from + words; at += 1) {
    hash = Math.imul(hash ^ all[at]!, 0x9e3779b1);
    hash = (hash << 13) | (hash >>> 19);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
