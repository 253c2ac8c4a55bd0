import { AgeOrder } from './age-order.ts';
import { grownInt32 } from './columns.ts';
import type { Replacement } from './machine-preset.ts';
import { PseudoPolicy } from './pseudo-policy.ts';
import * as slots from './slots.ts';
import * as tags from './tags.ts';
import { checkGeometry, type TlbGeometry } from './tlb-geometry.ts';

// Constants of this module, which V8 folds into its code. An imported one it loads and checks on each use (slots.ts).
const { BORN, KEY, NONE, OLDER, OWNER, SAME_KEY, SLOT, STAMP, TAG } = slots;
const { DEAD_TAG } = tags;

/** What an array still shows of an owner's translation that is not there. */
export const TRACE = { none: 0, flushed: 1, invalidated: 2 } as const;

const STAMP_LIMIT = 2_000_000_000;

/**
 * One physical array of tagged entries: a TLB level, a walk cache or the nested TLB.
 * Pages come as interned keys (see KeyTable), contexts as tags (see TagSpace): both fit 32 bits
 * although addresses do not. Entries stay readable after a flush retires their tag; such ghosts
 * cost nothing, are chosen first as victims, and tell a miss that a flush caused it.
 *
 * The slots that hold a key form a list, the one filled or hit last at its head: a lookup, a ghost and
 * the ghost that a fill replaces are found there without a search of the set.
 */
export class TaggedTlb {
  readonly name: string;
  readonly entries: number;
  readonly ways: number;
  readonly sets: number;
  readonly replacement: Replacement;
  /** True LRU: age alone decides which live entry goes. */
  readonly isLru: boolean;
  /** Columns of the slots (slots.ts). */
  readonly cells: Int32Array;
  /** By key: the first slot that holds it, alive or not, or NONE. */
  heads = new Int32Array(1024).fill(NONE);
  private readonly tags: tags.TagSpace;
  /** Columns of a set. */
  private readonly setWidth: number;
  /** The stamp given last. */
  clock = 0;
  /**
   * Where a hit does no more than write the time into a column of its slot, that column: STAMP under LRU; one that
   * nothing reads where hits change nothing. Else NONE.
   */
  readonly hitColumn: number;
  /** Stamps above it were given in the stretch that began last. */
  private mark = 0;
  /** By set: the last stretch that was seen to have used every entry of it, by its mark. */
  private readonly renewedAt: Int32Array;
  /** Null where stamps decide. */
  private readonly policy: PseudoPolicy | null;
  /** For true LRU in one set, where a search for the oldest of all stamps would take long. */
  private readonly order: AgeOrder | null;
  /** Retirements at which a fully associative array was last seen without a dead entry; -1: unknown. */
  private fullAt = -1;

  /** `cells` are zeroed and of the right length, or left out. */
  constructor(geometry: TlbGeometry, tagSpace: tags.TagSpace, cells?: Int32Array) {
    const { name, entries, ways, replacement } = geometry;
    checkGeometry(geometry);
    this.name = name;
    this.entries = entries;
    this.ways = ways;
    this.sets = entries / ways;
    this.setWidth = ways * SLOT;
    this.replacement = replacement;
    this.isLru = replacement === 'lru';
    this.tags = tagSpace;
    this.renewedAt = new Int32Array(this.sets).fill(-1);
    this.cells = cells ?? new Int32Array(entries * SLOT);
    for (let slot = 0; slot < this.cells.length; slot += SLOT) {
      this.cells[slot + KEY] = NONE;
      this.cells[slot + SAME_KEY] = NONE;
    }
    const hasStamps = this.isLru || replacement === 'fifo';
    this.policy = hasStamps ? null : new PseudoPolicy(replacement, entries, ways);
    this.order = this.isLru && this.sets === 1 ? new AgeOrder(this.cells) : null;
    if (this.isLru && this.order === null) this.hitColumn = STAMP;
    else this.hitColumn = replacement === 'fifo' || replacement === 'random' ? OLDER : NONE;
  }

  /** Makes room for keys below `count`; to be called when keys were interned. */
  reserveKeys(count: number): void {
    const before = this.heads.length;
    if (count <= before) return;
    this.heads = grownInt32(this.heads, Math.max(count, before * 2)).fill(NONE, before);
  }

  /** Slot of a live entry with this key under either tag, or NONE. */
  lookup(key: number, tagA: number, tagB: number): number {
    const { cells } = this;
    const slot = this.heads[key]!;
    if (slot < 0) return NONE;
    const tag = cells[slot + TAG];
    if (tag === tagA || tag === tagB) {
      this.hit(slot);
      return slot;
    }
    const other = cells[slot + SAME_KEY]!;
    return other < 0 ? NONE : this.lookupFrom(other, key, tagA, tagB);
  }

