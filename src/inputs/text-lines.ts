import { UserError } from '../util/user-error.ts';

/** A line of an input file: where it is, for messages, and what it says, without its line end. */
export interface TextLine {
  readonly path: string;
  /** 1 for the first line. */
  readonly number: number;
  readonly text: string;
}

/** What to tell a user whose file is not what the reader expects. */
const CURE = 'Use the file as it was captured or exported, complete and unedited';

/** A `UserError` about a whole file. */
export function fileError(path: string, cause: string, cure: string = CURE): UserError {
  return new UserError('input', path, cause, cure);
}

/** A `UserError` about one line of a file; long or unprintable content must not reach `cause`. */
export function lineError(line: TextLine, cause: string, cure: string = CURE): UserError {
  return new UserError('input', `${line.path}, line ${line.number}`, cause, cure);
}

/** A piece of input made fit for a message: quoted, on one line, at most 40 characters. */
export function quote(text: string): string {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return JSON.stringify(shown);
}

/** Characters that no text log contains: controls but tab, CR and LF; U+FFFD, from bad UTF-8. */
const FOREIGN = /[^\t\n\r -~\x80-\ufffc\ufffe\uffff]/;

/**
 * Refuses a text that `splitLines` would refuse, without making its lines. Every line ends in LF then.
 */
export function checkLines(text: string, path: string): void {
  if (FOREIGN.test(text) || !text.endsWith('\n')) splitLines(text, path);
}

/**
 * Splits a log into its lines. Every line, the last one too, must end in LF (or CR LF): a last
 * line without its end may have lost its tail, and half a number still reads as a number.
 * Throws `UserError` for empty, binary or torn text.
 */
export function splitLines(text: string, path: string): TextLine[] {
  if (text.length === 0) throw fileError(path, 'the file is empty');
  const lines: TextLine[] = [];
  const hasForeign = FOREIGN.test(text);
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf('\n', start);
    const raw = text.slice(start, end < 0 ? text.length : end);
    const line = {
      path,
      number: lines.length + 1,
      text: raw.endsWith('\r') ? raw.slice(0, -1) : raw,
    };
    if (hasForeign && FOREIGN.test(raw)) {
      throw lineError(line, 'this is binary data, not a text log');
    }
    if (end < 0) throw lineError(line, 'the last line is torn, it has no line end');
    lines.push(line);
    start = end + 1;
  }
  return lines;
}

/** Bytes as UTF-8 text. Throws `UserError` if they are not. */
export function decodeText(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw fileError(path, 'this is binary data, not UTF-8 text');
  }
}

const DECIMAL = /^[0-9]{1,15}$/;
const HEX = /^[0-9a-f]{1,16}$/;
const HEX_NUMBER = /^[0-9a-f]{1,13}$/;

/** A decimal number of at most 15 digits, so always exact. */
export function parseDecimal(text: string, what: string, line: TextLine): number {
  if (!DECIMAL.test(text)) throw lineError(line, `${what} is ${quote(text)}, not a decimal number`);
  return Number(text);
}

/** A decimal number with a stated range, ends included. */
export function parseDecimalIn(
  text: string,
  what: string,
  low: number,
  high: number,
  line: TextLine,
): number {
  const value = parseDecimal(text, what, line);
  if (value < low || value > high) {
    throw lineError(line, `${what} is ${value}, outside ${low} to ${high}`);
  }
  return value;
}

/** A lower-case hexadecimal word of up to 64 bits, kept as text because it may exceed 2^53. */
export function parseHexWord(text: string, what: string, line: TextLine): string {
  if (!HEX.test(text)) throw lineError(line, `${what} is ${quote(text)}, not a hexadecimal number`);
  return text;
}

/** A hexadecimal number of up to 52 bits, always exact as a number. */
export function parseHexNumber(text: string, what: string, line: TextLine): number {
  if (!HEX_NUMBER.test(text)) {
    throw lineError(line, `${what} is ${quote(text)}, not a hexadecimal number of up to 52 bits`);
  }
  return Number.parseInt(text, 16);
}

/** The values of `key=value` words, which must come in exactly the order of `keys`. */
export function parseFields(
  words: readonly string[],
  keys: readonly string[],
  line: TextLine,
): string[] {
  if (words.length !== keys.length) {
    throw lineError(line, `${words.length} fields where ${keys.length} belong (${keys.join(' ')})`);
  }
  return keys.map((key, index) => {
    const word = words[index]!;
    if (!word.startsWith(`${key}=`)) {
      throw lineError(line, `${quote(word)} stands where ${key}= belongs`);
    }
    return word.slice(key.length + 1);
  });
}

/** Checks that a log's instruction clock never runs backwards; returns the clock. */
export function parseClock(text: string, previous: number, line: TextLine): number {
  const clock = parseDecimal(text, 'the instruction clock', line);
  if (clock < previous) {
    throw lineError(line, `the instruction clock runs backwards, from ${previous} to ${clock}`);
  }
  return clock;
}
