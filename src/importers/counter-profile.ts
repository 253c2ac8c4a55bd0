import { UserError } from '../util/user-error.ts';
import type { SourceRange } from './importer.ts';
import type { ExitCount, ImportedProfile, ImportedSnapshot } from './profile.ts';
import { emptyProfile, ReportBuilder } from './profile-builder.ts';

/** Counters that are levels and not sums of events. */
const GAUGES = new Set([
  'blocking',
  'guest_mode',
  'max_mmu_page_hash_collisions',
  'max_mmu_rmap_size',
  'nx_lpage_splits',
  'pages_1g',
  'pages_2m',
  'pages_4k',
  'mmu_unsync',
]);

/** Counters that count exits of one reason. They do not say whose. */
const EXITS_OF: readonly (readonly [string, string])[] = [
  ['irq_exits', 'INTR'],
  ['io_exits', 'IOIO'],
  ['halt_exits', 'HLT'],
  ['irq_window_exits', 'VINTR'],
  ['hypercalls', 'VMMCALL'],
  ['nmi_window_exits', 'IRET'],
];

/** What happened between two snapshots of one host. Throws `UserError` if they can't be a pair. */
export function snapshotPair(
  before: ImportedSnapshot,
  after: ImportedSnapshot,
  seconds: number | null,
): ImportedProfile {
  const [first, second] = inOrder(before, after);
  const delta = new Map<string, number>();
  for (const [name, now] of second.counters) {
    const then = first.counters.get(name);
    if (then === undefined || GAUGES.has(name) || name.startsWith('max_')) continue;
    if (now < then) {
      throw new UserError(
        'input',
        second.file,
        `the counter ${name} went back from ${then} to ${now} since ${first.file}`,
        'Give two snapshots of one running host',
      );
    }
    delta.set(name, now - then);
  }
  const report = new ReportBuilder();
  const all = { file: second.file, firstLine: 1, lastLine: second.counters.size };
  report.understand(`the difference of ${delta.size} counters between two snapshots`, all);
  for (const snapshot of [first, second]) {
    for (const { text, source } of snapshot.report.unknown) report.cannotKnow(text, source);
  }
  const profile = countersAsProfile('kvm-counters', [first.file, second.file], delta, {
    report,
    all,
    seconds,
    gauges: second.counters,
  });
  return profile;
}

/** The one with fewer exits came first, whatever order the files were named in. */
function inOrder(
  a: ImportedSnapshot,
  b: ImportedSnapshot,
): readonly [ImportedSnapshot, ImportedSnapshot] {
  const name = ['exits', 'nested_run', 'tlb_flush'].find(
    (each) => a.counters.has(each) && b.counters.has(each),
  );
  if (name === undefined) {
    throw new UserError(
      'input',
      b.file,
      `it has no counter of exits or flushes in common with ${a.file}`,
      'Take both snapshots with the same command',
    );
  }
  return (a.counters.get(name) ?? 0) <= (b.counters.get(name) ?? 0) ? [a, b] : [b, a];
}

interface CounterContext {
  readonly report: ReportBuilder;
  readonly all: SourceRange;
  readonly seconds: number | null;
  /** Levels, such as the number of 2 MiB pages; empty if there are none. */
  readonly gauges: ReadonlyMap<string, number>;
}

/** A profile from counts of events by debugfs name. */
export function countersAsProfile(
  format: string,
  files: readonly string[],
  delta: ReadonlyMap<string, number>,
  context: CounterContext,
): ImportedProfile {
  const { report, all, seconds, gauges } = context;
  const count = (name: string): number | null => delta.get(name) ?? null;
  const exits = count('exits');
  const nestedRuns = count('nested_run');
  const flushes = count('tlb_flush');
  describeRates(report, all, { exits, nestedRuns, flushes, seconds });
  const largeShare = largePageShare(gauges);
  if (largeShare !== null) {
    report.understand(
      `L0 maps ${(100 * largeShare).toFixed(0)} % of what it maps for guests in 2 MiB or larger pages`,
      all,
    );
  }
  report.cannotKnow('whose an exit was, and for most exits its reason: counters do not say', all);
  report.cannotKnow('which pages L1 and L2 touch, moves between pCPUs, the number of L2s', all);
  if (nestedRuns !== null && nestedRuns > 0) {
    report.assume('each nested VMRUN ended in one nested #VMEXIT', all);
  }
  return {
    ...emptyProfile(format, files[0] ?? ''),
    files,
    report: report.build(),
    level: nestedRuns !== null && nestedRuns > 0 ? 'L0' : 'unknown',
    events: delta.size,
    durationSeconds: seconds,
    exits,
    nestedRuns,
    reflectedExits: nestedRuns,
    exitsByReason: exitRows(delta),
    flushes,
    remoteFlushRequests: count('remote_tlb_flush_requests'),
    paging: { l1: null, l0LargePageShare: largeShare },
  };
}

function exitRows(delta: ReadonlyMap<string, number>): ExitCount[] {
  return EXITS_OF.flatMap(([name, reason]): ExitCount[] => {
    const count = delta.get(name) ?? 0;
    return count === 0 ? [] : [{ reason, from: 'unknown', count, reflected: null }];
  });
}

const PAGES_PER_2M = 512;

function largePageShare(gauges: ReadonlyMap<string, number>): number | null {
  const small = gauges.get('pages_4k');
  const large = gauges.get('pages_2m');
  if (small === undefined || large === undefined) return null;
  const huge = (gauges.get('pages_1g') ?? 0) * PAGES_PER_2M * PAGES_PER_2M;
  const total = small + large * PAGES_PER_2M + huge;
  return total === 0 ? null : (total - small) / total;
}

function describeRates(
  report: ReportBuilder,
  all: SourceRange,
  counts: {
    readonly exits: number | null;
    readonly nestedRuns: number | null;
    readonly flushes: number | null;
    readonly seconds: number | null;
  },
): void {
  const { exits, nestedRuns, flushes, seconds } = counts;
  if (seconds === null) {
    report.cannotKnow('rates: snapshots have no time; give the time between them with --seconds');
  }
  if (nestedRuns === null || nestedRuns === 0) {
    report.cannotKnow('anything of L2: no nested VMRUN was counted', all);
    return;
  }
  if (exits !== null) {
    const each = (exits / nestedRuns).toFixed(2);
    report.understand(
      `${exits} exits and ${nestedRuns} nested VMRUNs: ${each} per round trip`,
      all,
    );
    const least = Math.min(1, nestedRuns / Math.max(1, exits - nestedRuns));
    report.understand(
      `at least ${(100 * least).toFixed(1)} % of L2's exits went on to L1: not more exits can be L2's`,
      all,
    );
  }
  if (flushes === null) report.cannotKnow('flushes: there is no counter tlb_flush', all);
  else {
    const each = (flushes / (2 * nestedRuns)).toFixed(2);
    report.understand(`${flushes} flush requests served, ${each} per transition`, all);
  }
}
