import type { UserError } from '../../util/user-error.ts';
import { foreignColumn, placeError } from '../text-blocks.ts';

const LF = 0x0a;
const SHOWN_BYTES = 200;

/** A line of a trace that can't be understood, as a message needs it. Off the fast path. */
export class TextAt {
  /** The beginning of the line, a character for each byte. */
  readonly text: string;
  private readonly name: string;
  private readonly lineNumber: number;
  private readonly foreign: number;

  constructor(bytes: Uint8Array, at: number, name: string, lineNumber: number) {
    const end = bytes.indexOf(LF, at);
    const to = Math.min(end < 0 ? bytes.length : end, at + SHOWN_BYTES);
    this.text = Buffer.from(bytes.subarray(at, to)).toString('latin1');
    this.name = name;
    this.lineNumber = lineNumber;
    this.foreign = foreignColumn(bytes, at, to);
  }

  /** The error at a byte of the line (0 is the first), or that the line is no text at all. */
  error(byte: number, cause: string, cure: string): UserError {
    if (this.foreign > 0) {
      return placeError(this.name, this.lineNumber, this.foreign, 'this is binary data', cure);
    }
    return placeError(this.name, this.lineNumber, byte + 1, cause, cure);
  }
}
