import { quote } from '../inputs/text-lines.ts';
import { countersAsProfile } from './counter-profile.ts';
import { exitReason, isHypervisorInstruction, isNestedEntry, vendorOf } from './exit-names.ts';
import type { ByteSource, Detection, ImportContext, Importer } from './importer.ts';
import type { ExitCount, ImportedProfile } from './profile.ts';
import { ReportBuilder } from './profile-builder.ts';
import { placeError } from './text-blocks.ts';
import { addBounded, eachTextLine, headLines, parseCount } from './text-import.ts';

/** ` Event  Total %Total CurAvg/s` of the screen; kvm_stat -d of old versions: `Event Total Current`. */
const SCREEN_HEADER = /^\s*Event\s+Total\s+(?:%Total\s+CurAvg\/s|Current)\s*$/;
const SCREEN_ROW = /^\s*([a-z]\w*(?:\([^)]*\))?)\s+(\d+)(?:\s+(\d+(?:\.\d+)?))?(?:\s+(\d+))?\s*$/;
/** A row of `kvm_stat -l`: names cut to nine characters, then differences, one line a second. */
const LOG_NAME = /^[a-z]\w{1,8}(?:\([\w)]{0,9})?$/;
const LOG_ROW = /^\s*\d+(?:\s+\d+)*\s*$/;
const CSV_HEADER = /^"?[Tt]imestamps?"?,/;

function isLogHeader(text: string): boolean {
  return text
    .trim()
    .split(/\s+/)
    .every((name) => name.length <= LONGEST_CUT_NAME && LOG_NAME.test(name));
}

const LONGEST_CUT_NAME = 10;

/** What the names that `kvm_stat -l` cuts to nine characters stand for, where that is unambiguous. */
const CUT_NAMES: Readonly<Record<string, string>> = {
  nested_ru: 'nested_run',
  tlb_flush: 'tlb_flush',
  exits: 'exits',
  irq_exits: 'irq_exits',
  io_exits: 'io_exits',
  halt_exit: 'halt_exits',
  kvm_exit: 'kvm_exit',
  kvm_entry: 'kvm_entry',
};

/** Names of events and counters with what they counted per second, summed over the rows. */
interface Table {
  readonly counts: Map<string, number>;
  seconds: number;
  lines: number;
  layout: 'screen' | 'log' | 'csv' | null;
}

class KvmStatReader {
  readonly table: Table = { counts: new Map(), seconds: 0, lines: 0, layout: null };
  private readonly name: string;
  private columns: readonly string[] = [];

  constructor(name: string) {
    this.name = name;
  }

  line(text: string, number: number): void {
    const { table } = this;
    table.lines = number;
    if (text.trim() === '' || /^\s*kvm statistics\b|^\s*Total\s+\d/.test(text)) return;
    if (SCREEN_HEADER.test(text)) {
      if (table.layout !== null) this.refuse(number, 'a second table begins here');
      table.layout = 'screen';
      table.seconds = 1;
    } else if (CSV_HEADER.test(text)) {
      table.layout = 'csv';
      this.columns = text.split(',').map((each) => each.replaceAll('"', '').trim());
    } else if (table.layout === 'screen') this.screenRow(text, number);
    else if (table.layout === 'csv') this.row(text.split(','), number);
    else if (LOG_ROW.test(text) && table.layout === 'log') {
      this.row(text.trim().split(/\s+/), number);
    } else if (isLogHeader(text)) {
      table.layout = 'log';
      this.columns = text.trim().split(/\s+/);
    } else this.refuse(number, `${quote(text.trim())} is no row of kvm_stat`);
  }

  private screenRow(text: string, number: number): void {
    const row = SCREEN_ROW.exec(text);
    if (row === null) {
      this.refuse(number, `${quote(text.trim())} is no row of kvm_stat`);
    }
    // An empty last column is a rate of zero.
    this.add(row[1]!, row[4] === undefined ? 0 : Number(row[4]));
  }

  private row(cells: readonly string[], number: number): void {
    if (cells.length !== this.columns.length) {
      const cause = `${cells.length} values where ${this.columns.length} columns are named`;
      throw placeError(this.name, number, 1, cause);
    }
    for (const [at, cell] of cells.entries()) {
      const column = this.columns[at]!;
      if (this.table.layout === 'csv' && at === 0) continue;
      const place = { name: this.name, number };
      this.add(column, parseCount(cell.trim(), column, place));
    }
    this.table.seconds += 1;
  }

