import { quote } from '../../inputs/text-lines.ts';
import { UserError } from '../../util/user-error.ts';
import type { PageSwitchSink } from '../importer.ts';
import { placeError } from '../text-blocks.ts';
import { HEX_DIGIT, MOST_HEX_DIGITS } from './digits.ts';
import { impossiblePage, PageSwitches } from './page-switches.ts';
import { TextAt } from './text-at.ts';
import { WholeLines } from './whole-lines.ts';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const HASH = 0x23;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const LETTER_R = 0x52;
const LETTER_W = 0x57;
const LETTER_X = 0x78;
const END = '#eof';
const CURE = "Give the file as Pin's tool pinatrace wrote it";

/**
 * Instructions for each access, in tenths. The trace shows only those that access memory. Seven
 * programs recorded with Valgrind (sqlite, zstd, perl, python, gcc, redis twice) executed 1.7 to 2.9.
 */
export const INSTRUCTIONS_PER_ACCESS_TENTHS = 23;

/**
 * Decodes the text of Pin's example tools pinatrace: `0xADDRESS: R 0xADDRESS` for each access of
 * memory, the instruction's address first; some versions add the size and the value. `#` begins a
 * comment, and `#eof` ends the file.
 */
export class PinTraceDecoder {
  readonly switches: PageSwitches;
  private readonly name: string;
  private readonly lines: WholeLines;
  private lineNumber = 1;
  private tenths = 0;
  private isComplete = false;
  /** Page and offset of the address that `address` read last. */
  private page = 0;
  private offset = 0;

  constructor(sink: PageSwitchSink, name: string) {
    this.name = name;
    this.switches = new PageSwitches(sink, (page) =>
      placeError(name, this.lineNumber, 1, impossiblePage(page), CURE),
    );
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
    if (this.isComplete) return;
    const cause = `the trace ends at line ${this.lineNumber - 1} without "${END}", so it was cut`;
    const cure = `Record it to its end, or add the line ${END} to take it as it is`;
    throw new UserError('input', this.name, cause, cure);
  }

  private take(bytes: Uint8Array, from: number, to: number): void {
    let at = from;
    while (at < to) {
      at = bytes[at] === HASH ? this.comment(bytes, at) : this.line(bytes, at);
      this.lineNumber += 1;
    }
  }

  private line(bytes: Uint8Array, start: number): number {
    if (this.isComplete) throw this.explain(bytes, start, 0, `a line follows "${END}"`);
    let at = this.address(bytes, start, start);
    const { page, offset } = this;
    if (bytes[at] !== COLON || bytes[at + 1] !== SPACE) {
      throw this.explain(bytes, start, at, 'a colon and a space belong here');
    }
    const kind = bytes[at + 2];
    if (kind !== LETTER_R && kind !== LETTER_W) {
      throw this.explain(bytes, start, at + 2, 'R or W belongs here');
    }
    at += 3;
    while (bytes[at] === SPACE) at += 1;
    at = this.address(bytes, start, at);
    const dataPage = this.page;
    const dataOffset = this.offset;
    while (bytes[at] === SPACE) at += 1;
    let size = 0;
    while (
      bytes[at]! >= ZERO &&
      bytes[at]! <= NINE &&
      bytes[at + 1] !== LETTER_X &&
      size < 65_536
    ) {
      size = size * 10 + bytes[at]! - ZERO;
      at += 1;
    }
    at = this.value(bytes, start, at);
    this.tenths += INSTRUCTIONS_PER_ACCESS_TENTHS;
    this.switches.execute(Math.floor(this.tenths / 10));
    this.tenths %= 10;
    this.switches.fetch(page, offset, 1);
    this.switches.access(dataPage, dataOffset, Math.max(1, size));
    return at;
  }

  /** Reads `0x` and digits; returns where they end. */
  private address(bytes: Uint8Array, start: number, from: number): number {
    if (bytes[from] !== ZERO || bytes[from + 1] !== LETTER_X) {
      throw this.explain(bytes, start, from, 'an address such as 0x401136 belongs here');
    }
    let page = 0;
    let third = 0;
    let second = 0;
    let last = 0;
    let at = from + 2;
    for (let digit = HEX_DIGIT[bytes[at]!]!; digit < 16; digit = HEX_DIGIT[bytes[at]!]!) {
      page = page * 16 + third;
      third = second;
      second = last;
      last = digit;
      at += 1;
    }
    const digits = at - from - 2;
    if (digits === 0 || digits > MOST_HEX_DIGITS) {
      throw this.explain(
        bytes,
        start,
        from,
        'an address of 1 to 16 hexadecimal digits belongs here',
      );
    }
    this.page = page;
    this.offset = third * 256 + second * 16 + last;
    return at;
  }

  /** The value that was read or written is of no use; returns where the next line begins. */
  private value(bytes: Uint8Array, start: number, from: number): number {
    let at = from;
    for (let byte = bytes[at]!; byte !== LF; byte = bytes[at]!) {
      const isOfValue = byte === SPACE || byte === LETTER_X || byte === CR || HEX_DIGIT[byte]! < 16;
      if (!isOfValue) throw this.explain(bytes, start, at, 'the size and the value belong here');
      at += 1;
    }
    return at + 1;
  }

  private comment(bytes: Uint8Array, at: number): number {
    const end = bytes.indexOf(LF, at);
    const text = Buffer.from(bytes.subarray(at, Math.min(end, at + 8))).toString('latin1');
    if (text.trimEnd() === END) this.isComplete = true;
    return end + 1;
  }

  private explain(bytes: Uint8Array, start: number, at: number, cause: string): UserError {
    const line = new TextAt(bytes, start, this.name, this.lineNumber);
    if (at <= start) return line.error(0, `${quote(line.text)} is no line of a Pin trace`, CURE);
    return line.error(at - start, cause, CURE);
  }
}
