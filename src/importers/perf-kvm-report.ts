import { quote } from '../inputs/text-lines.ts';
import { exitReason } from './exit-names.ts';
import type { ByteSource, Detection, ImportContext, Importer } from './importer.ts';
import { countsAsProfile } from './kvm-counts.ts';
import { exitEvent } from './nested-evidence.ts';
import type { ImportedProfile } from './profile.ts';
import { ReportBuilder } from './profile-builder.ts';
import { placeError } from './text-blocks.ts';
import { eachDataLine, headLines, parseCount } from './text-import.ts';

const ANALYZE = /^Analyze events for /;
const TEXT_HEADER = /^\s*VM-EXIT\s+Samples\s+Samples%/;
/** Of the interactive layout, since Linux 6.4; --stdio prints it too. */
const TABLE_HEADER = /^\s*Event name\s+Samples\s+Sample%/;
const TABLE_TITLE = /^\s*KVM event statistics \((\d{1,9}) entries\)\s*$/;
/** What perf kvm stat report prints with --event=mmio, ioport or msr. */
const OTHER_HEADER = /^\s*(?:MMIO|IO Port|MSR) Access\s+Samples\b/;
const TOTAL = /^Total Samples:\s*(\d+), Total events handled time:\s*([\d.,]+)us\.?$/;
/** A name, which may have a space (`PF excp`), the number of samples, its share. */
const ROW = /^\s*(\S+(?: \S+)?)\s+(\d+)\s+(\d{1,3}(?:[.,]\d{1,4})?)%\s+\S/;
/** With which perf kvm stat live begins each of its tables; every one is of its interval alone. */
const LIVE_TIME = /^\s*(\d{2}):(\d{2}):(\d{2}\.\d{6})\s*$/;
const UNKNOWN = 'UNKNOWN';
const SECONDS_PER_DAY = 86_400;

const MAX_REASONS = 4096;

class PerfKvmReader {
  readonly counts = new Map<string, number>();
  private readonly name: string;
  private tables = 0;
  private entries: number | null = null;
  /** Of the table that is being read. */
  private rows = new Map<string, number>();
  private lastTime: number | null = null;
  private intervals = 0;
  private intervalSum = 0;
  private timesBeforeTable = 0;

  constructor(name: string) {
    this.name = name;
  }

  line(text: string, number: number): void {
    if (ANALYZE.test(text)) return;
    const time = LIVE_TIME.exec(text);
    const title = TABLE_TITLE.exec(text);
    const total = TOTAL.exec(text);
    if (time !== null) this.time(3600 * Number(time[1]) + 60 * Number(time[2]) + Number(time[3]));
    else if (title !== null) this.entries = Number(title[1]);
    else if (TEXT_HEADER.test(text) || TABLE_HEADER.test(text)) this.header(number);
    else if (OTHER_HEADER.test(text)) {
      const cure = 'Use perf kvm stat report --event=vmexit';
      throw placeError(this.name, number, 1, 'this is a table of accesses, not of exits', cure);
    } else if (total !== null) this.total(total[1]!, number);
    else this.row(text, number);
  }

  private time(seconds: number): void {
    this.timesBeforeTable += 1;
    if (this.lastTime !== null) {
      const passed = seconds - this.lastTime;
      this.intervals += 1;
      this.intervalSum += passed < 0 ? passed + SECONDS_PER_DAY : passed;
    }
    this.lastTime = seconds;
  }

  private header(number: number): void {
    if (this.tables > 0 && this.timesBeforeTable === 0) {
      const cure = 'Give each report in a file of its own';
      throw placeError(this.name, number, 1, 'a second report begins here', cure);
    }
    this.endTable(number);
    this.tables += 1;
    this.timesBeforeTable = 0;
    this.rows = new Map();
  }

  private row(text: string, number: number): void {
    const row = ROW.exec(text);
    if (row === null || this.tables === 0) {
      const cause = `${quote(text.trim())} is no row of perf kvm stat report`;
      throw placeError(this.name, number, 1, cause);
    }
    const written = row[1]!;
    const reason = exitReason(written);
    const before = this.rows.get(reason);
    // perf has one row for each number that it has no name for.
    if (before !== undefined && reason !== UNKNOWN) {
      throw placeError(this.name, number, 1, `the exit ${quote(written)} stands a second time`);
    }
    if (this.counts.size >= MAX_REASONS) {
      throw placeError(this.name, number, 1, `there are more than ${MAX_REASONS} exit reasons`);
    }
    const count = parseCount(row[2]!, 'Samples', { name: this.name, number });
    this.rows.set(reason, (before ?? 0) + count);
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + count);
  }

  private total(text: string, number: number): void {
    const total = parseCount(text, 'Total Samples', { name: this.name, number });
    const sum = [...this.rows.values()].reduce((all, count) => all + count, 0);
    if (total === sum) return;
    const cause = `Total Samples is ${total} but the rows add up to ${sum}`;
    throw placeError(this.name, number, 1, cause);
  }

  /** A title that names more rows than there are: a screen was copied, and it was too small. */
  endTable(number: number): void {
    const missing = (this.entries ?? 0) - this.rows.size;
    if (this.tables === 0 || this.entries === null || missing <= 0 || this.rows.has(UNKNOWN))
      return;
    const cause = `the title names ${this.entries} entries, and ${this.rows.size} are here`;
    const cure = 'Use perf kvm stat report --stdio, which prints all of them';
    throw placeError(this.name, number, 1, cause, cure);
  }

  /** Seconds that the tables of perf kvm stat live cover; null: too few of them have a time. */
  get seconds(): number | null {
    return this.intervals === 0 ? null : (this.intervalSum / this.intervals) * this.tables;
  }
}

function detect(head: Uint8Array): Detection | null {
  const headers = [ANALYZE, TEXT_HEADER, TABLE_HEADER, TABLE_TITLE, OTHER_HEADER];
  const lines = headLines(head).slice(0, 10);
  const isReport = lines.some((line) => headers.some((header) => header.test(line)));
  return isReport ? { confidence: 'certain' } : null;
}

async function importReport(source: ByteSource, context: ImportContext): Promise<ImportedProfile> {
  const { name } = context;
  const reader = new PerfKvmReader(name);
  const outer = await eachDataLine(
    source,
    name,
    (text, number) => reader.line(text, number),
    (text) => LIVE_TIME.test(text),
  );
  reader.endTable(outer.lines);
  const exits = [...reader.counts.values()].reduce((sum, count) => sum + count, 0);
  if (exits === 0) {
    const cure = 'Record while a guest of this host runs';
    throw placeError(name, outer.lines, 1, 'the report has no exits', cure);
  }
  const all = outer.all(name);
  const report = new ReportBuilder();
  report.understand(`${exits} exits of ${reader.counts.size} reasons`, all);
  outer.describe(report, name);
  const counts = new Map([['kvm_exit', exits]]);
  for (const [reason, count] of reader.counts) counts.set(exitEvent(reason), count);
  const gauges = new Map<string, number>();
  const { seconds } = reader;
  return countsAsProfile('perf-kvm-stat', [name], counts, { report, all, seconds, gauges });
}

/** `perf kvm stat report --event=vmexit` and `perf kvm stat live`, as text and as the interactive table. */
export const perfKvmReportImporter: Importer = {
  id: 'perf-kvm-stat',
  reads: 'perf kvm stat report or live',
  record: '`--event=vmexit`, in L0, in L1, or both',
  tells: 'exits by reason; that of L1 is the mix of reflected exits',
  detect,
  import: importReport,
};
