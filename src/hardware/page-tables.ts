import { NumberMap } from '../util/number-map.ts';
import { grownFloat64, grownInt32, grownUint8 } from './columns.ts';
import { type KeyKind, KeyTable } from './key-table.ts';
import { PAGE_SIZES, type PageSize } from './machine-preset.ts';
import { SET_MODULUS } from './tagged-tlb.ts';

/** Entries per page table, and per 2 MiB region of 4 KiB pages. */
const FANOUT = 512;
const ENTRIES_PER_LINE = 8;
const LEVELS = 4;

/** Second dimension of a nested walk: guest-physical to system-physical. */
export interface NestedSpace {
  readonly id: number;
  readonly leaf: '4K' | '2M';
}

/** First dimension: one set of page tables that a CR3 can name. */
export interface AddressSpace {
  readonly id: number;
  /** Absent for a native (one-dimensional) walk. */
  readonly nested: NestedSpace | null;
}

/** How a page is mapped in its own dimension. */
export interface PageMapping {
  /** 4 KiB page number of the linear address; up to 2^45. */
  readonly page: number;
  readonly size: PageSize;
  readonly global: boolean;
  /** Frame (4 KiB) that the page is mapped to; guest-physical under nested paging. */
  readonly frame: number;
}

/** Gives page-table pages their frames; the same page always the same one. */
export type TableFrames = (level: number, index: number) => number;

const PAGE_KINDS: Readonly<Record<PageSize, KeyKind>> = {
  '4K': 'page4K',
  '2M': 'page2M',
  '1G': 'page1G',
};
const UPPER_KINDS: readonly KeyKind[] = ['pde', 'pdpte', 'pml4e'];
const NESTED_UPPER_KINDS: readonly KeyKind[] = ['nestedPde', 'nestedPdpte', 'nestedPml4e'];

/** `value / 512^level`, rounded down; exact for page numbers below 2^53. */
function prefix(value: number, level: number): number {
  let rest = value;
  for (let step = 0; step < level; step += 1) rest = Math.floor(rest / FANOUT);
  return rest;
}

/** What a space has so far, by number. */
interface KnownParts {
  /** Lines of its tables, by number of the line and level. */
  readonly lines: NumberMap;
  /** Of a first dimension: a row of each last-level table. */
  readonly rowOfTable: NumberMap;
  /** Of a second dimension: rows by frame, in pages of its leaves. */
  readonly nestedByFrame: NumberMap;
}

function newParts(): KnownParts {
  return { lines: new NumberMap(), rowOfTable: new NumberMap(), nestedByFrame: new NumberMap() };
}

/**
 * All page tables of a machine, flattened to what lookups and walks need: a mapping is a row.
 * Rows are made before they are run over, so that the access path reads integers only.
 * Page sizes: an entry is cached at the smaller of the two dimensions' sizes (AMD APM vol. 2, 15.25.9).
 */
export class PageTables {
  readonly keys = new KeyTable();
  /** Number of page-table lines named so far. */
  lineCount = 0;
  mappings = 0;
  nestedMappings = 0;
  /** Per mapping: key and set index of its TLB entry, and the entry's size (index in PAGE_SIZES). */
  key = new Int32Array(64);
  low = new Int32Array(64);
  size = new Uint8Array(64);
  isGlobal = new Uint8Array(64);
  /** Per mapping: lowest level of the first dimension that holds the leaf (0 PTE, 1 PDE, 2 PDPTE). */
  leafLevel = new Uint8Array(64);
  /** Per mapping and level: the entry's line, its walk-cache key and set index, the table's frame. */
  line = new Int32Array(64 * LEVELS);
  upperKey = new Int32Array(64 * LEVELS);
  upperLow = new Int32Array(64 * LEVELS);
  /** Nested mapping of the table that holds the level's entry; -1 for a native walk. */
  tableNested = new Int32Array(64 * LEVELS);
  /** Nested mapping of the page itself; -1 for a native walk. */
  pageNested = new Int32Array(64);
  /** Oracle: entries made from older versions are stale, and of which class (see oracle). */
  required = new Float64Array(64);
  requiredClass = new Uint8Array(64);
  /** True once `required` was raised for a page whose entry other pages share. */
  requiresLarge = false;
  /** 1 once a walk has reached it: later walks are not first touches. */
  seen = new Uint8Array(64);

