import * as costs from '../cost/ledger.ts';
import type { Context, StaleHitSink } from './context.ts';
import type { LineCache } from './line-cache.ts';
import * as pages from './page-rows.ts';
import type { PageTables } from './page-tables.ts';
import * as slots from './slots.ts';
import * as tlb from './tagged-tlb.ts';
import type { TlbArrays } from './tlb-arrays.ts';

// Local, as in tagged-tlb.ts.
const { WALK_CAUSES, WALK_KINDS, WALK_ROW } = costs;
const {
  LEAF_LEVEL,
  LINE,
  NESTED_BORN,
  NESTED_KEY,
  NESTED_LEAF_LEVEL,
  NESTED_LINE,
  NESTED_LOW,
  NESTED_REQUIRED,
  NESTED_ROW,
  NESTED_SEEN,
  NESTED_UPPER_KEY,
  NESTED_UPPER_LOW,
  PAGE_NESTED,
  ROW,
  SEEN,
  TABLE_NESTED,
  UPPER_KEY,
  UPPER_LOW,
} = pages;
const { NONE } = slots;
const { TRACE } = tlb;

const LEVELS = 4;
/** In place of the row of a page: a part of the second dimension belongs to none. */
const NO_ROW = -1;
const REFILL_TLB = WALK_CAUSES.indexOf('refillTlb');
const REFILL_WALK_CACHE = WALK_CAUSES.indexOf('refillWalkCache');
const REFILL_NESTED_TLB = WALK_CAUSES.indexOf('refillNestedTlb');
const MISS_COLD = WALK_CAUSES.indexOf('missCold');
const MISS_CAPACITY = WALK_CAUSES.indexOf('missCapacity');
const MISS_INVALIDATED = WALK_CAUSES.indexOf('missInvalidated');

