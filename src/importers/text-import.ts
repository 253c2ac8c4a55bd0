import { quote } from '../inputs/text-lines.ts';
import type { ByteSource } from './importer.ts';
import { eachLine, foreignColumn, placeError, textBlocks } from './text-blocks.ts';

/** Calls `line` with each line of a text file and its number. Throws `UserError` for binary data. */
export async function eachTextLine(
  source: ByteSource,
  name: string,
  line: (text: string, number: number) => void,
): Promise<void> {
  for await (const block of textBlocks(source, name)) {
    eachLine(block, name, (bytes, from, to, number) => {
      const column = foreignColumn(bytes, from, to);
      if (column > 0) throw placeError(name, number, column, 'this is binary data, not text');
      line(bytes.toString('utf8', from, to), number);
    });
  }
}

/** The whole lines of a head that are not blank. */
export function headLines(head: Uint8Array): string[] {
  const text = Buffer.from(head).toString('utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole.split(/\r?\n/).filter((line) => line.trim() !== '');
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
