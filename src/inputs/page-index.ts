/**
 * Small integers for page numbers of up to 52 bits, in the order of their first use: an
 * open-addressing table of typed arrays, because a `Map` of such numbers takes four times the
 * memory and the time.
 */
export class PageIndex {
  private slots: Int32Array;
  private pages: Float64Array;
  private count = 0;

  /** `capacity`: pages before the first growth. */
  constructor(capacity = 1024) {
    this.slots = new Int32Array(capacity * 2).fill(-1);
    this.pages = new Float64Array(capacity);
  }

  get size(): number {
    return this.count;
  }

  /** The page that has an index below `size`. */
  pageAt(index: number): number {
    return this.pages[index]!;
  }

  /** The index of a page; a page that is new gets the next one. */
  indexOf(page: number): number {
    const { slots, pages } = this;
    let slot = slotOf(page, slots.length);
    let index = slots[slot]!;
    while (index >= 0) {
      if (pages[index] === page) return index;
      slot = slot + 1 === slots.length ? 0 : slot + 1;
      index = slots[slot]!;
    }
    if (this.count === pages.length) {
      this.grow();
      return this.indexOf(page);
    }
    index = this.count;
    this.count += 1;
    pages[index] = page;
    slots[slot] = index;
    return index;
  }

  private grow(): void {
    const pages = new Float64Array(this.pages.length * 2);
    pages.set(this.pages);
    const slots = new Int32Array(pages.length * 2).fill(-1);
    for (let index = 0; index < this.count; index += 1) {
      let slot = slotOf(pages[index]!, slots.length);
      while (slots[slot]! >= 0) slot = slot + 1 === slots.length ? 0 : slot + 1;
      slots[slot] = index;
    }
    this.pages = pages;
    this.slots = slots;
  }
}

const TWO_TO_32 = 4_294_967_296;
/** Odd numbers near the golden ratio of 2^32 (Knuth) and of murmur3's mixing step. */
const SPREAD_LOW = 0x9e37_79b1;
const SPREAD_HIGH = 0x85eb_ca6b;

/** Multiplicative hash of both halves of the page number, as a slot. */
function slotOf(page: number, slots: number): number {
  const high = Math.imul(Math.floor(page / TWO_TO_32), SPREAD_HIGH);
  const hash = Math.imul(page + high, SPREAD_LOW) + TWO_TO_32 / 2;
  return Math.floor((hash / TWO_TO_32) * slots);
}
