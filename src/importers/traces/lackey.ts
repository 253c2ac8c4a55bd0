import { quote } from '../../inputs/text-lines.ts';
import type { UserError } from '../../util/user-error.ts';
import type { PageSwitchSink } from '../importer.ts';
import { placeError } from '../text-blocks.ts';
import { HEX_DIGIT, MOST_HEX_DIGITS } from './digits.ts';
import { impossiblePage, PageSwitches } from './page-switches.ts';
import { TextAt } from './text-at.ts';
import { WholeLines } from './whole-lines.ts';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const STAR = 0x2a;
const COMMA = 0x2c;
const DASH = 0x2d;
const ZERO = 0x30;
const EQUALS = 0x3d;
const LETTER_I = 0x49;
const LETTER_L = 0x4c;
const LETTER_M = 0x4d;
const LETTER_S = 0x53;

/** Columns before the address: `I  `, ` L `, ` S `, ` M `. */
const PREFIX = 3;
/** XSAVE of all state of today's processors writes under 12 KiB. */
const MOST_BYTES = 65_535;
const CURE =
  'Record with valgrind --tool=lackey --trace-mem=yes --log-file=FILE, so that nothing else gets into the file';

/**
 * Decodes the text of Valgrind's tool lackey with `--trace-mem=yes`: `I  ADDRESS,BYTES` for an
 * instruction, ` L `, ` S ` and ` M ` for a load, a store and a read-modify-write, addresses in
 * hexadecimal; Valgrind's own lines begin with `==`, `--` or `**`.
 */
export class LackeyDecoder {
  readonly switches: PageSwitches;
  private readonly name: string;
  private readonly lines: WholeLines;
  private lineNumber = 1;

  constructor(sink: PageSwitchSink, name: string) {
    this.switches = new PageSwitches(sink, (page) =>
      placeError(name, this.lineNumber, PREFIX + 1, impossiblePage(page), CURE),
    );
    this.name = name;
    this.lines = new WholeLines(
      name,
      (bytes, from, to) => this.take(bytes, from, to),
      () => this.lineNumber,
    );
  }

  push(chunk: Uint8Array): void {
    this.lines.push(chunk);
  }

  end(): void {
    this.lines.end();
  }

  /** The hot loop: some 15 bytes a line, one branch a byte, no call and no object. */
  private take(bytes: Uint8Array, from: number, to: number): void {
    const { switches } = this;
    let at = from;
    while (at < to) {
      const first = bytes[at]!;
      const letter = bytes[at + 1]!;
      const isCode = first === LETTER_I && letter === SPACE;
      const isData =
        first === SPACE && (letter === LETTER_L || letter === LETTER_S || letter === LETTER_M);
      if (!(isCode || isData) || bytes[at + 2] !== SPACE) {
        at = this.takeOther(bytes, at);
        continue;
      }
      // The last three digits are the offset in the page; they trail behind the others.
      let page = 0;
      let third = 0;
      let second = 0;
      let last = 0;
      const start = at + PREFIX;
      let end = start;
      let digit = HEX_DIGIT[bytes[end]!]!;
      while (digit < 16) {
        page = page * 16 + third;
        third = second;
        second = last;
        last = digit;
        end += 1;
        digit = HEX_DIGIT[bytes[end]!]!;
      }
      const sizeStart = end + 1;
      let size = 0;
      let byte = bytes[sizeStart]! - ZERO;
      let sizeEnd = sizeStart;
      while (byte >= 0 && byte <= 9) {
        size = size * 10 + byte;
        sizeEnd += 1;
        byte = bytes[sizeEnd]! - ZERO;
      }
      if (bytes[sizeEnd] === CR) sizeEnd += 1;
      if (
        bytes[end] !== COMMA ||
        bytes[sizeEnd] !== LF ||
        end === start ||
        end - start > MOST_HEX_DIGITS ||
        !(size > 0 && size <= MOST_BYTES)
      ) {
        throw this.explain(bytes, at);
      }
      const offset = third * 256 + second * 16 + last;
      if (isCode) switches.instruction(page, offset, size);
      else switches.access(page, offset, size);
      this.lineNumber += 1;
      at = sizeEnd + 1;
    }
  }

  /** Valgrind's own lines, at which the trace goes on; anything else is an error. */
  private takeOther(bytes: Uint8Array, at: number): number {
    const first = bytes[at];
    const end = bytes.indexOf(LF, at);
    const isValgrinds = first === EQUALS || first === DASH || first === STAR;
    if (!isValgrinds || bytes[at + 1] !== first) {
      throw this.explain(bytes, at);
    }
    this.lineNumber += 1;
    return end + 1;
  }

  /** What is wrong with a line that the loop did not take. */
  private explain(bytes: Uint8Array, at: number): UserError {
    const line = new TextAt(bytes, at, this.name, this.lineNumber);
    const lead = line.text.slice(0, PREFIX);
    if (!/^(?:I | [LSM]) $/.test(lead)) {
      return line.error(0, `${quote(line.text)} is no line of a lackey trace`, CURE);
    }
    const digits = /^[0-9a-fA-F]*/.exec(line.text.slice(PREFIX))?.[0].length ?? 0;
    const end = PREFIX + digits;
    if (digits === 0) return line.error(PREFIX, 'an address in hexadecimal belongs here', CURE);
    if (digits > MOST_HEX_DIGITS) {
      return line.error(PREFIX, `an address of ${digits} hexadecimal digits exceeds 64 bits`, CURE);
    }
    if (line.text[end] !== ',') {
      return line.error(end, 'a comma and the size in bytes belong here', CURE);
    }
    return line.error(end + 1, `the size is not a number from 1 to ${MOST_BYTES}`, CURE);
  }
}
