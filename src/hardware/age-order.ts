import * as slots from './slots.ts';

// Local, as in tagged-tlb.ts.
const { NEWER, NONE, OLDER, SLOT } = slots;

/** The slots of a fully associative array from the oldest to the newest use, as a linked list. */
export class AgeOrder {
  private readonly cells: Int32Array;
  private newest: number;
  /** The slot that was used longest ago. */
  oldest = 0;

  /** Slots that were never used count as used in their order. */
  constructor(cells: Int32Array) {
    this.cells = cells;
    this.newest = cells.length - SLOT;
    for (let slot = 0; slot < cells.length; slot += SLOT) {
      cells[slot + NEWER] = slot === this.newest ? NONE : slot + SLOT;
      cells[slot + OLDER] = slot === 0 ? NONE : slot - SLOT;
    }
  }

  /** The slot used next after this one; NONE after the newest. */
  after(slot: number): number {
    return this.cells[slot + NEWER]!;
  }

  use(slot: number): void {
    const { cells, newest } = this;
    if (slot === newest) return;
    const newer = cells[slot + NEWER]!;
    const older = cells[slot + OLDER]!;
    if (older < 0) this.oldest = newer;
    else cells[older + NEWER] = newer;
    cells[newer + OLDER] = older;
    cells[newest + NEWER] = slot;
    cells[slot + OLDER] = newest;
    cells[slot + NEWER] = NONE;
    this.newest = slot;
  }
}
