/** No number that can be a key. */
const FREE = -1;
const FIRST_CAPACITY = 16;
const GROWTH = 4;
/** Numbers are hashed in two halves, since integer multiplication takes 32 bits. */
const HALF = 2_097_152;
/** Odd, with bits all over: the golden ratio's and another one (Knuth, vol. 3, 6.4). */
const SPREAD_LOW = -1_640_531_527;
const SPREAD_BOTH = 1_540_483_477;
const HASHES = 4_294_967_296;

/**
 * Small integers by whole numbers from 0 to 2^53 - 1, as page numbers are. What `Map` does, in typed
 * arrays: page tables have many thousand entries and are made anew for each cell, and objects for
 * them would keep the garbage collector busy.
 */
export class NumberMap {
  private keys = new Float64Array(FIRST_CAPACITY).fill(FREE);
  private values = new Int32Array(FIRST_CAPACITY);
  private count = 0;

  /** The number that was set for `key`, or -1. */
  get(key: number): number {
    const at = this.slotOf(key);
    return this.keys[at] === key ? this.values[at]! : -1;
  }

  /** `value`: an integer from 0 to 2^31 - 1. */
  set(key: number, value: number): void {
    if ((this.count + 1) * 2 > this.keys.length) this.grow();
    const at = this.slotOf(key);
    if (this.keys[at] === FREE) this.count += 1;
    this.keys[at] = key;
    this.values[at] = value;
  }

  /** Where a key is, or would be: at most half of the slots are taken. */
  private slotOf(key: number): number {
    const { keys } = this;
    const high = Math.floor(key / HALF);
    const mixed = Math.imul(Math.imul(key - high * HALF, SPREAD_LOW) + high, SPREAD_BOTH);
    let at = Math.floor((mixed + HASHES / 2) * (keys.length / HASHES));
    while (keys[at] !== key && keys[at] !== FREE) at = at + 1 === keys.length ? 0 : at + 1;
    return at;
  }

  private grow(): void {
    const { keys, values } = this;
    this.keys = new Float64Array(keys.length * GROWTH).fill(FREE);
    this.values = new Int32Array(keys.length * GROWTH);
    for (let at = 0; at < keys.length; at += 1) {
      if (keys[at] === FREE) continue;
      const to = this.slotOf(keys[at]!);
      this.keys[to] = keys[at]!;
      this.values[to] = values[at]!;
    }
  }
}