  private add(name: string, count: number): void {
    const whole = this.table.layout === 'log' ? (CUT_NAMES[name] ?? name) : name;
    addBounded(this.table.counts, whole, count, { name: this.name, number: this.table.lines });
  }

  private refuse(number: number, cause: string): never {
    throw placeError(this.name, number, 1, cause);
  }
}

function detect(head: Uint8Array): Detection | null {
  const lines = headLines(head);
  if (lines.slice(0, 5).some((line) => SCREEN_HEADER.test(line))) return { confidence: 'certain' };
  if (/^\s*kvm statistics\b/.test(lines[0] ?? '')) return { confidence: 'certain' };
  const first = lines[0] ?? '';
  const isLog = isLogHeader(first) && LOG_ROW.test(lines[1] ?? '');
  const isCsv = CSV_HEADER.test(first);
  if (!/\b(kvm_exit|exits|nested_ru)/.test(first)) return null;
  return isLog || isCsv ? { confidence: 'certain' } : null;
}

async function importKvmStat(source: ByteSource, context: ImportContext): Promise<ImportedProfile> {
  const reader = new KvmStatReader(context.name);
  await eachTextLine(source, context.name, (text, number) => reader.line(text, number));
  const { counts, seconds, lines, layout } = reader.table;
  if (layout === null || counts.size === 0 || seconds === 0) {
    throw placeError(context.name, lines, 1, 'the table of kvm_stat has no rows');
  }
  const all = { file: context.name, firstLine: 1, lastLine: lines };
  const report = new ReportBuilder();
  report.understand(`${counts.size} events over ${seconds} s`, all);
  if (layout === 'screen') {
    report.assume('the column of current averages holds for the whole workload', all);
  } else report.assume('one row a second, as kvm_stat writes unless told otherwise with -s', all);
  return fromEvents(counts, { context, report, seconds, lines });
}

function fromEvents(
  counts: ReadonlyMap<string, number>,
  from: {
    readonly context: ImportContext;
    readonly report: ReportBuilder;
    readonly seconds: number;
    readonly lines: number;
  },
): ImportedProfile {
  const { context, report, seconds, lines } = from;
  const all = { file: context.name, firstLine: 1, lastLine: lines };
  const rows = exitRows(counts);
  const named = new Map(counts);
  const exits = counts.get('exits') ?? counts.get('kvm_exit');
  if (exits !== undefined) named.set('exits', exits);
  const nestedByReason = rows
    .filter((row) => isNestedEntry(row.reason))
    .reduce((sum, row) => sum + row.count, 0);
  const nested =
    counts.get('nested_run') ??
    counts.get('kvm_nested_vmenter') ??
    counts.get('kvm_nested_vmrun') ??
    (nestedByReason > 0 ? nestedByReason : undefined);
  if (nested !== undefined) named.set('nested_run', nested);
  const gauges = new Map<string, number>();
  const profile = countersAsProfile('kvm-stat', [context.name], named, {
    report,
    all,
    seconds,
    gauges,
  });
  return {
    ...profile,
    vendor: rows.map((row) => vendorOf(row.reason)).find((each) => each !== null) ?? null,
    reflectedExits: counts.get('kvm_nested_vmexit_inject') ?? profile.reflectedExits,
    invlpgas: counts.get('kvm_invlpga') ?? null,
    exitsByReason: rows.length > 0 ? rows : profile.exitsByReason,
  };
}

function exitRows(counts: ReadonlyMap<string, number>): ExitCount[] {
  return [...counts].flatMap(([name, count]): ExitCount[] => {
    const written = /^kvm_exit\(([^)]+)\)$/.exec(name)?.[1];
    if (written === undefined || count === 0) return [];
    const reason = exitReason(written);
    const from = isHypervisorInstruction(reason) ? 'L1' : 'unknown';
    return [{ reason, from, count, reflected: from === 'L1' ? 0 : null }];
  });
}

/** The screen of kvm_stat, its log (-l) and its CSV (-c), by tracepoints or debugfs. */
export const kvmStatImporter: Importer = {
  id: 'kvm-stat',
  reads: 'kvm_stat: its screen, its log (-l) or its CSV (-c)',
  detect,
  import: importKvmStat,
};