  nestedKey = new Int32Array(64);
  nestedLow = new Int32Array(64);
  nestedLeafLevel = new Uint8Array(64);
  nestedLine = new Int32Array(64 * LEVELS);
  nestedUpperKey = new Int32Array(64 * LEVELS);
  nestedUpperLow = new Int32Array(64 * LEVELS);
  nestedSeen = new Uint8Array(64);
  /** Oracle time of the source that the second-dimension entry was made from; Infinity: up to date. */
  nestedBorn = new Float64Array(64).fill(Number.POSITIVE_INFINITY);
  /** Oracle: cached nested entries made earlier are stale. */
  nestedRequired = new Float64Array(64);

  /** By id of a space. */
  private readonly known: KnownParts[] = [];

  /** Oracle: entries of this mapping that were made before `time` are stale, and of which class. */
  require(mapping: number, time: number, staleClass: number): void {
    this.required[mapping] = time;
    this.requiredClass[mapping] = staleClass;
    if (this.size[mapping]! > 0) this.requiresLarge = true;
  }

  addNestedSpace(leaf: '4K' | '2M'): NestedSpace {
    return { id: this.known.push(newParts()) - 1, leaf };
  }

  addSpace(nested: NestedSpace | null): AddressSpace {
    return { id: this.known.push(newParts()) - 1, nested };
  }

  /** Adds a row; `tableFrames` names the frames of the page-table pages on the way. */
  addMapping(space: AddressSpace, mapping: PageMapping, tableFrames: TableFrames): number {
    const row = this.newRow();
    const own = PAGE_SIZES.indexOf(mapping.size);
    const nestedSize = space.nested === null || space.nested.leaf === '2M' ? 1 : 0;
    const effective = space.nested === null ? own : Math.min(own, nestedSize);
    const sizeName = PAGE_SIZES[effective]!;
    const number = prefix(mapping.page, effective);
    this.key[row] = this.keys.intern(PAGE_KINDS[sizeName], number);
    this.low[row] = number % SET_MODULUS;
    this.size[row] = effective;
    this.isGlobal[row] = mapping.global ? 1 : 0;
    this.leafLevel[row] = own;
    const { rowOfTable } = this.known[space.id]!;
    const table = prefix(mapping.page, 1);
    const neighbour = rowOfTable.get(table);
    if (neighbour >= 0) {
      this.line[row * LEVELS] = this.lineOf(space.id, 0, mapping.page);
      this.copyPath(neighbour, row);
    } else {
      this.addPath(row, space, mapping.page, tableFrames);
      rowOfTable.set(table, row);
    }
    this.pageNested[row] =
      space.nested === null ? -1 : this.nestedMapping(space.nested, mapping.frame);
    return row;
  }

  /** The entries that a walk to a page reads, and what the tables that hold them are mapped to. */
  private addPath(row: number, space: AddressSpace, page: number, tableFrames: TableFrames): void {
    for (let level = 0; level < LEVELS; level += 1) {
      const index = prefix(page, level);
      const at = row * LEVELS + level;
      this.line[at] = this.lineOf(space.id, level, index);
      const table = Math.floor(index / FANOUT);
      this.tableNested[at] =
        space.nested === null ? -1 : this.nestedMapping(space.nested, tableFrames(level, table));
      if (level > 0) {
        this.upperKey[at] = this.keys.intern(UPPER_KINDS[level - 1]!, index);
        this.upperLow[at] = index % SET_MODULUS;
      }
    }
  }

