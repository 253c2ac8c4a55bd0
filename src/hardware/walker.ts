import { type Ledger, WALK_CAUSES, WALK_KINDS, WALK_ROW } from '../cost/ledger.ts';
import type { Context, StaleHitSink } from './context.ts';
import type { LineCache } from './line-cache.ts';
import type { PageTables } from './page-tables.ts';
import type { TaggedTlb } from './tagged-tlb.ts';
import type { TlbArrays } from './tlb-arrays.ts';

const LEVELS = 4;
const REFILL_TLB = WALK_CAUSES.indexOf('refillTlb');
const REFILL_WALK_CACHE = WALK_CAUSES.indexOf('refillWalkCache');
const REFILL_NESTED_TLB = WALK_CAUSES.indexOf('refillNestedTlb');
const MISS_COLD = WALK_CAUSES.indexOf('missCold');
const MISS_CAPACITY = WALK_CAUSES.indexOf('missCapacity');
const MISS_INVALIDATED = WALK_CAUSES.indexOf('missInvalidated');

/** Why a translation was not found, for the ledger. */
export const MISS = { other: 0, flushed: 1, invalidated: 2 } as const;

function baseCause(reason: number, isSeen: boolean): number {
  if (reason === MISS.flushed) return REFILL_TLB;
  if (reason === MISS.invalidated) return MISS_INVALIDATED;
  return isSeen ? MISS_CAPACITY : MISS_COLD;
}

/**
 * Page walks in one dimension (native) and two (nested), reference by reference.
 * A cold 4-level walk makes 4 references; nested in 4 levels it makes 24 (Bhargava et al., ASPLOS
 * 2008). A cached upper-level entry gives the system-physical address of the next table, so it
 * skips the references above it in both dimensions.
 *
 * Every reference has one cause. A walk that a flush caused is refill altogether, split by where
 * its references went: leaf entry (TLB), upper levels (walk caches), second dimension (nested TLB).
 * Another walk's references are refill only where a flush took the walk-cache or nested entry.
 */
export class Walker {
  private readonly tables: PageTables;
  private readonly arrays: TlbArrays;
  private readonly lines: LineCache;
  private readonly ledger: Ledger;
  private readonly stale: StaleHitSink;
  /** Oracle time that the translation under construction is valid for: now, or older if stale. */
  private born = 0;
  private base = MISS_COLD;
  /** True when stale cached parts are passed over instead of used (a bound, not hardware). */
  private readonly skipsStale: boolean;

  constructor(
    tables: PageTables,
    arrays: TlbArrays,
    lines: LineCache,
    ledger: Ledger,
    stale: StaleHitSink,
    skipsStale: boolean,
  ) {
    this.tables = tables;
    this.arrays = arrays;
    this.lines = lines;
    this.ledger = ledger;
    this.stale = stale;
    this.skipsStale = skipsStale;
  }

  /** Walks for a mapping at oracle time `now`; returns the time that its translation is valid for. */
  walk(mapping: number, context: Context, reason: number, now: number): number {
    const t = this.tables;
    this.born = now;
    this.base = baseCause(reason, t.seen[mapping] === 1);
    this.ledger.charge(WALK_KINDS + this.base * WALK_ROW, 1);
    t.seen[mapping] = 1;
    const leaf = t.leafLevel[mapping]!;
    const cached = this.deepestCachedLevel(mapping, leaf, context);
    for (let level = cached - 1; level >= leaf; level -= 1) {
      const at = mapping * LEVELS + level;
      // The table that a cached entry points to is known by its system-physical address.
      const isKnown = cached < LEVELS && level === cached - 1;
      const table = t.tableNested[at]!;
      if (table >= 0 && !isKnown) this.translateNested(table, context, now);
      if (level === leaf) this.reference(t.line[at]!, this.base);
      else this.readUpper(mapping, level, context, now);
    }
    const page = t.pageNested[mapping]!;
    if (page >= 0) this.translateNested(page, context, now);
    return this.born;
  }

