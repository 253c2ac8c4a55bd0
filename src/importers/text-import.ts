import { quote } from '../inputs/text-lines.ts';
import type { ByteSource } from './importer.ts';
import { isOuterLine, OuterLines } from './outer-lines.ts';
import { eachLine, foreignColumn, placeError, textBlocks } from './text-blocks.ts';

/** What terminals take as a command: a move of the cursor, a colour. */
const ESCAPE = 0x1b;
const ANSI = new RegExp(`${String.fromCharCode(ESCAPE)}\\[[0-9;?]{0,16}[A-Za-z]`, 'g');

/**
 * Calls `line` with each line of a text file that may be data, and its number; what it passed over is
 * in the result. `isOwn` takes back lines that stand around the data of other formats. Commands to a
 * terminal are left out. Throws `UserError` for binary data.
 */
export async function eachDataLine(
  source: ByteSource,
  name: string,
  line: (text: string, number: number) => void,
  isOwn: (text: string) => boolean = () => false,
): Promise<OuterLines> {
  const outer = new OuterLines();
  for await (const block of textBlocks(source, name)) {
    eachLine(block, name, (bytes, from, to, number) => {
      outer.lines = number;
      const text = textOf(bytes, from, to);
      if (text === null) {
        const column = foreignColumn(bytes, from, to);
        throw placeError(name, number, column, 'this is binary data, not text');
      }
      if (isOwn(text) || !outer.takes(text, number)) line(text, number);
    });
  }
  return outer;
}

/** A line as text without commands to a terminal; null for binary data. */
function textOf(bytes: Buffer, from: number, to: number): string | null {
  const column = foreignColumn(bytes, from, to);
  if (column === 0) return bytes.toString('utf8', from, to);
  if (bytes[from + column - 1] !== ESCAPE) return null;
  const rest = Buffer.from(bytes.toString('utf8', from, to).replace(ANSI, ''));
  return foreignColumn(rest, 0, rest.length) === 0 ? rest.toString('utf8') : null;
}

/** The whole lines of a head that may be data. */
export function headLines(head: Uint8Array): string[] {
  const text = Buffer.from(head).toString('utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1).replace(ANSI, '');
  return whole.split(/\r?\n/).filter((line) => !isOuterLine(line));
}

const COUNT = /^\d{1,15}$/;

/** A whole number of at most 15 digits; thousands may be grouped by commas. */
export function parseCount(
  text: string,
  what: string,
  place: { name: string; number: number },
): number {
  const digits = /^\d{1,3}(,\d{3})+$/.test(text) ? text.replaceAll(',', '') : text;
  if (COUNT.test(digits)) return Number(digits);
  const named = what.length > 40 ? quote(what) : what;
  const cause = `${named} is ${quote(text)}, not a whole number`;
  throw placeError(place.name, place.number, 1, cause);
}

/** No tool reports more names than this; the memory of an import is bounded. */
const MAX_NAMES = 100_000;

/** Adds to the sum of a name. Throws `UserError` when a file has far too many names. */
export function addBounded(
  sums: Map<string, number>,
  key: string,
  count: number,
  place: { name: string; number: number },
): void {
  const before = sums.get(key);
  if (before === undefined && sums.size >= MAX_NAMES) {
    throw placeError(place.name, place.number, 1, `there are more than ${MAX_NAMES} names`);
  }
  sums.set(key, (before ?? 0) + count);
}