  private lookupFrom(second: number, key: number, tagA: number, tagB: number): number {
    const { cells } = this;
    let found = NONE;
    for (let slot = second; slot >= 0; slot = cells[slot + SAME_KEY]!) {
      const tag = cells[slot + TAG];
      if ((tag === tagA || tag === tagB) && (found < 0 || slot < found)) found = slot;
    }
    if (found < 0) return NONE;
    this.unlink(key, found);
    this.link(key, found);
    this.hit(found);
    return found;
  }

  /** Owner of an entry. */
  ownerOf(slot: number): number {
    return this.cells[slot + OWNER]!;
  }

  /** Tag of an entry. */
  tagOf(slot: number): number {
    return this.cells[slot + TAG]!;
  }

  /** Oracle time of an entry's oldest part. */
  bornOf(slot: number): number {
    return this.cells[slot + BORN]!;
  }

  /** What took this owner's entry for the key away, a flush or a new tag before INVLPG. */
  traceOf(key: number, owner: number): number {
    const { cells } = this;
    let trace: number = TRACE.none;
    for (let slot = this.heads[key]!; slot >= 0; slot = cells[slot + SAME_KEY]!) {
      if (cells[slot + OWNER] !== owner) continue;
      if (cells[slot + TAG] !== DEAD_TAG) return TRACE.flushed;
      trace = TRACE.invalidated;
    }
    return trace;
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
    const slot = this.heads[key]!;
    if (slot >= 0 && this.cells[slot + STAMP]! > this.mark) this.stampNow(slot);
  }

  /**
   * Fills after a miss. Dead entries are replaced first, a ghost of its own before others. `planned`
   * is the key that is the oldest when the stretch has used all of the set, or NONE.
   */
  fill(
    key: number,
    low: number,
    tag: number,
    owner: number,
    born: number,
    planned: number = NONE,
  ): void {
    const { cells } = this;
    if (planned !== NONE && this.isUsedUp(low)) {
      this.replace(planned, key, tag, owner, born);
      return;
    }
    const slot = this.victim(key, low, owner, planned);
    const evicted = cells[slot + KEY]!;
    if (evicted !== key || this.heads[key] !== slot) {
      if (evicted >= 0) this.unlink(evicted, slot);
      this.link(key, slot);
    }
    cells[slot + KEY] = key;
    cells[slot + TAG] = tag;
    cells[slot + OWNER] = owner;
    cells[slot + BORN] = born;
    if (this.policy === null) this.stampNow(slot);
    else this.policy.use(slot);
  }

  /**
   * Whether the stretch is known to have used every entry of a page's set, so that a page which it has not used
   * since then is not there. For true LRU.
   */
  isUsedUp(low: number): boolean {
    const set = this.sets === 1 ? 0 : ((low | 0) % (this.sets | 0)) | 0;
    return this.renewedAt[set] === this.mark;
  }

  /** What a fill does in a set that is used up. In one body with the other, cells of zstd and cc1 take a tenth longer. */
  private replace(planned: number, key: number, tag: number, owner: number, born: number): void {
    const { cells, heads } = this;
    const slot = this.usedSlotOf(planned);
    if (heads[planned] === slot) heads[planned] = cells[slot + SAME_KEY]!;
    else this.unlink(planned, slot);
    cells[slot + SAME_KEY] = heads[key]!;
    heads[key] = slot;
    cells[slot + KEY] = key;
    cells[slot + TAG] = tag;
    cells[slot + OWNER] = owner;
    cells[slot + BORN] = born;
    this.stampNow(slot);
  }

  /** Removes entries of one key under either tag. */
  invalidate(key: number, tagA: number, tagB: number): void {
    const { cells } = this;
    for (let slot = this.heads[key]!; slot >= 0; slot = cells[slot + SAME_KEY]!) {
      const tag = cells[slot + TAG];
      if (tag === tagA || tag === tagB) this.removeSlot(slot);
    }
  }

  /** Removes one entry. */
  removeSlot(slot: number): void {
    this.cells[slot + TAG] = DEAD_TAG;
    this.fullAt = -1;
  }

  /** What is in each slot, in order; for figures and invariants, not for the access path. */
  contents(): { key: number; tag: number; owner: number; born: number }[] {
    return Array.from({ length: this.entries }, (_, index) => {
      const slot = index * SLOT;
      const key = this.cells[slot + KEY]!;
      return { key, tag: this.tagOf(slot), owner: this.ownerOf(slot), born: this.bornOf(slot) };
    });
  }

  /** Live entries, for occupancy figures and invariants; not for the access path. */
  liveEntries(): number {
    let live = 0;
    for (let index = 0; index < this.entries; index += 1) {
      if (this.liveOwner(index) !== NONE) live += 1;
    }
    return live;
  }

  /** Owner of the entry with this index if it can be hit, under some tag; else NONE. Likewise. */
  liveOwner(index: number): number {
    const slot = index * SLOT;
    return this.tags.dead[this.tagOf(slot)] === 0 ? this.ownerOf(slot) : NONE;
  }

