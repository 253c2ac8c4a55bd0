import { quote } from '../inputs/text-lines.ts';
import type { ByteSource, Detection, ImportContext, Importer } from './importer.ts';
import { countsAsProfile, isTellingName } from './kvm-counts.ts';
import {
  csvColumns,
  csvRow,
  type LogRow,
  logColumns,
  logRow,
  RowTimes,
  screenRow,
} from './kvm-stat-rows.ts';
import type { ImportedProfile } from './profile.ts';
import { ReportBuilder } from './profile-builder.ts';
import { placeError } from './text-blocks.ts';
import { addBounded, eachDataLine, headLines, parseCount } from './text-import.ts';

const TITLE = /^\s*kvm statistics\b/;
/** Of the screen. It is missing in the first versions, in `-1`, and where rows alone were copied. */
const SCREEN_HEADER = /^\s*Event\s+Total\s+(?:%Total\s+CurAvg\/s|Current)\s*$/;
const GUESTS_HEADER = /^\s*Guest Name\s+Total\b/;
const TOTAL_ROW = /^\s*Total\s+\d/;

type Layout = 'screen' | 'log' | 'csv';

class KvmStatReader {
  /** What each event or counter counted, summed over the rows. */
  readonly counts = new Map<string, number>();
  /** Running totals of a screen: levels, such as the number of 2 MiB pages, are read from them. */
  readonly totals = new Map<string, number>();
  readonly times = new RowTimes();
  layout: Layout | null = null;
  private readonly name: string;
  private hasHeader = false;
  private columns: readonly string[] = [];

  constructor(name: string) {
    this.name = name;
  }

  line(text: string, number: number): void {
    if (TITLE.test(text) || TOTAL_ROW.test(text)) return;
    if (GUESTS_HEADER.test(text)) {
      const cure = 'Press b for the events, or record with kvm_stat -1';
      throw placeError(this.name, number, 1, 'this is the table by guest, without events', cure);
    }
    if (SCREEN_HEADER.test(text)) this.screenHeader(number);
    else if (this.layout === 'screen') this.screen(text, number);
    else if (!this.header(text, number)) this.row(text, number);
  }

  private screenHeader(number: number): void {
    if (this.hasHeader || this.layout !== null) {
      this.refuse(number, 'a second table begins here', 'Give each in a file of its own');
    }
    this.hasHeader = true;
    this.layout = 'screen';
  }

  /** Logs repeat their header every twenty rows. */
  private header(text: string, number: number): boolean {
    const csv = csvColumns(text);
    const columns = csv ?? logColumns(text);
    if (columns === null) return false;
    if (this.layout !== null && columns.join() !== this.columns.join()) {
      this.refuse(number, 'other columns begin here', 'Give each log in a file of its own');
    }
    this.layout = csv === null ? 'log' : 'csv';
    this.columns = columns;
    return true;
  }

  private row(text: string, number: number): void {
    const row = this.layout === 'csv' ? csvRow(text) : logRow(text);
    if (this.layout !== null && row !== null) {
      this.logged(row, number);
      return;
    }
    this.layout ??= 'screen';
    this.screen(text, number);
  }

  private screen(text: string, number: number): void {
    const row = this.layout === 'screen' ? screenRow(text) : null;
    if (row === null) this.refuse(number, `${quote(text.trim())} is no row of kvm_stat`);
    if (this.counts.has(row.name)) {
      const cure = 'Give each table in a file of its own';
      this.refuse(number, `${quote(row.name)} stands a second time`, cure);
    }
    this.add(row.name, row.perSecond, number);
    this.totals.set(row.name, row.total);
  }

  private logged({ at, cells }: LogRow, number: number): void {
    if (cells.length !== this.columns.length) {
      const cause = `${cells.length} values where ${this.columns.length} columns are named`;
      this.refuse(number, cause);
    }
    const place = { name: this.name, number };
    for (const [index, cell] of cells.entries()) {
      const column = this.columns[index]!;
      this.add(column, parseCount(cell, column, place), number);
    }
    const cause = this.times.add(at);
    if (cause !== null) this.refuse(number, cause, 'Give each log in a file of its own');
  }

  private add(name: string, count: number, number: number): void {
    addBounded(this.counts, name, count, { name: this.name, number });
  }

  private refuse(number: number, cause: string, cure?: string): never {
    throw placeError(this.name, number, 1, cause, cure);
  }
}

function detect(head: Uint8Array): Detection | null {
  const lines = headLines(head);
  const first = lines[0] ?? '';
  if (TITLE.test(first) || GUESTS_HEADER.test(first)) return { confidence: 'certain' };
  if (lines.slice(0, 5).some((line) => SCREEN_HEADER.test(line))) return { confidence: 'certain' };
  const csv = csvColumns(first);
  if (csv !== null) return csv.some(isTellingName) ? { confidence: 'certain' } : null;
  if (logColumns(first) !== null && logRow(lines[1] ?? '') !== null) {
    return { confidence: 'certain' };
  }
  const rows = lines.slice(0, 50).map(screenRow);
  const isScreen =
    rows.length > 0 && rows.every((row, at) => row !== null || TOTAL_ROW.test(lines[at]!));
  const isKvms = rows.some((row) => row !== null && isTellingName(row.name));
  return isScreen && isKvms ? { confidence: 'likely' } : null;
}

async function importKvmStat(source: ByteSource, context: ImportContext): Promise<ImportedProfile> {
  const { name } = context;
  const reader = new KvmStatReader(name);
  const outer = await eachDataLine(source, name, (text, number) => reader.line(text, number));
  const { counts, totals, times, layout } = reader;
  const isScreen = layout === 'screen';
  if (counts.size === 0 || (!isScreen && times.rows === 0)) {
    throw placeError(name, outer.lines, 1, 'the table of kvm_stat has no rows');
  }
  const all = outer.all(name);
  const seconds = isScreen ? 1 : times.seconds;
  const report = new ReportBuilder();
  report.understand(`${counts.size} events over ${seconds} s`, all);
  if (isScreen) report.assume('the column of current averages holds for the whole workload', all);
  else if (!times.hasStamps) {
    report.assume('one row a second, as kvm_stat writes unless told otherwise with -s', all);
  }
  outer.describe(report, name);
  return countsAsProfile('kvm-stat', [name], counts, { report, all, seconds, gauges: totals });
}

/** kvm_stat, from its first versions on: its screen, -1, its log (-l) and its CSV (-c); tracepoints or debugfs. */
export const kvmStatImporter: Importer = {
  id: 'kvm-stat',
  reads: 'kvm_stat: its screen, -1, its log (-l) or its CSV (-c)',
  record: '',
  tells: 'rates by reason, or the counters of debugfs',
  detect,
  import: importKvmStat,
};
