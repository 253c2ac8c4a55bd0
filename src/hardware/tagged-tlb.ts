import { AgeOrder } from './age-order.ts';
import { grownInt32 } from './columns.ts';
import type { Replacement } from './machine-preset.ts';
import { DEAD_TAG, type TagSpace } from './tags.ts';
import { TreePlru } from './tree-plru.ts';

export interface TlbGeometry {
  readonly name: string;
  readonly entries: number;
  /** Equal to `entries` for a fully associative array. */
  readonly ways: number;
  readonly replacement: Replacement;
}

/** Set indices are taken from `page mod SET_MODULUS`, which keeps them exact for 2^a·3^b sets. */
export const SET_MODULUS = 3 * 268_435_456;

const NO_KEY = -1;
const STAMP_LIMIT = 2_000_000_000;

/**
 * One physical array of tagged entries: a TLB level, a walk cache or the nested TLB.
 * Pages come as interned keys (see KeyTable), contexts as tags (see TagSpace): both fit 32 bits
 * although addresses do not. Entries stay readable after a flush retires their tag; such ghosts
 * cost nothing, are chosen first as victims, and tell a miss that a flush caused it.
 */
export class TaggedTlb {
  readonly name: string;
  readonly entries: number;
  readonly ways: number;
  readonly sets: number;
  /** Interned page; -1 in an entry that was never filled. */
  readonly key: Int32Array;
  /** Tag it was filled under; DEAD_TAG when empty or invalidated page by page. */
  readonly tag: Int32Array;
  /** Whose translation it is; no hardware has this column. */
  readonly owner: Int32Array;
  /** Oracle time of the oldest part that the translation was made from; nor this one. */
  readonly born: Float64Array;
  /** Slot in which a key was filled or hit last; a hint that is always verified. */
  private hint = new Int32Array(1024);
  /** Entries, alive or not, that hold a key: where there is none, a miss needs no search. */
  private copies = new Int32Array(1024);
  private readonly stamp: Int32Array;
  private clock = 0;
  /** Stamps above it were given in the stretch that began last. */
  private mark = 0;
  /** The stretch in which a fully associative array holds nothing older, by its mark. */
  private renewedAt = -1;
  /** True LRU: age alone decides which live entry goes. */
  readonly isLru: boolean;
  private readonly replacement: Replacement;
  private readonly tags: TagSpace;
  /** NRU reference bits. */
  private readonly state: Uint8Array;
  private readonly tree: TreePlru | null;
  /** For true LRU in one set, where a search for the oldest of all stamps would take long. */
  private readonly order: AgeOrder | null;
  private randomState = 0x9e37_79b9;
  /** Retirements at which a fully associative array was last seen without a dead entry; -1: unknown. */
  private fullAt = -1;

  constructor(geometry: TlbGeometry, tags: TagSpace) {
    const { name, entries, ways, replacement } = geometry;
    if (ways < 1 || entries % ways !== 0 || SET_MODULUS % (entries / ways) !== 0) {
      throw new RangeError(
        `${name}: ${entries} entries in ${ways} ways do not give 2^a·3^b sets (b at most 1)`,
      );
    }
    if (replacement === 'tree-plru' && !isPowerOfTwo(ways)) {
      throw new RangeError(`${name}: tree-PLRU needs a power of two of ways, not ${ways}`);
    }
    this.name = name;
    this.entries = entries;
    this.ways = ways;
    this.sets = entries / ways;
    this.replacement = replacement;
    this.isLru = replacement === 'lru';
    this.tags = tags;
    this.key = new Int32Array(entries).fill(NO_KEY);
    this.tag = new Int32Array(entries);
    this.owner = new Int32Array(entries);
    this.born = new Float64Array(entries);
    this.stamp = new Int32Array(entries);
    this.state = new Uint8Array(replacement === 'nru' ? entries : 0);
    this.tree = replacement === 'tree-plru' ? new TreePlru(entries, ways) : null;
    this.order = this.isLru && this.sets === 1 ? new AgeOrder(entries) : null;
  }

  /** Makes room for keys below `count`; to be called when keys were interned. */
  reserveKeys(count: number): void {
    if (count <= this.hint.length) return;
    const rows = Math.max(count, this.hint.length * 2);
    this.hint = grownInt32(this.hint, rows);
    this.copies = grownInt32(this.copies, rows);
  }

  /** Slot of a live entry with this key under either tag, or -1. `low` is the page mod SET_MODULUS. */
  lookup(key: number, low: number, tagA: number, tagB: number): number {
    const hinted = this.hint[key]!;
    if (this.key[hinted] === key) {
      const tag = this.tag[hinted];
      if (tag === tagA || tag === tagB) {
        if (this.isLru) this.stampNow(hinted);
        else this.touch(hinted);
        return hinted;
      }
      if (this.copies[key] === 1) return -1;
    } else if (this.copies[key] === 0) return -1;
    return this.scan(key, low, tagA, tagB);
  }

