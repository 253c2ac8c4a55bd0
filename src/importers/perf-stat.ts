import { quote } from '../inputs/text-lines.ts';
import type { ByteSource, Detection, ImportContext, Importer } from './importer.ts';
import type { ImportedProfile, PmuCount } from './profile.ts';
import { emptyProfile, ReportBuilder } from './profile-builder.ts';
import { placeError } from './text-blocks.ts';
import { eachTextLine, headLines } from './text-import.ts';

const VALUE = /^\d{1,18}(?:\.\d+)?$/;
const NONE = /^<not (?:counted|supported)>$/;
/** An event of perf: a name, perhaps of a PMU, with modifiers; never a bare number. */
const EVENT = /^(?=.*[a-z_])[A-Za-z][\w.:/=,\-@]{1,127}$/;
const RUN_TIME = /^\d{1,18}$/;
const SHARE = /^\d{1,3}(?:\.\d+)?$/;

interface Reading {
  readonly event: string;
  /** Null: the event was not counted. */
  readonly count: number | null;
  readonly unit: string;
  readonly runningShare: number;
  readonly interval: number | null;
}

/**
 * One row of `perf stat -x,`: value, unit, event, run time, share of it. With -I a time comes first,
 * with -A a CPU, with --per-socket and the like a place and a number of CPUs; with -r a variance
 * follows the event. The value is found by what follows it.
 */
function parseCsv(text: string): Reading | null {
  const cells = splitOutsidePmu(text);
  for (let at = 0; at <= 3; at += 1) {
    const value = cells[at]?.trim() ?? '';
    const event = cells[at + 2]?.trim() ?? '';
    if (!(VALUE.test(value) || NONE.test(value)) || !EVENT.test(event)) continue;
    const tail = cells.slice(at + 3).filter((cell) => !/^\d+(\.\d+)?%$/.test(cell));
    if (!RUN_TIME.test(tail[0] ?? '') || !SHARE.test(tail[1] ?? '')) continue;
    const first = cells[0]!.trim();
    return {
      event,
      count: NONE.test(value) ? null : Number(value),
      unit: cells[at + 1]!.trim(),
      runningShare: Number(tail[1]) / 100,
      interval: at > 0 && /^\d+\.\d{6,}$/.test(first) ? Number(first) : null,
    };
  }
  return null;
}

/** A PMU's raw event, `cpu/event=0x78,umask=0xff/`, has commas of its own. */
function splitOutsidePmu(text: string): string[] {
  const hidden = text.replace(/\/[^/]*\//g, (inside) => inside.replaceAll(',', '\u0000'));
  return hidden.split(',').map((cell) => cell.replaceAll('\u0000', ','));
}

function parseJson(text: string): Reading | null {
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof row !== 'object' || row === null) return null;
  const at = (key: string): unknown => Reflect.get(row, key);
  const event = at('event');
  const value = String(at('counter-value'));
  const share = at('pcnt-running');
  const interval = at('interval');
  if (typeof event !== 'string' || !(VALUE.test(value) || NONE.test(value))) return null;
  return {
    event,
    count: NONE.test(value) ? null : Number(value),
    unit: typeof at('unit') === 'string' ? String(at('unit')) : '',
    runningShare: typeof share === 'number' ? share / 100 : 1,
    interval: typeof interval === 'number' ? interval : null,
  };
}

/** A row that holds only a metric: no value of its own. */
function isMetricOnly(text: string): boolean {
  if (text.startsWith('{')) return /"metric-value"/.test(text) && !/"counter-value"/.test(text);
  return /^(?:[^,]{0,64},)?,{2,8}(?:[\d.]{1,24},{1,2})?[\d.]{1,24},[\w %/-]{1,64}$/.test(text);
}

interface Sum {
  count: number;
  runningShare: number;
  rows: number;
}

const MAX_EVENTS = 100_000;

class PerfStatReader {
  readonly sums = new Map<string, Sum>();
  readonly missing = new Set<string>();
  /** Seconds that the counting took: the last -I time, or the run time of a clock event. */
  seconds: number | null = null;
  scaled = false;
  lines = 0;
  private readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  line(text: string, number: number): void {
    this.lines = number;
    if (text.trim() === '' || text.startsWith('#') || isMetricOnly(text)) return;
    const reading = text.startsWith('{') ? parseJson(text) : parseCsv(text);
    if (reading === null) {
      const cause = `${quote(text.trim())} is no row of perf stat -x, or -j`;
      throw placeError(this.name, number, 1, cause, 'Use a comma as separator: perf stat -x,');
    }
    if (this.sums.size + this.missing.size > MAX_EVENTS) {
      throw placeError(this.name, number, 1, `there are more than ${MAX_EVENTS} events`);
    }
    this.take(reading);
  }

  private take({ event, count, unit, runningShare, interval }: Reading): void {
    if (interval !== null) this.seconds = Math.max(this.seconds ?? 0, interval);
    if (count === null) {
      this.missing.add(event);
      return;
    }
    if (event === 'duration_time' && unit === 'ns') this.seconds ??= count / 1e9;
    if (runningShare < 1) this.scaled = true;
    const sum = this.sums.get(event) ?? { count: 0, runningShare: 0, rows: 0 };
    sum.count += count;
    sum.runningShare += runningShare;
    sum.rows += 1;
    this.sums.set(event, sum);
  }
}

function detect(head: Uint8Array): Detection | null {
  const lines = headLines(head)
    .filter((line) => !line.startsWith('#'))
    .slice(0, 20);
  if (lines.length === 0) return null;
  const isJson = lines.every((line) => line.startsWith('{')) && lines[0]!.includes('"event"');
  if (isJson) return { confidence: 'certain' };
  const parsed = lines.filter((line) => parseCsv(line) !== null).length;
  return parsed > 0 && parsed * 2 >= lines.length ? { confidence: 'certain' } : null;
}

async function importPerfStat(
  source: ByteSource,
  context: ImportContext,
): Promise<ImportedProfile> {
  const reader = new PerfStatReader(context.name);
  await eachTextLine(source, context.name, (text, number) => reader.line(text, number));
  const all = { file: context.name, firstLine: 1, lastLine: reader.lines };
  if (reader.sums.size === 0) {
    throw placeError(context.name, reader.lines, 1, 'no event was counted');
  }
  const pmuEvents = [...reader.sums].map(
    ([event, { count, runningShare, rows }]): PmuCount => ({
      event,
      count,
      runningShare: runningShare / rows,
    }),
  );
  const report = new ReportBuilder();
  report.understand(`${pmuEvents.length} events of perf stat`, all);
  if (reader.scaled) {
    report.assume('counts of events that shared a counter are scaled by perf, not exact', all);
  }
  for (const event of [...reader.missing].filter((each) => !reader.sums.has(each))) {
    report.cannotKnow(`${event}: this CPU or kernel did not count it`, all);
  }
  if (reader.seconds === null) {
    report.cannotKnow('how long it was counted; give it with --seconds', all);
  }
  report.cannotKnow('exits, reasons and L2: events of the PMU do not show them', all);
  return {
    ...emptyProfile('perf-stat', context.name),
    report: report.build(),
    events: pmuEvents.length,
    durationSeconds: reader.seconds,
    pmuEvents,
  };
}

/** `perf stat -x,` and `perf stat -j`, with any of -I, -A and -r. */
export const perfStatImporter: Importer = {
  id: 'perf-stat',
  reads: 'perf stat with -x, or -j',
  detect,
  import: importPerfStat,
};
