import { KEY, REQUIRED, ROW, SIZE } from './page-rows.ts';
import { BORN, OWNER, STAMP, TAG } from './slots.ts';
import type { TaggedTlb } from './tagged-tlb.ts';
import type { TouchStream } from './touch-stream.ts';

/** Who touches: the tags that are looked up, and whose translations they are meant to be. */
interface Toucher {
  readonly leaf: number;
  readonly global: number;
  readonly owner: number;
}

/**
 * Carries out touches from `from` on while they are plain hits: of 4K pages, in the slot that the page
 * was used in last, by its owner and up to date. Returns the first one that is not, or `to`. What a
 * lookup would do is done here without a call, on columns that are read once for many touches.
 */
export function passPlainHits(
  { touches, rows }: TouchStream,
  columns: Int32Array,
  data: TaggedTlb,
  code: TaggedTlb,
  { leaf, global, owner }: Toucher,
  from: number,
  to: number,
): number {
  const dataHeads = data.heads;
  const codeHeads = code.heads;
  const dataCells = data.cells;
  const codeCells = code.cells;
  const dataStamps = data.stampsHits;
  const codeStamps = code.stampsHits;
  let dataClock = data.clock;
  let codeClock = code.clock;
  let at = from;
  for (; at < to; at += 1) {
    const touch = touches[at]!;
    const row = rows[touch]! * ROW;
    const isData = touch % 2 === 1;
    // Chosen, not branched upon: what comes next, code or data, cannot be foreseen.
    const heads = isData ? dataHeads : codeHeads;
    const cells = isData ? dataCells : codeCells;
    const slot = heads[columns[row + KEY]!]!;
    if (slot < 0 || columns[row + SIZE] !== 0) break;
    const tag = cells[slot + TAG]!;
    if (tag !== leaf && tag !== global) break;
    if (cells[slot + OWNER] !== owner || cells[slot + BORN]! < columns[row + REQUIRED]!) break;
    if (isData) {
      if (dataStamps) {
        dataClock += 1;
        cells[slot + STAMP] = dataClock;
      } else data.hit(slot);
    } else if (codeStamps) {
      codeClock += 1;
      cells[slot + STAMP] = codeClock;
    } else code.hit(slot);
  }
  if (dataStamps) data.clock = dataClock;
  if (codeStamps) code.clock = codeClock;
  return at;
}