  private scan(key: number, low: number, tagA: number, tagB: number): number {
    const first = (low % this.sets) * this.ways;
    const end = first + this.ways;
    for (let slot = first; slot < end; slot += 1) {
      if (this.key[slot] !== key) continue;
      const tag = this.tag[slot];
      if (tag !== tagA && tag !== tagB) continue;
      this.hint[key] = slot;
      if (this.isLru) this.stampNow(slot);
      else this.touch(slot);
      return slot;
    }
    return -1;
  }

  /** True when a flush or a new tag took this owner's entry for the key, and it still shows here. */
  hasGhost(key: number, low: number, owner: number): boolean {
    return this.copies[key] !== 0 && this.showsEntry(key, low, owner, false);
  }

  /** True when this owner's entry for the key was invalidated alone, and it still shows here. */
  wasInvalidated(key: number, low: number, owner: number): boolean {
    return this.copies[key] !== 0 && this.showsEntry(key, low, owner, true);
  }

  private showsEntry(key: number, low: number, owner: number, isInvalidated: boolean): boolean {
    const first = (low % this.sets) * this.ways;
    const end = first + this.ways;
    for (let slot = first; slot < end; slot += 1) {
      if (this.key[slot] !== key || this.owner[slot] !== owner) continue;
      if ((this.tag[slot] === DEAD_TAG) === isInvalidated) return true;
    }
    return false;
  }

  /** Begins a stretch of at most `touches` accesses whose victims a TouchPlan may name. */
  beginStretch(touches: number): void {
    // A hit, a fill and a renewal each take a stamp.
    if (this.clock + 3 * touches >= STAMP_LIMIT) this.renumberStamps();
    this.mark = this.clock;
  }

  /**
   * Renews the age of a key's live entry, if it was used in this stretch: what passed-over hits
   * would have done.
   */
  renew(key: number): void {
    const slot = this.hint[key]!;
    if (this.key[slot] === key && this.stamp[slot]! > this.mark) this.stampNow(slot);
  }

  /**
   * Fills after a miss; returns the slot. Dead entries are replaced first, a ghost of its own before
   * others. `planned` is the key that is the oldest when the stretch has used all of the set, or -1.
   */
  fill(
    key: number,
    low: number,
    tag: number,
    owner: number,
    born: number,
    planned = NO_KEY,
  ): number {
    const slot = this.victim(key, low, owner, planned);
    const evicted = this.key[slot]!;
    if (evicted !== NO_KEY) this.copies[evicted]! -= 1;
    this.copies[key]! += 1;
    this.key[slot] = key;
    this.tag[slot] = tag;
    this.owner[slot] = owner;
    this.born[slot] = born;
    this.hint[key] = slot;
    if (this.isLru || this.replacement === 'fifo') this.stampNow(slot);
    else this.touch(slot);
    return slot;
  }

  /** Removes entries of one key under either tag. */
  invalidate(key: number, low: number, tagA: number, tagB: number): void {
    const first = (low % this.sets) * this.ways;
    for (let slot = first; slot < first + this.ways; slot += 1) {
      if (this.key[slot] !== key) continue;
      const tag = this.tag[slot];
      if (tag === tagA || tag === tagB) this.removeSlot(slot);
    }
  }

  /** Removes one entry. */
  removeSlot(slot: number): void {
    this.tag[slot] = DEAD_TAG;
    this.fullAt = -1;
  }

  /** Live entries, for occupancy figures and invariants; not for the access path. */
  liveEntries(): number {
    let live = 0;
    for (let slot = 0; slot < this.entries; slot += 1) {
      if (this.tags.dead[this.tag[slot]!] === 0) live += 1;
    }
    return live;
  }

  /** Whether the slot can be hit, under some tag; likewise not for the access path. */
  isLive(slot: number): boolean {
    return this.tags.dead[this.tag[slot]!] === 0;
  }

  private victim(key: number, low: number, owner: number, planned: number): number {
    if (this.fullAt === this.tags.retirements) return this.oldestOfAll(planned);
    if (this.order !== null) return this.victimInOrder(this.order, key, owner, planned);
    const dead = this.tags.dead;
    const first = (low % this.sets) * this.ways;
    const end = first + this.ways;
    let oldest = first;
    let oldestStamp = STAMP_LIMIT + 1;
    let free = -1;
    let freeStamp = STAMP_LIMIT + 1;
    for (let slot = first; slot < end; slot += 1) {
      const stamp = this.stamp[slot]!;
      if (dead[this.tag[slot]!] === 1) {
        if (this.key[slot] === key && this.owner[slot] === owner) return slot;
        if (stamp < freeStamp) {
          free = slot;
          freeStamp = stamp;
        }
      } else if (stamp < oldestStamp) {
        oldest = slot;
        oldestStamp = stamp;
      }
    }
    if (free >= 0) return free;
    if (!this.isLru && this.replacement !== 'fifo') return this.policyVictim(first);
    if (this.sets === 1) this.fullAt = this.tags.retirements;
    return planned !== NO_KEY && oldestStamp > this.mark ? this.slotOf(planned, first) : oldest;
  }

