import type { MachineConfig } from './machine-config.ts';
import { TaggedTlb } from './tagged-tlb.ts';
import { TagSpace } from './tags.ts';

const WAYS = 8;

/**
 * Where the lines of page tables are: one LRU array per cache level, of the size that page tables
 * are taken to occupy there. Data is not simulated; its pressure is in those sizes.
 * Lines are named by page tables, not by address, so a line's set is its number modulo the sets.
 */
export class LineCache {
  private readonly levels: readonly TaggedTlb[];
  private readonly tag: number;

  constructor(config: MachineConfig) {
    const tags = new TagSpace();
    this.tag = tags.tagsFor(0, 0).leaf;
    this.levels = [
      config.pageTableLinesInL1d,
      config.pageTableLinesInL2,
      config.pageTableLinesInL3,
    ].map(
      (lines, index) =>
        new TaggedTlb(
          {
            name: `page-table lines in cache level ${index + 1}`,
            entries: wholeSets(lines),
            ways: WAYS,
            replacement: 'lru',
          },
          tags,
        ),
    );
  }

  reserveLines(count: number): void {
    for (const level of this.levels) level.reserveKeys(count);
  }

  /** Index in LOCATIONS where the line was found; it is in the nearest level afterwards. */
  reference(line: number): number {
    for (let level = 0; level < this.levels.length; level += 1) {
      if (this.levels[level]!.lookup(line, line, this.tag, this.tag) >= 0) {
        this.fillAbove(line, level);
        return level;
      }
    }
    this.fillAbove(line, this.levels.length);
    return this.levels.length;
  }

  private fillAbove(line: number, level: number): void {
    for (let nearer = 0; nearer < level; nearer += 1) {
      this.levels[nearer]!.fill(line, line, this.tag, 0, 0);
    }
  }
}

/** The largest count of entries in 2^n sets of WAYS ways that is not above `lines`. */
function wholeSets(lines: number): number {
  let entries = WAYS;
  while (entries * 2 <= lines) entries *= 2;
  return entries;
}
