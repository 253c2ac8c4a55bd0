import { NumberMap } from '../util/number-map.ts';
import { grownInt32 } from './columns.ts';
import { type KeyKind, KeyTable } from './key-table.ts';
import { PAGE_SIZES, type PageSize } from './machine-preset.ts';
import * as pages from './page-rows.ts';
import { SET_MODULUS } from './tlb-geometry.ts';

// Local, as in tagged-tlb.ts.
const {
  IS_GLOBAL,
  KEY,
  LEAF_LEVEL,
  LINE,
  LOW,
  NATIVE,
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
  NEXT_PIECE,
  PAGE_NESTED,
  REQUIRED,
  REQUIRED_CLASS,
  ROW,
  SEEN,
  SIZE,
  TABLE_NESTED,
  UP_TO_DATE,
  UPPER_KEY,
  UPPER_LOW,
} = pages;

/** Entries per page table, and per 2 MiB region of 4 KiB pages. */
const FANOUT = 512;
const ENTRIES_PER_LINE = 8;
const LEVELS = 4;

export type NestedPageSize = '4K' | '2M';

/** Second dimension of a nested walk: guest-physical to system-physical. */
export interface NestedSpace {
  readonly id: number;
  /** Size of its pages, but for those that are said to have another. */
  readonly leaf: NestedPageSize;
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
  /** Size of the frame's page in the second dimension; absent: that of the space. */
  readonly nestedSize?: NestedPageSize;
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
  /** Of a second dimension: rows by frame, in pages of 4 KiB and of 2 MiB. */
  readonly nestedByFrame: readonly [NumberMap, NumberMap];
  /** Of a first dimension: a row of each large page that is cached in smaller pieces. */
  readonly pieceOfLarge: NumberMap;
}

