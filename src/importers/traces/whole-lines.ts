import { UserError } from '../../util/user-error.ts';
import { MAX_LINE_BYTES, placeError } from '../text-blocks.ts';

const LF = 0x0a;

/** Takes whole lines: bytes `from` to `to`, the last of which is a line feed, not to be kept. */
export type TakeLines = (bytes: Uint8Array, from: number, to: number) => void;

/**
 * Cuts chunks of any size into whole lines for a parser that counts its lines itself: a second pass
 * that counts line feeds would take as long as a fast parser. Only a line that lies across two
 * chunks is copied.
 */
export class WholeLines {
  private readonly name: string;
  private readonly take: TakeLines;
  /** Number of the line that `rest` begins, for messages. */
  private readonly lineNumber: () => number;
  private rest: Buffer = Buffer.alloc(0);
  private isEmpty = true;

  constructor(name: string, take: TakeLines, lineNumber: () => number) {
    this.name = name;
    this.take = take;
    this.lineNumber = lineNumber;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.isEmpty = false;
    let from = 0;
    if (this.rest.length > 0) {
      from = chunk.indexOf(LF) + 1;
      const head = Buffer.concat([this.rest, from === 0 ? chunk : chunk.subarray(0, from)]);
      this.refuseLongLine(head.length);
      this.rest = from === 0 ? head : Buffer.alloc(0);
      if (from === 0) return;
      this.take(head, 0, head.length);
    }
    const to = chunk.lastIndexOf(LF) + 1;
    if (to > from) this.take(chunk, from, to);
    const tail = Math.max(from, to);
    this.refuseLongLine(chunk.length - tail);
    if (tail < chunk.length) this.rest = Buffer.from(chunk.subarray(tail));
  }

  /** Throws for a last line without its end: half a number still reads as a number. */
  end(): void {
    if (this.isEmpty)
      throw new UserError('input', this.name, 'the file is empty', 'Record it again');
    if (this.rest.length === 0) return;
    const cause = 'the last line is torn, it has no line end';
    throw placeError(this.name, this.lineNumber(), this.rest.length + 1, cause);
  }

  private refuseLongLine(bytes: number): void {
    if (bytes <= MAX_LINE_BYTES) return;
    const cause = `a line is longer than ${MAX_LINE_BYTES} bytes, so this is no trace`;
    throw placeError(this.name, this.lineNumber(), MAX_LINE_BYTES + 1, cause);
  }
}
