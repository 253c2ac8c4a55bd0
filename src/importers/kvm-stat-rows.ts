import { isTellingName } from './kvm-counts.ts';

/** A row of the screen or of `-1`. */
export interface ScreenRow {
  readonly name: string;
  readonly total: number;
  readonly perSecond: number;
}

/** A row of the log or of the CSV. */
export interface LogRow {
  /** When it was written, in seconds of the host's calendar; null: rows have no time stamps. */
  readonly at: number | null;
  readonly cells: readonly string[];
}

/** `kvm_exit(VMRUN)`, total, share of it in percent, current average per second. */
const ROW =
  /^\s*([a-z][\w-]{0,63}(?:\([^()]{1,64}\))?)\s+(\d{1,15})(?:\s+(\d{1,3}\.\d))?(?:\s+(\d{1,15}))?\s*$/;

/** Null: no row. An empty last column is a rate of zero. */
export function screenRow(text: string): ScreenRow | null {
  const row = ROW.exec(text);
  if (row === null) return null;
  return { name: row[1]!, total: Number(row[2]), perSecond: Number(row[4] ?? 0) };
}

/** A name in the first line of a log; the first versions cut it to nine characters. */
const LOG_NAME = /^[a-z][\w-]{0,63}(?:\([\w)]{0,64})?$/;

/** The names of a log's columns; null: the line is no such list. */
export function logColumns(text: string): readonly string[] | null {
  const words = text.trim().split(/\s+/);
  if (!words.every((word) => LOG_NAME.test(word))) return null;
  const names = words.map((word) => CUT_NAMES[word] ?? word);
  return names.some(isTellingName) ? names : null;
}

/** What names that were cut to nine characters stand for, where that is unambiguous. */
const CUT_NAMES: Readonly<Record<string, string>> = {
  nested_ru: 'nested_run',
  halt_exit: 'halt_exits',
};

const STAMP = /^\s*"?(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?"?(?:,|\s+|$)/;
const NUMBERS = /^\s*\d+(?:\s+\d+)*\s*$/;

/** A row of the log: since Linux 5.7 it begins with date and time. Null: no row. */
export function logRow(text: string): LogRow | null {
  const { at, rest } = afterStamp(text);
  return NUMBERS.test(rest) ? { at, cells: rest.trim().split(/\s+/) } : null;
}

/** A row of the CSV; its first cell is the time stamp, in whatever form. */
export function csvRow(text: string): LogRow {
  const cells = text.split(',').map((cell) => cell.trim());
  return { at: afterStamp(text).at, cells: cells.slice(1) };
}

export function csvColumns(text: string): readonly string[] | null {
  if (!/^"?timestamps?"?,/i.test(text)) return null;
  return text
    .split(',')
    .slice(1)
    .map((each) => each.replaceAll('"', '').trim());
}

function afterStamp(text: string): { readonly at: number | null; readonly rest: string } {
  const stamp = STAMP.exec(text);
  if (stamp === null) return { at: null, rest: text };
  const [year, month, day, hour, minute, second] = stamp.slice(1, 7).map(Number);
  const at = Date.UTC(year!, month! - 1, day!, hour!, minute!, second!) / 1000;
  return { at, rest: text.slice(stamp[0].length) };
}

/**
 * Seconds that rows cover. Without time stamps a row is a second, as `kvm_stat` writes them unless told
 * otherwise with -s. With them it is the time from the first to the last and one interval more: the
 * shortest, because -z leaves rows of zeros out; the mean where several rows share a second.
 */
export class RowTimes {
  rows = 0;
  private first: number | null = null;
  private last: number | null = null;
  private shortest = Number.POSITIVE_INFINITY;

  /** Why the row can't belong to the ones before it; null: it can. */
  add(at: number | null): string | null {
    this.rows += 1;
    if (this.rows > 1 && (at === null) !== (this.last === null)) {
      return 'some rows have a time and others have none';
    }
    if (at === null) return null;
    if (this.last !== null) {
      if (at < this.last) return 'the time goes back';
      this.shortest = Math.min(this.shortest, at - this.last);
    }
    this.first ??= at;
    this.last = at;
    return null;
  }

  get hasStamps(): boolean {
    return this.first !== null;
  }

  get seconds(): number {
    if (this.first === null || this.last === null || this.rows < 2) return this.rows;
    const span = this.last - this.first;
    const mean = span / (this.rows - 1);
    const seconds = span + (this.shortest > 0 ? this.shortest : mean);
    return seconds > 0 ? seconds : this.rows;
  }
}