  /** Level of the deepest usable cached upper entry, or LEVELS when the walk starts at CR3. */
  private deepestCachedLevel(mapping: number, leaf: number, context: Context): number {
    const t = this.tables;
    for (let level = leaf + 1; level < LEVELS; level += 1) {
      const at = mapping * LEVELS + level;
      const cache = level === 1 ? this.arrays.pde : this.arrays.upper;
      const { upper, owner } = context;
      if (this.find(cache, t.upperKey[at]!, t.upperLow[at]!, upper, owner, mapping) >= 0) {
        return level;
      }
    }
    return LEVELS;
  }

  /** Slot of a live entry, or -1. Another owner's is used and reported; as a bound, it is removed. */
  private find(
    cache: TaggedTlb,
    key: number,
    low: number,
    tag: number,
    owner: number,
    mapping: number,
  ): number {
    const slot = cache.lookup(key, low, tag, tag);
    if (slot < 0 || cache.owner[slot] === owner) return slot;
    if (this.skipsStale) {
      cache.removeSlot(slot);
      return -1;
    }
    this.stale.staleHit(cache.owner[slot]!, owner, mapping);
    return slot;
  }

  private readUpper(mapping: number, level: number, context: Context, now: number): void {
    const t = this.tables;
    const at = mapping * LEVELS + level;
    const cache = level === 1 ? this.arrays.pde : this.arrays.upper;
    const key = t.upperKey[at]!;
    const low = t.upperLow[at]!;
    this.reference(t.line[at]!, this.partCause(cache, key, low, context.owner, REFILL_WALK_CACHE));
    cache.fill(key, low, context.upper, context.owner, now);
  }

  /**
   * Cause of what a walk must do because a cached part of it is missing: refill when a flush took the
   * translation or the part, else whatever caused the walk. INVLPG takes parts along with its page.
   */
  private partCause(
    cache: TaggedTlb,
    key: number,
    low: number,
    owner: number,
    refill: number,
  ): number {
    if (this.base === REFILL_TLB) return refill;
    if (this.base === MISS_INVALIDATED) return MISS_INVALIDATED;
    return cache.hasGhost(key, low, owner) ? refill : this.base;
  }

  private reference(line: number, cause: number): void {
    this.ledger.charge(WALK_KINDS + cause * WALK_ROW + 1 + this.lines.reference(line), 1);
  }

  private translateNested(nested: number, context: Context, now: number): void {
    const t = this.tables;
    const cache = this.arrays.nestedTlb;
    const key = t.nestedKey[nested]!;
    const low = t.nestedLow[nested]!;
    const slot = this.find(cache, key, low, context.nested, context.owner, -1);
    const required = t.nestedRequired[nested]!;
    if (slot >= 0) {
      if (!this.skipsStale || cache.born[slot]! >= required) {
        this.useNested(cache.born[slot]!, required);
        return;
      }
      cache.removeSlot(slot);
    }
    let cause = this.partCause(cache, key, low, context.owner, REFILL_NESTED_TLB);
    if (cause === MISS_COLD && t.nestedSeen[nested] === 1) cause = MISS_CAPACITY;
    t.nestedSeen[nested] = 1;
    this.walkNested(nested, context, cause);
    const made = Math.min(now, t.nestedBorn[nested]!);
    this.useNested(made, required);
    cache.fill(key, low, context.nested, context.owner, made);
  }

  private useNested(made: number, required: number): void {
    if (made < required && made < this.born) this.born = made;
  }

  private walkNested(nested: number, context: Context, cause: number): void {
    const t = this.tables;
    const cache = this.arrays.nestedUpper;
    const leaf = t.nestedLeafLevel[nested]!;
    let level = LEVELS - 1;
    for (let upper = leaf + 1; upper < LEVELS; upper += 1) {
      const at = nested * LEVELS + upper;
      const key = t.nestedUpperKey[at]!;
      const low = t.nestedUpperLow[at]!;
      if (this.find(cache, key, low, context.nested, context.owner, -1) >= 0) {
        level = upper - 1;
        break;
      }
    }
    for (; level >= leaf; level -= 1) {
      const at = nested * LEVELS + level;
      this.reference(t.nestedLine[at]!, cause);
      if (level > leaf) {
        const key = t.nestedUpperKey[at]!;
        cache.fill(key, t.nestedUpperLow[at]!, context.nested, context.owner, 0);
      }
    }
  }
}