  /** The same for a page whose last-level table is that of another row, but for the entry in it. */
  private copyPath(from: number, to: number): void {
    this.tableNested[to * LEVELS] = this.tableNested[from * LEVELS]!;
    for (let level = 1; level < LEVELS; level += 1) {
      const source = from * LEVELS + level;
      const at = to * LEVELS + level;
      this.line[at] = this.line[source]!;
      this.tableNested[at] = this.tableNested[source]!;
      this.upperKey[at] = this.upperKey[source]!;
      this.upperLow[at] = this.upperLow[source]!;
    }
  }

  /** The row for a guest-physical frame, added when new. */
  nestedMapping(space: NestedSpace, frame: number): number {
    const leaf = space.leaf === '2M' ? 1 : 0;
    const number = prefix(frame, leaf);
    const { nestedByFrame } = this.known[space.id]!;
    const known = nestedByFrame.get(number);
    if (known >= 0) return known;
    const row = this.newNestedRow();
    nestedByFrame.set(number, row);
    this.nestedKey[row] = this.keys.intern(leaf === 1 ? 'nested2M' : 'nested4K', number);
    this.nestedLow[row] = number % SET_MODULUS;
    this.nestedLeafLevel[row] = leaf;
    for (let level = leaf; level < LEVELS; level += 1) {
      const index = prefix(frame, level);
      const at = row * LEVELS + level;
      this.nestedLine[at] = this.lineOf(space.id, level, index);
      if (level > leaf) {
        this.nestedUpperKey[at] = this.keys.intern(NESTED_UPPER_KINDS[level - 1]!, index);
        this.nestedUpperLow[at] = index % SET_MODULUS;
      }
    }
    return row;
  }

  private lineOf(space: number, level: number, index: number): number {
    const { lines } = this.known[space]!;
    const number = Math.floor(index / ENTRIES_PER_LINE) * LEVELS + level;
    const known = lines.get(number);
    if (known >= 0) return known;
    lines.set(number, this.lineCount);
    this.lineCount += 1;
    return this.lineCount - 1;
  }

  private newRow(): number {
    if (this.mappings === this.key.length) this.growMappings(this.mappings * 2);
    this.mappings += 1;
    return this.mappings - 1;
  }

  private newNestedRow(): number {
    if (this.nestedMappings === this.nestedKey.length) this.growNested(this.nestedMappings * 2);
    this.nestedMappings += 1;
    return this.nestedMappings - 1;
  }

  private growMappings(rows: number): void {
    this.key = grownInt32(this.key, rows);
    this.low = grownInt32(this.low, rows);
    this.size = grownUint8(this.size, rows);
    this.isGlobal = grownUint8(this.isGlobal, rows);
    this.leafLevel = grownUint8(this.leafLevel, rows);
    this.line = grownInt32(this.line, rows * LEVELS);
    this.upperKey = grownInt32(this.upperKey, rows * LEVELS);
    this.upperLow = grownInt32(this.upperLow, rows * LEVELS);
    this.tableNested = grownInt32(this.tableNested, rows * LEVELS);
    this.pageNested = grownInt32(this.pageNested, rows);
    this.required = grownFloat64(this.required, rows);
    this.requiredClass = grownUint8(this.requiredClass, rows);
    this.seen = grownUint8(this.seen, rows);
  }

  private growNested(rows: number): void {
    this.nestedKey = grownInt32(this.nestedKey, rows);
    this.nestedLow = grownInt32(this.nestedLow, rows);
    this.nestedLeafLevel = grownUint8(this.nestedLeafLevel, rows);
    this.nestedLine = grownInt32(this.nestedLine, rows * LEVELS);
    this.nestedUpperKey = grownInt32(this.nestedUpperKey, rows * LEVELS);
    this.nestedUpperLow = grownInt32(this.nestedUpperLow, rows * LEVELS);
    this.nestedSeen = grownUint8(this.nestedSeen, rows);
    const before = this.nestedBorn.length;
    this.nestedBorn = grownFloat64(this.nestedBorn, rows).fill(Number.POSITIVE_INFINITY, before);
    this.nestedRequired = grownFloat64(this.nestedRequired, rows);
  }
}
