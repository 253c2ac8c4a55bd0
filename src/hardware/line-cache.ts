import { grownInt32 } from './columns.ts';
import type { MachineConfig } from './machine-config.ts';
import { renumberAges } from './slots.ts';

const WAYS = 8;
const LEVELS = 3;
/** In place of a line, or of a slot: memory of typed arrays is zero, and that of a large cache is not written before it is used. */
const ABSENT = 0;
/** Columns of a slot: its line plus 1 or ABSENT, and when it was used last. A slot is named by the second, which is never the first of all. */
const SLOT = 2;
const LINE = -1;
/** By line and level; a fourth column keeps the columns of a line in one cache line. */
const PLACES = 4;
const CLOCK_LIMIT = 2_000_000_000;

/**
 * Where the lines of page tables are: one LRU array per cache level, of the size that page tables
 * are taken to occupy there. Data is not simulated; its pressure is in those sizes.
 * Lines are named by page tables, not by address, so a line's set is its number modulo the sets.
 */
export class LineCache {
  /** The slots of all levels, nearest level first. */
  private readonly cells: Int32Array;
  /** By line and level: its slot, or ABSENT. */
  private slotOf = new Int32Array(0);
  /** By level: its first slot, and its number of sets. */
  private readonly start = new Int32Array(LEVELS);
  private readonly sets = new Int32Array(LEVELS);
  private clock = 0;

  constructor(config: MachineConfig) {
    const { pageTableLinesInL1d, pageTableLinesInL2, pageTableLinesInL3 } = config;
    let slots = 0;
    for (const [level, lines] of [
      pageTableLinesInL1d,
      pageTableLinesInL2,
      pageTableLinesInL3,
    ].entries()) {
      const entries = wholeSets(lines);
      this.start[level] = slots * SLOT;
      this.sets[level] = entries / WAYS;
      slots += entries;
    }
    this.cells = new Int32Array(slots * SLOT);
  }

  reserveLines(count: number): void {
    const before = this.slotOf.length;
    if (count * PLACES <= before) return;
    this.slotOf = grownInt32(this.slotOf, Math.max(count * PLACES, before * 2));
  }

  /** Index in LOCATIONS where the line was found; it is in the nearest level afterwards. */
  reference(line: number): number {
    const { slotOf, cells } = this;
    this.clock += 1;
    if (this.clock === CLOCK_LIMIT) this.clock = renumberAges(this.cells, SLOT, -LINE, WAYS);
    const now = this.clock;
    const places = line * PLACES;
    const nearest = slotOf[places]!;
    if (nearest !== ABSENT) {
      cells[nearest] = now;
      return 0;
    }
    let found = 1;
    while (found < LEVELS) {
      const slot = slotOf[places + found]!;
      if (slot !== ABSENT) {
        cells[slot] = now;
        break;
      }
      found += 1;
    }
    for (let level = 0; level < found; level += 1) this.fill(line, level, now);
    return found;
  }

  /** Puts a line that is not in a level in place of the oldest of its set. */
  private fill(line: number, level: number, now: number): void {
    const { slotOf, cells } = this;
    const first = this.start[level]! + (line % this.sets[level]!) * WAYS * SLOT - LINE;
    let slot = first;
    let usedAt = cells[first]!;
    for (let other = first + SLOT; other < first + WAYS * SLOT; other += SLOT) {
      const otherUsedAt = cells[other]!;
      if (otherUsedAt < usedAt) {
        slot = other;
        usedAt = otherUsedAt;
      }
    }
    const evicted = cells[slot + LINE]!;
    if (evicted !== ABSENT) slotOf[(evicted - 1) * PLACES + level] = ABSENT;
    cells[slot + LINE] = line + 1;
    cells[slot] = now;
    slotOf[line * PLACES + level] = slot;
  }
}

/** The largest count of entries in 2^n sets of WAYS ways that is not above `lines`. */
function wholeSets(lines: number): number {
  let entries = WAYS;
  while (entries * 2 <= lines) entries *= 2;
  return entries;
}
