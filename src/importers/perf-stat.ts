import { quote } from '../inputs/text-lines.ts';
import type { ByteSource, Detection, ImportContext, Importer } from './importer.ts';
import { countsAsProfile } from './kvm-counts.ts';
import { type PerfCount, parseStatRow } from './perf-stat-rows.ts';
import type { ImportedProfile, PmuCount } from './profile.ts';
import { emptyProfile, ReportBuilder } from './profile-builder.ts';
import { placeError } from './text-blocks.ts';
import { eachDataLine, headLines } from './text-import.ts';

const MAX_EVENTS = 100_000;
const NO_CGROUP = '';

interface Sum {
  count: number;
  runningShare: number;
  rows: number;
}

class PerfStatReader {
  /** By event and then by cgroup. */
  private readonly byEvent = new Map<string, Map<string, Sum>>();
  private names = 0;
  readonly cgroups = new Set<string>();
  readonly missing = new Set<string>();
  /** Seconds that the counting took: the last -I time, or the run time of a clock event. */
  seconds: number | null = null;
  longestRunNs = 0;
  scaled = false;
  private readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  line(text: string, number: number): void {
    const row = parseStatRow(text);
    if (row === 'nothing') return;
    if (row === 'other locale') {
      const cause = 'the decimal commas of this language can not be told from the separators';
      throw placeError(this.name, number, 1, cause, 'Record with LC_ALL=C perf stat -x,');
    }
    if (row === null) {
      const cause = `${quote(text.trim())} is no row of perf stat -x, or -j`;
      throw placeError(this.name, number, 1, cause);
    }
    if (this.names > MAX_EVENTS) {
      throw placeError(this.name, number, 1, `there are more than ${MAX_EVENTS} events`);
    }
    this.take(row);
  }

  private take(reading: PerfCount): void {
    const { event, count, unit, runTimeNs, runningShare, interval, cgroup } = reading;
    if (interval !== null) this.seconds = Math.max(this.seconds ?? 0, interval);
    if (count === null) {
      if (!this.missing.has(event)) this.names += 1;
      this.missing.add(event);
      return;
    }
    if (event === 'duration_time' && unit === 'ns') this.seconds ??= count / 1e9;
    this.longestRunNs = Math.max(this.longestRunNs, runTimeNs);
    if (runningShare < 1) this.scaled = true;
    const sum = this.sumOf(event, cgroup ?? NO_CGROUP);
    sum.count += count;
    sum.runningShare += runningShare;
    sum.rows += 1;
  }

  private sumOf(event: string, cgroup: string): Sum {
    const sums = this.byEvent.get(event) ?? new Map<string, Sum>();
    this.byEvent.set(event, sums);
    const known = sums.get(cgroup);
    if (known !== undefined) return known;
    this.names += 1;
    if (cgroup !== NO_CGROUP) this.cgroups.add(cgroup);
    const sum = { count: 0, runningShare: 0, rows: 0 };
    sums.set(cgroup, sum);
    return sum;
  }

  /** Sums over cgroups, each counted once: what happens in one is counted in those above it as well. */
  events(): PmuCount[] {
    return [...this.byEvent].map(([event, sums]) => {
      const outermost = [...sums].filter(([cgroup]) => !hasAncestor(cgroup, sums));
      const add = (of: (sum: Sum) => number): number =>
        outermost.reduce((total, [, sum]) => total + of(sum), 0);
      const runningShare = add((sum) => sum.runningShare) / add((sum) => sum.rows);
      return { event, count: add((sum) => sum.count), runningShare };
    });
  }
}

/** Whether a cgroup lies in another one, by its path. */
function hasAncestor(cgroup: string, among: ReadonlyMap<string, Sum>): boolean {
  const path = `/${cgroup}`.replace(/\/+/g, '/');
  if (path === '/') return false;
  if (among.has('/')) return true;
  for (let end = cgroup.lastIndexOf('/'); end > 0; end = cgroup.lastIndexOf('/', end - 1)) {
    if (among.has(cgroup.slice(0, end))) return true;
  }
  return false;
}

