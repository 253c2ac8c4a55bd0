import { grown } from './pair-index.ts';

/** Words of what an event does to a vCPU and its surroundings; both come last, by number. */
export const MOVE = {
  event: 0,
  found: 1,
  script: 2,
  tested: 3,
  surroundings: 4,
  vcpu: 5,
} as const;
export const MOVE_WORDS = 6;

/** What is known of an event from the parts that are there. */
export const FOUND = { happens: 0, isWrong: 1, reachesBeyond: 2 } as const;

/** Lists of what events do, one after the other; each list's events are in their order. */
export class MoveRows {
  rows = new Int32Array(MOVE_WORDS * 1024);
  /** By list: where it begins and ends in `rows`. */
  from = new Int32Array(1024);
  to = new Int32Array(1024);
  private used = 0;
  private lists = 0;

  /** Where a row for an event is now; the rest of its words is to be filled in. */
  add(event: number, found: number): number {
    if (this.used + MOVE_WORDS > this.rows.length) this.rows = grown(this.rows);
    const row = this.used;
    this.rows[row + MOVE.event] = event;
    this.rows[row + MOVE.found] = found;
    this.used += MOVE_WORDS;
    return row;
  }

  /** What was added since the last list is one. Returns its number. */
  close(): number {
    const list = this.lists;
    if (list === this.from.length) {
      this.from = grown(this.from);
      this.to = grown(this.to);
    }
    this.from[list] = list === 0 ? 0 : this.to[list - 1]!;
    this.to[list] = this.used;
    this.lists += 1;
    return list;
  }

  /** The row of an event in a list; -1 when it is not in it. */
  rowOf(list: number, event: number): number {
    const end = this.to[list]!;
    for (let row = this.from[list]!; row < end; row += MOVE_WORDS) {
      if (this.rows[row + MOVE.event] === event) return row;
    }
    return -1;
  }
}