  /** The same in a fully associative LRU array, by age instead of by slot. */
  private victimInOrder(order: AgeOrder, key: number, owner: number, planned: number): number {
    const dead = this.tags.dead;
    if (this.copies[key] !== 0) {
      for (let slot = 0; slot < this.entries; slot += 1) {
        const isOwn = this.key[slot] === key && this.owner[slot] === owner;
        if (isOwn && dead[this.tag[slot]!] === 1) return slot;
      }
    }
    for (let slot = order.oldest; slot >= 0; slot = order.after(slot)) {
      if (dead[this.tag[slot]!] === 1) return slot;
    }
    this.fullAt = this.tags.retirements;
    return this.oldestOfAll(planned);
  }

  /** The oldest entry of a fully associative array in which every entry is alive. */
  private oldestOfAll(planned: number): number {
    if (planned !== NO_KEY && this.renewedAt === this.mark) return this.slotOf(planned, 0);
    const oldest = this.oldestSlot();
    if (planned === NO_KEY || this.stamp[oldest]! <= this.mark) return oldest;
    this.renewedAt = this.mark;
    return this.slotOf(planned, 0);
  }

  /** Slot of a key that this stretch has used and that is still here. */
  private slotOf(key: number, first: number): number {
    const hinted = this.hint[key]!;
    if (this.key[hinted] === key && this.stamp[hinted]! > this.mark) return hinted;
    for (let slot = first; slot < first + this.ways; slot += 1) {
      if (this.key[slot] === key && this.stamp[slot]! > this.mark) return slot;
    }
    throw new RangeError(`${this.name}: the plan evicts key ${key}, which is not there`);
  }

  /** LRU or FIFO victim of a fully associative array in which every entry is alive. */
  private oldestSlot(): number {
    if (this.order !== null) return this.order.oldest;
    const stamps = this.stamp;
    let oldest = 0;
    let oldestStamp = stamps[0]!;
    for (let slot = 1; slot < this.entries; slot += 1) {
      const stamp = stamps[slot]!;
      if (stamp < oldestStamp) {
        oldest = slot;
        oldestStamp = stamp;
      }
    }
    return oldest;
  }

  private stampNow(slot: number): void {
    this.clock += 1;
    if (this.clock >= STAMP_LIMIT) this.renumberStamps();
    this.stamp[slot] = this.clock;
    if (this.order !== null) this.order.use(slot);
  }

  /** Keeps the order of stamps inside each set while the clock restarts. */
  private renumberStamps(): void {
    for (let set = 0; set < this.sets; set += 1) {
      const slots = Array.from({ length: this.ways }, (_, way) => set * this.ways + way);
      slots.sort((a, b) => this.stamp[a]! - this.stamp[b]!);
      for (const [rank, slot] of slots.entries()) this.stamp[slot] = rank;
    }
    this.clock = this.ways;
  }

  private touch(slot: number): void {
    if (this.tree !== null) this.tree.use(slot);
    else if (this.replacement === 'nru') this.touchNru(slot);
  }

  private touchNru(slot: number): void {
    const first = slot - (slot % this.ways);
    this.state[slot] = 1;
    for (let other = first; other < first + this.ways; other += 1) {
      if (this.state[other] === 0) return;
    }
    this.state.fill(0, first, first + this.ways);
    this.state[slot] = 1;
  }

  private policyVictim(first: number): number {
    if (this.tree !== null) return this.tree.victim(first);
    if (this.replacement === 'random') return first + this.nextRandom(this.ways);
    for (let slot = first; slot < first + this.ways; slot += 1) {
      if (this.state[slot] === 0) return slot;
    }
    return first;
  }

  /** Park-Miller: exact in doubles, needs no bit operations. */
  private nextRandom(bound: number): number {
    this.randomState = (this.randomState * 48_271) % 2_147_483_647;
    return this.randomState % bound;
  }
}

/** Whether n is 1, 2, 4, 8 and so on. */
export function isPowerOfTwo(n: number): boolean {
  let rest = n;
  while (rest > 1 && rest % 2 === 0) rest /= 2;
  return rest === 1;
}