  private victim(key: number, low: number, owner: number, planned: number): number {
    // Integers throughout: V8 divides numbers that may be fractions by a loop of the x87.
    const set = ((low | 0) % (this.sets | 0)) | 0;
    if (this.fullAt === this.tags.retirements) return this.oldestOfAll(planned);
    const own = this.ownGhost(key, owner);
    if (own >= 0) return own;
    if (this.order !== null) return this.victimInOrder(this.order, planned);
    const { cells } = this;
    const { dead } = this.tags;
    const width = this.setWidth | 0;
    const first = Math.imul(set, width);
    const end = (first + width) | 0;
    let oldest = first;
    let oldestStamp = STAMP_LIMIT + 1;
    let free = NONE;
    let freeStamp = STAMP_LIMIT + 1;
    for (let slot = first; slot < end; slot += SLOT) {
      const stamp = cells[slot + STAMP]!;
      if (dead[cells[slot + TAG]!] === 1) {
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
    if (this.policy !== null) return this.policy.victim(first);
    if (this.sets === 1) this.fullAt = this.tags.retirements;
    if (planned === NONE || oldestStamp <= this.mark) return oldest;
    this.renewedAt[set] = this.mark;
    return this.usedSlotOf(planned);
  }

  /** The first dead entry that this owner had for the key, or NONE. */
  private ownGhost(key: number, owner: number): number {
    const { cells } = this;
    const { dead } = this.tags;
    let own = NONE;
    for (let slot = this.heads[key]!; slot >= 0; slot = cells[slot + SAME_KEY]!) {
      const isOwn = cells[slot + OWNER] === owner && dead[cells[slot + TAG]!] === 1;
      if (isOwn && (own < 0 || slot < own)) own = slot;
    }
    return own;
  }

  /** The same in a fully associative LRU array, by age instead of by slot. */
  private victimInOrder(order: AgeOrder, planned: number): number {
    const { cells } = this;
    const { dead } = this.tags;
    for (let slot = order.oldest; slot >= 0; slot = order.after(slot)) {
      if (dead[cells[slot + TAG]!] === 1) return slot;
    }
    this.fullAt = this.tags.retirements;
    return this.oldestOfAll(planned);
  }

  /** The oldest entry of a fully associative array in which every entry is alive. */
  private oldestOfAll(planned: number): number {
    const oldest = this.oldestSlot();
    if (planned === NONE || this.cells[oldest + STAMP]! <= this.mark) return oldest;
    this.renewedAt[0] = this.mark;
    return this.usedSlotOf(planned);
  }

  /** Slot of a key that this stretch has used and that is still here. */
  private usedSlotOf(key: number): number {
    const { cells } = this;
    const head = this.heads[key]!;
    let found = NONE;
    for (let slot = head; slot >= 0; slot = cells[slot + SAME_KEY]!) {
      if (cells[slot + STAMP]! <= this.mark) continue;
      if (slot === head) return head;
      if (found < 0 || slot < found) found = slot;
    }
    if (found >= 0) return found;
    throw new RangeError(`${this.name}: the plan evicts key ${key}, which is not there`);
  }

  /** LRU or FIFO victim of a fully associative array in which every entry is alive. */
  private oldestSlot(): number {
    if (this.order !== null) return this.order.oldest;
    const { cells } = this;
    let oldest = 0;
    for (let slot = SLOT; slot < cells.length; slot += SLOT) {
      if (cells[slot + STAMP]! < cells[oldest + STAMP]!) oldest = slot;
    }
    return oldest;
  }

  /** What a hit does to the order of replacement. */
  hit(slot: number): void {
    if (this.isLru) this.stampNow(slot);
    else if (this.policy !== null) this.policy.use(slot);
  }

  private stampNow(slot: number): void {
    this.clock += 1;
    if (this.clock >= STAMP_LIMIT) this.renumberStamps();
    this.cells[slot + STAMP] = this.clock;
    if (this.order !== null) this.order.use(slot);
  }

  private renumberStamps(): void {
    this.clock = slots.renumberAges(this.cells, SLOT, STAMP, this.ways);
    this.renewedAt.fill(-1);
  }

  /** Puts a slot at the head of its key's list. */
  private link(key: number, slot: number): void {
    this.cells[slot + SAME_KEY] = this.heads[key]!;
    this.heads[key] = slot;
  }

  private unlink(key: number, slot: number): void {
    const { cells } = this;
    const after = cells[slot + SAME_KEY]!;
    let before = this.heads[key]!;
    if (before === slot) {
      this.heads[key] = after;
      return;
    }
    while (cells[before + SAME_KEY] !== slot) before = cells[before + SAME_KEY]!;
    cells[before + SAME_KEY] = after;
  }
}