function detect(head: Uint8Array): Detection | null {
  const lines = headLines(head).slice(0, 20);
  const rows = lines.map(parseStatRow).filter((row) => row !== null);
  const counted = rows.filter((row) => row !== 'nothing');
  return counted.length > 0 && rows.length * 2 >= lines.length ? { confidence: 'certain' } : null;
}

async function importPerfStat(
  source: ByteSource,
  context: ImportContext,
): Promise<ImportedProfile> {
  const { name } = context;
  const reader = new PerfStatReader(name);
  const outer = await eachDataLine(source, name, (text, number) => reader.line(text, number));
  const all = outer.all(name);
  const pmuEvents = reader.events();
  if (pmuEvents.length === 0) {
    const cure = 'Count events that this CPU and kernel have, as perf list shows them';
    throw placeError(name, outer.lines, 1, 'no event was counted', cure);
  }
  const report = new ReportBuilder();
  report.understand(`${pmuEvents.length} events of perf stat`, all);
  if (reader.cgroups.size > 0) {
    const groups = [...reader.cgroups].slice(0, 8).join(', ').slice(0, 300);
    report.understand(`counts of ${reader.cgroups.size} cgroups (${groups}), each once`, all);
  }
  if (reader.scaled) {
    report.assume('counts of events that shared a counter are scaled by perf, not exact', all);
  }
  const counted = new Set(pmuEvents.map(({ event }) => event));
  for (const event of [...reader.missing].filter((each) => !counted.has(each))) {
    report.cannotKnow(`${event}: this CPU or kernel did not count it`, all);
  }
  outer.describe(report, name);
  const counts = tracepoints(pmuEvents);
  if (counts.size > 0) {
    const { seconds, isAssumed } = durationOf(reader);
    if (isAssumed) {
      report.assume(
        `it was counted for ${seconds} s, as long as a counter ran: with -a that is a sum over CPUs, so give --seconds`,
        all,
      );
    }
    const gauges = new Map<string, number>();
    const found = countsAsProfile('perf-stat', [name], counts, { report, all, seconds, gauges });
    return { ...found, events: pmuEvents.length, durationIsAssumed: isAssumed, pmuEvents };
  }
  if (reader.seconds === null) {
    report.cannotKnow('how long it was counted; give it with --seconds', all);
  }
  report.cannotKnow('exits, reasons and L2: events of the PMU do not show them', all);
  return {
    ...emptyProfile('perf-stat', name),
    report: report.build(),
    events: pmuEvents.length,
    durationSeconds: reader.seconds,
    pmuEvents,
  };
}

/** Tracepoints of KVM that were counted, by their names without system and modifiers. */
function tracepoints(events: readonly PmuCount[]): Map<string, number> {
  return new Map(
    events.flatMap(({ event, count }): [string, number][] => {
      const name = /^kvm:(kvm_\w+)(?::[a-zA-Z]+)?$/.exec(event)?.[1];
      return name === undefined ? [] : [[name, count]];
    }),
  );
}

function durationOf(reader: PerfStatReader): {
  readonly seconds: number | null;
  readonly isAssumed: boolean;
} {
  if (reader.seconds !== null) return { seconds: reader.seconds, isAssumed: false };
  if (reader.longestRunNs === 0) return { seconds: null, isAssumed: false };
  return { seconds: reader.longestRunNs / 1e9, isAssumed: true };
}

/** `perf stat -x` and `perf stat -j`, with any of -I, -A, -r, --summary and --for-each-cgroup. */
export const perfStatImporter: Importer = {
  id: 'perf-stat',
  reads: 'perf stat with -x, or -j',
  record:
    "`-e 'kvm:*'`, events of the PMU, `duration_time`; -I, -A, -r, --summary and --for-each-cgroup as you like",
  tells: 'exits, nested VMRUNs, nested #VMEXITs; page walks and flushes of the processor',
  detect,
  import: importPerfStat,
};
