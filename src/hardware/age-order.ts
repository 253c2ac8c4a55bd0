/** The slots of a fully associative array from the oldest to the newest use, as a linked list. */
export class AgeOrder {
  private readonly newer: Int32Array;
  private readonly older: Int32Array;
  private newest: number;
  /** The slot that was used longest ago. */
  oldest = 0;

  /** Slots that were never used count as used in their order. */
  constructor(slots: number) {
    this.newer = Int32Array.from({ length: slots }, (_, slot) =>
      slot + 1 < slots ? slot + 1 : -1,
    );
    this.older = Int32Array.from({ length: slots }, (_, slot) => slot - 1);
    this.newest = slots - 1;
  }

  /** The slot used next after this one; -1 after the newest. */
  after(slot: number): number {
    return this.newer[slot]!;
  }

  use(slot: number): void {
    if (slot === this.newest) return;
    const newer = this.newer[slot]!;
    const older = this.older[slot]!;
    if (older < 0) this.oldest = newer;
    else this.newer[older] = newer;
    this.older[newer] = older;
    this.newer[this.newest] = slot;
    this.older[slot] = this.newest;
    this.newer[slot] = -1;
    this.newest = slot;
  }
}
