import { grownInt32 } from './columns.ts';
import type { MachineConfig } from './machine-config.ts';

const WAYS = 8;
const ABSENT = -1;

/** One cache level: true LRU in sets of WAYS lines. */
class LineLevel {
  private readonly sets: number;
  /** By slot: its line, and when it was used last; 0 for never. */
  private readonly line: Int32Array;
  private readonly usedAt: Float64Array;
  /** By line: its slot, or ABSENT. */
  private slotOf = new Int32Array(0);
  private clock = 0;

  constructor(entries: number) {
    this.sets = entries / WAYS;
    this.line = new Int32Array(entries).fill(ABSENT);
    this.usedAt = new Float64Array(entries);
  }

  reserve(count: number): void {
    const before = this.slotOf.length;
    if (count <= before) return;
    this.slotOf = grownInt32(this.slotOf, Math.max(count, before * 2)).fill(ABSENT, before);
  }

  /** Whether the line is here; it is then the newest of its set. */
  use(line: number): boolean {
    const slot = this.slotOf[line]!;
    if (slot < 0) return false;
    this.clock += 1;
    this.usedAt[slot] = this.clock;
    return true;
  }

  /** Puts a line that is not here in place of the oldest of its set. */
  fill(line: number): void {
    const first = (line % this.sets) * WAYS;
    let slot = first;
    for (let other = first + 1; other < first + WAYS; other += 1) {
      if (this.usedAt[other]! < this.usedAt[slot]!) slot = other;
    }
    const evicted = this.line[slot]!;
    if (evicted !== ABSENT) this.slotOf[evicted] = ABSENT;
    this.line[slot] = line;
    this.slotOf[line] = slot;
    this.clock += 1;
    this.usedAt[slot] = this.clock;
  }
}

/**
 * Where the lines of page tables are: one LRU array per cache level, of the size that page tables
 * are taken to occupy there. Data is not simulated; its pressure is in those sizes.
 * Lines are named by page tables, not by address, so a line's set is its number modulo the sets.
 */
export class LineCache {
  private readonly l1d: LineLevel;
  private readonly l2: LineLevel;
  private readonly l3: LineLevel;

  constructor(config: MachineConfig) {
    this.l1d = new LineLevel(wholeSets(config.pageTableLinesInL1d));
    this.l2 = new LineLevel(wholeSets(config.pageTableLinesInL2));
    this.l3 = new LineLevel(wholeSets(config.pageTableLinesInL3));
  }

  reserveLines(count: number): void {
    for (const level of [this.l1d, this.l2, this.l3]) level.reserve(count);
  }

  /** Index in LOCATIONS where the line was found; it is in the nearest level afterwards. */
  reference(line: number): number {
    if (this.l1d.use(line)) return 0;
    let found = 1;
    if (!this.l2.use(line)) {
      found = 2;
      if (!this.l3.use(line)) {
        found = 3;
        this.l3.fill(line);
      }
      this.l2.fill(line);
    }
    this.l1d.fill(line);
    return found;
  }
}

/** The largest count of entries in 2^n sets of WAYS ways that is not above `lines`. */
function wholeSets(lines: number): number {
  let entries = WAYS;
  while (entries * 2 <= lines) entries *= 2;
  return entries;
}
