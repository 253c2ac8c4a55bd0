import { isHypervisorInstruction, refuseForeignReasons, vendorOf } from './exit-names.ts';
import type { SourceRange } from './import-report.ts';
import { nestedOf, rowsByReason } from './nested-evidence.ts';
import type { ExitCount, ImportedProfile } from './profile.ts';
import { emptyProfile, type ReportBuilder } from './profile-builder.ts';

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

export function isGauge(name: string): boolean {
  return GAUGES.has(name) || name.startsWith('max_');
}

/** Counters of debugfs that count exits of one reason. They do not say whose. */
const EXITS_OF: readonly (readonly [string, string])[] = [
  ['irq_exits', 'INTR'],
  ['io_exits', 'IOIO'],
  ['halt_exits', 'HLT'],
  ['irq_window_exits', 'VINTR'],
  ['hypercalls', 'VMMCALL'],
  ['nmi_window_exits', 'IRET'],
];

/** Names without which a list of numbers is not one of KVM's. */
const TELLING = ['exits', 'nested_run', 'tlb_flush', 'remote_tlb_flush', 'pf_fixed', 'irq_exits'];

export function isTellingName(name: string): boolean {
  return TELLING.includes(name) || /^kvm_(?:exit|entry|nested_\w+)(?:\(|$)/.test(name);
}

export interface CountContext {
  readonly report: ReportBuilder;
  readonly all: SourceRange;
  readonly seconds: number | null;
  /** Levels, such as the number of 2 MiB pages; empty if there are none. */
  readonly gauges: ReadonlyMap<string, number>;
}

/**
 * A profile from what any tool counted of KVM: by the names of debugfs (`exits`, `nested_run`), by those
 * of tracepoints (`kvm_exit`, `kvm_nested_vmenter`), and by reason (`kvm_exit(VMRUN)`). Equal counts give
 * equal profiles, whoever counted.
 */
export function countsAsProfile(
  format: string,
  files: readonly string[],
  counts: ReadonlyMap<string, number>,
  context: CountContext,
): ImportedProfile {
  const { report, all, seconds, gauges } = context;
  const byReason = rowsByReason(counts);
  refuseForeignReasons(
    byReason.map((row) => row.reason),
    files[0] ?? '',
  );
  const empty = { ...emptyProfile(format, files[0] ?? ''), files, durationSeconds: seconds };
  const vendor = byReason.map((row) => vendorOf(row.reason)).find((each) => each !== null) ?? null;
  const nested = nestedOf(counts, byReason, context);
  if (nested.runs === 0 && byReason.length > 0) {
    return { ...tableOfL1(empty, byReason, context), vendor };
  }
  const known = (...names: string[]): number | null =>
    names.map((name) => counts.get(name)).find((each) => each !== undefined) ?? null;
  const exits = known('exits', 'kvm_exit', 'kvm_entry');
  const flushes = known('tlb_flush');
  describeRates(report, all, { exits, nestedRuns: nested.runs, flushes, seconds });
  const largeShare = largePageShare(gauges);
  if (largeShare !== null) {
    report.understand(
      `L0 maps ${(100 * largeShare).toFixed(0)} % of what it maps for guests in 2 MiB or larger pages`,
      all,
    );
  }
  if (byReason.length === 0) {
    report.cannotKnow('whose an exit was, and for most exits its reason: counters do not say', all);
  } else report.cannotKnow('which exits were of L1 and which of L2: the table does not say', all);
  report.cannotKnow('which pages L1 and L2 touch, moves between pCPUs, the number of L2s', all);
  return {
    ...empty,
    report: report.build(),
    level: nested.runs > 0 ? 'L0' : 'unknown',
    vendor,
    events: counts.size,
    exits,
    nestedRuns: nested.runs > 0 ? nested.runs : known('nested_run', 'kvm_nested_vmenter'),
    reflectedExits: nested.reflected,
    l2ExitsHandledByL0: nested.handledByL0,
    exitsByReason: byReason.length > 0 ? byReason : rowsOfCounters(counts),
    flushes,
    remoteFlushRequests: known('remote_tlb_flush_requests'),
    invlpgas: known('kvm_invlpga'),
    paging: { l1: null, l0LargePageShare: largeShare },
  };
}

/** In the table of L1 every row was reflected to it, if its guest is our L2. */
function tableOfL1(
  empty: ImportedProfile,
  byReason: readonly ExitCount[],
  { report, all, seconds }: CountContext,
): ImportedProfile {
  const exits = byReason.reduce((sum, row) => sum + row.count, 0);
  report.assume('no nested VMRUN: taken as the table of L1, whose guest is L2', all);
  report.cannotKnow('what L0 does: exits that it handles alone are not in the table of L1', all);
  if (seconds === null) {
    report.cannotKnow('rates: the table has no duration; give it with --seconds', all);
  }
  report.cannotKnow('flushes, moves between pCPUs, the number of L2s, and which pages are touched');
  return {
    ...empty,
    report: report.build(),
    level: 'L1',
    events: byReason.length,
    nestedRuns: exits,
    reflectedExits: exits,
    exitsByReason: byReason.map((row) => ({
      ...row,
      from: isHypervisorInstruction(row.reason) ? 'L1' : 'L2',
      reflected: row.count,
    })),
  };
}

function rowsOfCounters(counts: ReadonlyMap<string, number>): ExitCount[] {
  return EXITS_OF.flatMap(([name, reason]): ExitCount[] => {
    const count = counts.get(name) ?? 0;
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
    readonly nestedRuns: number;
    readonly flushes: number | null;
    readonly seconds: number | null;
  },
): void {
  const { exits, nestedRuns, flushes, seconds } = counts;
  if (seconds === null) {
    report.cannotKnow('rates: counts have no time; give the time that they took with --seconds');
  }
  if (nestedRuns === 0) {
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