function baseCause(reason: number, isSeen: boolean): number {
  if (reason === TRACE.flushed) return REFILL_TLB;
  if (reason === TRACE.invalidated) return MISS_INVALIDATED;
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
  private readonly ledger: costs.Ledger;
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
    ledger: costs.Ledger,
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

  /** Walks for a row at oracle time `now`; returns the time that its translation is valid for. */
  walk(row: number, context: Context, trace: number, now: number): number {
    const { rows } = this.tables;
    this.born = now;
    this.base = baseCause(trace, rows[row + SEEN] === 1);
    this.ledger.charge(WALK_KINDS + this.base * WALK_ROW, 1);
    rows[row + SEEN] = 1;
    const leaf = rows[row + LEAF_LEVEL]!;
    const cached = this.deepestCachedLevel(row, leaf, context);
    for (let level = cached - 1; level >= leaf; level -= 1) {
      // The table that a cached entry points to is known by its system-physical address.
      const isKnown = cached < LEVELS && level === cached - 1;
      const table = rows[row + TABLE_NESTED + level]!;
      if (table >= 0 && !isKnown) this.translateNested(table, context, now);
      if (level === leaf) this.reference(rows[row + LINE + level]!, this.base);
      else this.readUpper(row, level, context, now);
    }
    const page = rows[row + PAGE_NESTED]!;
    if (page >= 0) this.translateNested(page, context, now);
    return this.born;
  }

  /** Level of the deepest usable cached upper entry, or LEVELS when the walk starts at CR3. */
  private deepestCachedLevel(row: number, leaf: number, context: Context): number {
    const { rows } = this.tables;
    const { upper, owner } = context;
    for (let level = leaf + 1; level < LEVELS; level += 1) {
      const cache = level === 1 ? this.arrays.pde : this.arrays.upper;
      const slot = cache.lookup(rows[row + UPPER_KEY + level]!, upper, upper);
      if (slot < 0) continue;
      if (cache.ownerOf(slot) === owner || this.usesStale(cache, slot, owner, row)) return level;
    }
    return LEVELS;
  }

  /** Another owner's entry is used and reported; as a bound, it is removed and not used. */
  private usesStale(cache: tlb.TaggedTlb, slot: number, owner: number, row: number): boolean {
    if (this.skipsStale) {
      cache.removeSlot(slot);
      return false;
    }
    this.stale.staleHit(cache.ownerOf(slot), owner, row < 0 ? row : row / ROW);
    return true;
  }

  private readUpper(row: number, level: number, context: Context, now: number): void {
    const { rows } = this.tables;
    const { upper, owner } = context;
    const cache = level === 1 ? this.arrays.pde : this.arrays.upper;
    const key = rows[row + UPPER_KEY + level]!;
    const cause = this.partCause(cache, key, owner, REFILL_WALK_CACHE);
    this.reference(rows[row + LINE + level]!, cause);
    cache.fill(key, rows[row + UPPER_LOW + level]!, upper, owner, now, NONE);
  }

  /**
   * Cause of what a walk must do because a cached part of it is missing: refill when a flush took the
   * translation or the part, else whatever caused the walk. INVLPG takes parts along with its page.
   */
  private partCause(cache: tlb.TaggedTlb, key: number, owner: number, refill: number): number {
    if (this.base === REFILL_TLB) return refill;
    if (this.base === MISS_INVALIDATED) return MISS_INVALIDATED;
    return cache.traceOf(key, owner) === TRACE.flushed ? refill : this.base;
  }

  private reference(line: number, cause: number): void {
    this.ledger.charge(WALK_KINDS + cause * WALK_ROW + 1 + this.lines.reference(line), 1);
  }

  private translateNested(nested: number, context: Context, now: number): void {
    const rows = this.tables.nestedRows;
    const row = nested * NESTED_ROW;
    const cache = this.arrays.nestedTlb;
    const key = rows[row + NESTED_KEY]!;
    const { owner } = context;
    const slot = cache.lookup(key, context.nested, context.nested);
    const required = rows[row + NESTED_REQUIRED]!;
    if (slot >= 0) {
      const isUsed = cache.ownerOf(slot) === owner || this.usesStale(cache, slot, owner, NO_ROW);
      if (isUsed && (!this.skipsStale || cache.bornOf(slot) >= required)) {
        this.useNested(cache.bornOf(slot), required);
        return;
      }
      if (isUsed) cache.removeSlot(slot);
    }
    let cause = this.partCause(cache, key, owner, REFILL_NESTED_TLB);
    if (cause === MISS_COLD && rows[row + NESTED_SEEN] === 1) cause = MISS_CAPACITY;
    rows[row + NESTED_SEEN] = 1;
    this.walkNested(row, context, cause);
    const made = Math.min(now, rows[row + NESTED_BORN]!);
    this.useNested(made, required);
    cache.fill(key, rows[row + NESTED_LOW]!, context.nested, owner, made, NONE);
  }

  private useNested(made: number, required: number): void {
    if (made < required && made < this.born) this.born = made;
  }

  private walkNested(row: number, context: Context, cause: number): void {
    const rows = this.tables.nestedRows;
    const cache = this.arrays.nestedUpper;
    const { nested, owner } = context;
    const leaf = rows[row + NESTED_LEAF_LEVEL]!;
    let level = LEVELS - 1;
    for (let upper = leaf + 1; upper < LEVELS; upper += 1) {
      const slot = cache.lookup(rows[row + NESTED_UPPER_KEY + upper]!, nested, nested);
      if (slot < 0) continue;
      if (cache.ownerOf(slot) === owner || this.usesStale(cache, slot, owner, NO_ROW)) {
        level = upper - 1;
        break;
      }
    }
    for (; level >= leaf; level -= 1) {
      this.reference(rows[row + NESTED_LINE + level]!, cause);
      if (level > leaf) {
        const key = rows[row + NESTED_UPPER_KEY + level]!;
        cache.fill(key, rows[row + NESTED_UPPER_LOW + level]!, nested, owner, 0, NONE);
      }
    }
  }
}
