import { UserError } from '../util/user-error.ts';
import type { ByteSource } from './importer.ts';

/** Whole lines of a text: bytes `from` to `to`, the last of which is a line feed. */
export interface TextBlock {
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
  /** Number of the first line; 1 for the first of the file. */
  readonly firstLine: number;
  /** Offset in the file of the byte at `from`. */
  readonly offset: number;
}

/** No log has longer lines; a longer one is binary data, or a decompression bomb. */
export const MAX_LINE_BYTES = 65_536;

const LF = 0x0a;
const CR = 0x0d;

/** A `UserError` about one line of an imported file. `column` is 1 for its first byte. */
export function placeError(
  name: string,
  line: number,
  column: number,
  cause: string,
  cure = 'Give the file as the tool wrote it, complete and unedited',
): UserError {
  return new UserError('input', `${name}, line ${line}, column ${column}`, cause, cure);
}

/** A `UserError` about one byte of an imported file. */
export function offsetError(
  name: string,
  offset: number,
  cause: string,
  cure = 'Give the file as the tool wrote it, complete and unedited',
): UserError {
  return new UserError('input', `${name}, byte offset ${offset}`, cause, cure);
}

/**
 * Cuts a source into blocks of whole lines, so that a parser can run over plain bytes. A block is
 * valid until the next one is asked for. The last line must end in a line feed: one without its end
 * may have lost its tail, and half a number still reads as a number.
 * `onTorn` takes its number instead, where the lines before it are worth something.
 * Throws `UserError` for an empty or torn file, for UTF-16, and for a line of over 64 KiB.
 */
export async function* textBlocks(
  source: ByteSource,
  name: string,
  onTorn?: (line: number) => void,
): AsyncGenerator<TextBlock> {
  let rest: Buffer = Buffer.alloc(0);
  let firstLine = 1;
  let offset = 0;
  for await (const piece of source) {
    if (piece.length === 0) continue;
    const bytes = joined(rest, piece);
    if (offset === 0) refuseUtf16(bytes, name);
    const to = bytes.lastIndexOf(LF) + 1;
    const tail = bytes.length - to;
    if (to > 0) {
      yield { bytes, from: 0, to, firstLine, offset };
      firstLine += countLines(bytes, to);
      offset += to;
    }
    if (tail > MAX_LINE_BYTES) throw lineTooLong(name, firstLine);
    // A copy: the reader of the file may fill its buffer again.
    rest = Buffer.from(bytes.subarray(to));
  }
  if (rest.length > 0 && offset > 0 && onTorn !== undefined) onTorn(firstLine);
  else if (rest.length > 0) {
    const cause = 'the last line is torn, it has no line end';
    throw placeError(name, firstLine, rest.length + 1, cause);
  }
  if (offset === 0) throw new UserError('input', name, 'the file is empty', 'Record it again');
}

/** Calls `line` with each line of a block: its bytes are `from` to `to`, without the line end. */
export function eachLine(
  block: TextBlock,
  name: string,
  line: (bytes: Buffer, from: number, to: number, number: number) => void,
): void {
  const { bytes } = block;
  let number = block.firstLine;
  let from = block.from;
  while (from < block.to) {
    const end = bytes.indexOf(LF, from);
    if (end - from > MAX_LINE_BYTES) throw lineTooLong(name, number);
    const to = end > from && bytes[end - 1] === CR ? end - 1 : end;
    line(bytes, from, to, number);
    number += 1;
    from = end + 1;
  }
}

/** Column, from 1, of the first byte that no text log contains; 0 if there is none. */
export function foreignColumn(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at]!;
    if (byte < 0x20 ? byte !== 0x09 && byte !== CR : byte === 0x7f) return at - from + 1;
  }
  return 0;
}

function joined(rest: Buffer, piece: Uint8Array): Buffer {
  if (rest.length > 0) return Buffer.concat([rest, piece]);
  return Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
}

function countLines(bytes: Buffer, to: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(LF); at >= 0 && at < to; at = bytes.indexOf(LF, at + 1)) lines += 1;
  return lines;
}

function refuseUtf16(bytes: Buffer, name: string): void {
  const first = bytes[0];
  const second = bytes[1];
  const isLittle = first === 0xff && second === 0xfe;
  const isBig = first === 0xfe && second === 0xff;
  if (!isLittle && !isBig) return;
  const cause = `this is UTF-16 text (${isLittle ? 'little' : 'big'} endian)`;
  throw offsetError(name, 0, cause, 'Save it as UTF-8');
}

function lineTooLong(name: string, line: number): UserError {
  const cause = `a line is longer than ${MAX_LINE_BYTES} bytes, so this is no log`;
  return placeError(name, line, MAX_LINE_BYTES + 1, cause);
}
