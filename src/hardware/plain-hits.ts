import * as pages from './page-rows.ts';
import * as slots from './slots.ts';
import type { TaggedTlb } from './tagged-tlb.ts';
import type { TlbArrays } from './tlb-arrays.ts';
import type { TouchStream } from './touch-stream.ts';

// Local, as in tagged-tlb.ts.
const { KEY, REQUIRED, ROW, SIZE } = pages;
const { BORN, NONE, OWNER, SLOT, TAG } = slots;

/** Who touches: the tags that are looked up, and whose translations they are meant to be. */
interface Toucher {
  readonly leaf: number;
  readonly global: number;
  readonly owner: number;
}

/** A slot that was noted in this stretch, and of which nothing is known any more. */
const FORGOTTEN = -2;
/** The slot s of an array whose hits do more than write a time is noted as CALLED - s. */
const CALLED = -2;

/**
 * Touches of a stretch without a plan that are plain hits: of 4K pages, in the slot that the page was used in
 * last, by its owner and up to date. Nothing but a fill or a stale hit changes that within a stretch. So the
 * first such touch of a page notes its slot, and the next ones only renew the slot's age; what fills or
 * empties a slot forgets the touch that is noted there.
 */
export class PlainHits {
  private readonly data: TaggedTlb;
  private readonly code: TaggedTlb;
  /** Slots of all first-level arrays; one array, so that the loop does not choose between two. */
  private readonly cells: Int32Array;
  private readonly dataAt: number;
  private readonly codeAt: number;
  /** By touch: the cell that a plain hit writes its time to, or CALLED less a slot, or NONE. */
  private cellOf = new Int32Array(0);
  /** By slot: the touch that is noted there, NONE or FORGOTTEN. At most one. */
  private readonly touchAt: Int32Array;
  private readonly noted: Int32Array;
  private notedCount = 0;

  constructor({ firstData, firstCode, firstCells }: TlbArrays) {
    this.data = firstData[0]!;
    this.code = firstCode[0]!;
    this.cells = firstCells;
    this.dataAt = placeIn(firstCells, this.data);
    this.codeAt = placeIn(firstCells, this.code);
    this.touchAt = new Int32Array(firstCells.length / SLOT).fill(NONE);
    this.noted = new Int32Array(this.touchAt.length);
  }

  /** Begins a stretch of at most `touches` touches of a stream, in one context. */
  begin({ rows }: TouchStream, touches: number): void {
    this.forgetAll();
    if (this.cellOf.length < rows.length) {
      this.cellOf = new Int32Array(Math.max(rows.length, 2 * this.cellOf.length)).fill(NONE);
    }
    // One time for both arrays: only the order within an array matters.
    this.setClocks(Math.max(this.data.clock, this.code.clock));
    this.data.beginStretch(touches);
    this.code.beginStretch(touches);
    this.setClocks(Math.max(this.data.clock, this.code.clock));
  }

  /** Carries out touches from `from` on while they are plain hits. Returns the first that is not, or `to`. */
  pass(
    { touches, rows }: TouchStream,
    columns: Int32Array,
    toucher: Toucher,
    from: number,
    to: number,
  ): number {
    const { cells, cellOf, data, code } = this;
    const before = (Math.max(this.data.clock, this.code.clock) + 1 - from) | 0;
    const end = to | 0;
    let at = from | 0;
    for (; at < end; at = (at + 1) | 0) {
      const touch = touches[at]!;
      const cell = cellOf[touch]!;
      if (cell >= 0) cells[cell] = before + at;
      else if (cell <= CALLED) ((touch & 1) === 1 ? data : code).hit(CALLED - cell);
      else {
        this.setClocks(before + at - 1);
        if (!this.isPlain(touch, columns, rows[touch]! * ROW, toucher)) return at;
      }
    }
    this.setClocks(before + at - 1);
    return at;
  }

  /** After a touch that was none, of a row, without a stale hit: the slot that it found or filled is its own now. */
  renew(touch: number, row: number, columns: Int32Array, first: TaggedTlb): void {
    if (first !== this.data && first !== this.code) return;
    const slot = first.heads[columns[row + KEY]!]!;
    if (columns[row + SIZE] === 0) this.note(touch, slot, first);
    else this.forget((slot + (first === this.data ? this.dataAt : this.codeAt)) / SLOT);
  }

  private forget(index: number): void {
    const touch = this.touchAt[index]!;
    if (touch < 0) return;
    this.cellOf[touch] = NONE;
    this.touchAt[index] = FORGOTTEN;
  }

  /** After a stale hit, or where another stretch begins. */
  forgetAll(): void {
    for (let each = 0; each < this.notedCount; each += 1) {
      const index = this.noted[each]!;
      const touch = this.touchAt[index]!;
      if (touch >= 0) this.cellOf[touch] = NONE;
      this.touchAt[index] = NONE;
    }
    this.notedCount = 0;
  }

  /** Looks a touch up and does what its hit does, if it is plain. */
  private isPlain(touch: number, columns: Int32Array, row: number, toucher: Toucher): boolean {
    const isData = (touch & 1) === 1;
    const first = isData ? this.data : this.code;
    const { cells } = first;
    const slot = first.heads[columns[row + KEY]!]!;
    if (slot < 0 || columns[row + SIZE] !== 0) return false;
    const tag = cells[slot + TAG]!;
    if (tag !== toucher.leaf && tag !== toucher.global) return false;
    if (cells[slot + OWNER] !== toucher.owner) return false;
    if (cells[slot + BORN]! < columns[row + REQUIRED]!) return false;
    first.hit(slot);
    this.note(touch, slot, first);
    return true;
  }

  private note(touch: number, slot: number, first: TaggedTlb): void {
    const place = slot + (first === this.data ? this.dataAt : this.codeAt);
    const index = place / SLOT;
    const before = this.touchAt[index]!;
    if (before >= 0) this.cellOf[before] = NONE;
    else if (before === NONE) {
      this.noted[this.notedCount] = index;
      this.notedCount += 1;
    }
    this.touchAt[index] = touch;
    this.cellOf[touch] = first.hitColumn < 0 ? CALLED - slot : place + first.hitColumn;
  }

  private setClocks(time: number): void {
    this.data.clock = time;
    this.code.clock = time;
  }
}

/** Where the cells of an array begin in those of all. */
function placeIn(all: Int32Array, { cells }: TaggedTlb): number {
  return (cells.byteOffset - all.byteOffset) / Int32Array.BYTES_PER_ELEMENT;
}