function newParts(): KnownParts {
  const nestedByFrame = [new NumberMap(), new NumberMap()] as const;
  const [lines, rowOfTable, pieceOfLarge] = [new NumberMap(), new NumberMap(), new NumberMap()];
  return { lines, rowOfTable, nestedByFrame, pieceOfLarge };
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
  /** Columns of each mapping, and of each nested mapping; see `page-rows.ts`. Replaced when they grow. */
  rows = new Int32Array(64 * ROW);
  nestedRows = new Int32Array(64 * NESTED_ROW);
  /** True once `require` was called for a page whose entry other pages share. */
  requiresLarge = false;

  /** By id of a space. */
  private readonly known: KnownParts[] = [];

  /** Interned number of the page that an entry of this mapping translates. */
  keyOf(mapping: number): number {
    return this.rows[mapping * ROW + KEY]!;
  }

  /** Page number mod SET_MODULUS of the same. */
  lowOf(mapping: number): number {
    return this.rows[mapping * ROW + LOW]!;
  }

  /** Size of its entry: index in PAGE_SIZES. */
  sizeOf(mapping: number): number {
    return this.rows[mapping * ROW + SIZE]!;
  }

  /** Nested mapping of the page; -1 for a native walk. */
  nestedOf(mapping: number): number {
    return this.rows[mapping * ROW + PAGE_NESTED]!;
  }

  /**
   * Another mapping of the same page where nested pages are smaller, so that it is cached in pieces: a
   * ring, which ends where it began. The mapping itself where it has no other piece.
   */
  nextPieceOf(mapping: number): number {
    return this.rows[mapping * ROW + NEXT_PIECE]!;
  }

  /** Oracle: entries of this mapping that were made before `time` are stale, and of which class. */
  require(mapping: number, time: number, staleClass: number): void {
    const row = mapping * ROW;
    this.rows[row + REQUIRED] = time;
    this.rows[row + REQUIRED_CLASS] = staleClass;
    if (this.rows[row + SIZE]! > 0) this.requiresLarge = true;
  }

  requiredOf(mapping: number): number {
    return this.rows[mapping * ROW + REQUIRED]!;
  }

  requiredClassOf(mapping: number): number {
    return this.rows[mapping * ROW + REQUIRED_CLASS]!;
  }

  /** Oracle: cached nested entries that were made before `time` are stale. */
  requireNested(nested: number, time: number): void {
    this.nestedRows[nested * NESTED_ROW + NESTED_REQUIRED] = time;
  }

  /** Oracle time of what the second-dimension entry was made from; UP_TO_DATE: of its source as it is. */
  setNestedBorn(nested: number, time: number): void {
    this.nestedRows[nested * NESTED_ROW + NESTED_BORN] = time;
  }

  /** As if no walk had reached any page. */
  forgetWalks(): void {
    for (let row = 0; row < this.rows.length; row += ROW) this.rows[row + SEEN] = 0;
    for (let row = 0; row < this.nestedRows.length; row += NESTED_ROW) {
      this.nestedRows[row + NESTED_SEEN] = 0;
    }
  }

  /** As if nothing had run: no walk has reached any page, and nothing is stale. */
  forgetRun(): void {
    this.forgetWalks();
    this.requiresLarge = false;
    for (let row = 0; row < this.rows.length; row += ROW) {
      this.rows[row + REQUIRED] = 0;
      this.rows[row + REQUIRED_CLASS] = 0;
    }
    for (let row = 0; row < this.nestedMappings * NESTED_ROW; row += NESTED_ROW) {
      this.nestedRows[row + NESTED_REQUIRED] = 0;
      this.nestedRows[row + NESTED_BORN] = UP_TO_DATE;
    }
  }

  addNestedSpace(leaf: NestedPageSize): NestedSpace {
    return { id: this.known.push(newParts()) - 1, leaf };
  }

  addSpace(nested: NestedSpace | null): AddressSpace {
    return { id: this.known.push(newParts()) - 1, nested };
  }

  /** Adds a row; `tableFrames` names the frames of the page-table pages on the way. */
  addMapping(space: AddressSpace, mapping: PageMapping, tableFrames: TableFrames): number {
    const row = this.newRow();
    const { rows } = this;
    const own = PAGE_SIZES.indexOf(mapping.size);
    const nestedSize = mapping.nestedSize ?? space.nested?.leaf;
    const effective = space.nested === null ? own : Math.min(own, nestedSize === '2M' ? 1 : 0);
    const sizeName = PAGE_SIZES[effective]!;
    const number = prefix(mapping.page, effective);
    rows[row + KEY] = this.keys.intern(PAGE_KINDS[sizeName], number);
    rows[row + LOW] = number % SET_MODULUS;
    rows[row + SIZE] = effective;
    rows[row + IS_GLOBAL] = mapping.global ? 1 : 0;
    rows[row + LEAF_LEVEL] = own;
    rows[row + NEXT_PIECE] = row / ROW;
    if (effective < own) this.joinPieces(row, space, prefix(mapping.page, own));
    const { rowOfTable } = this.known[space.id]!;
    const table = prefix(mapping.page, 1);
    const neighbour = rowOfTable.get(table);
    if (neighbour >= 0) {
      rows[row + LINE] = this.lineOf(space.id, 0, mapping.page);
      copyPath(rows, neighbour, row);
    } else {
      this.addPath(row, space, mapping.page, tableFrames);
      rowOfTable.set(table, row);
    }
    rows[row + PAGE_NESTED] =
      space.nested === null
        ? NATIVE
        : this.nestedMapping(space.nested, mapping.frame, mapping.nestedSize);
    return row / ROW;
  }

  /** Puts a row into the ring of the pieces of a large page. */
  private joinPieces(row: number, space: AddressSpace, largePage: number): void {
    const { pieceOfLarge } = this.known[space.id]!;
    const known = pieceOfLarge.get(largePage);
    if (known < 0) {
      pieceOfLarge.set(largePage, row / ROW);
      return;
    }
    this.rows[row + NEXT_PIECE] = this.nextPieceOf(known);
    this.rows[known * ROW + NEXT_PIECE] = row / ROW;
  }

  /** The entries that a walk to a page reads, and what the tables that hold them are mapped to. */
  private addPath(row: number, space: AddressSpace, page: number, tableFrames: TableFrames): void {
    const { rows } = this;
    for (let level = 0; level < LEVELS; level += 1) {
      const index = prefix(page, level);
      const table = Math.floor(index / FANOUT);
      rows[row + LINE + level] = this.lineOf(space.id, level, index);
      rows[row + TABLE_NESTED + level] =
        space.nested === null
          ? NATIVE
          : this.nestedMapping(space.nested, tableFrames(level, table));
      if (level > 0) {
        rows[row + UPPER_KEY + level] = this.keys.intern(UPPER_KINDS[level - 1]!, index);
        rows[row + UPPER_LOW + level] = index % SET_MODULUS;
      }
    }
  }

  /** The row for a guest-physical frame, added when new. */
  nestedMapping(space: NestedSpace, frame: number, size: NestedPageSize = space.leaf): number {
    const leaf = size === '2M' ? 1 : 0;
    const number = prefix(frame, leaf);
    const nestedByFrame = this.known[space.id]!.nestedByFrame[leaf];
    const known = nestedByFrame.get(number);
    if (known >= 0) return known;
    const row = this.newNestedRow();
    const rows = this.nestedRows;
    nestedByFrame.set(number, row / NESTED_ROW);
    rows[row + NESTED_KEY] = this.keys.intern(leaf === 1 ? 'nested2M' : 'nested4K', number);
    rows[row + NESTED_LOW] = number % SET_MODULUS;
    rows[row + NESTED_LEAF_LEVEL] = leaf;
    rows[row + NESTED_BORN] = UP_TO_DATE;
    for (let level = leaf; level < LEVELS; level += 1) {
      const index = prefix(frame, level);
      rows[row + NESTED_LINE + level] = this.lineOf(space.id, level, index);
      if (level > leaf) {
        rows[row + NESTED_UPPER_KEY + level] = this.keys.intern(
          NESTED_UPPER_KINDS[level - 1]!,
          index,
        );
        rows[row + NESTED_UPPER_LOW + level] = index % SET_MODULUS;
      }
    }
    return row / NESTED_ROW;
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

  /** Where the columns of a new row begin. */
  private newRow(): number {
    const row = this.mappings * ROW;
    if (row === this.rows.length) this.rows = grownInt32(this.rows, row * 2);
    this.mappings += 1;
    return row;
  }

  private newNestedRow(): number {
    const row = this.nestedMappings * NESTED_ROW;
    if (row === this.nestedRows.length) this.nestedRows = grownInt32(this.nestedRows, row * 2);
    this.nestedMappings += 1;
    return row;
  }
}

/** The path of a page whose last-level table is that of another row, but for the entry in it. */
function copyPath(rows: Int32Array, from: number, to: number): void {
  rows[to + TABLE_NESTED] = rows[from + TABLE_NESTED]!;
  for (let level = 1; level < LEVELS; level += 1) {
    rows[to + LINE + level] = rows[from + LINE + level]!;
    rows[to + TABLE_NESTED + level] = rows[from + TABLE_NESTED + level]!;
    rows[to + UPPER_KEY + level] = rows[from + UPPER_KEY + level]!;
    rows[to + UPPER_LOW + level] = rows[from + UPPER_LOW + level]!;
  }
}
