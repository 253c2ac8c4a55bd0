import { refuseForeignReasons } from './exit-names.ts';
import type { SourceRange } from './import-report.ts';
import type { ImportContext } from './importer.ts';
import { exitEvent, nestedOf, rowsByReason } from './nested-evidence.ts';
import type { OuterLines } from './outer-lines.ts';
import type { ExitCount, ImportedProfile } from './profile.ts';
import { ReportBuilder } from './profile-builder.ts';
import type { TraceCounts } from './trace-counts.ts';

/** What was read: the counts, and the lines around the events. */
export interface ReadTrace {
  readonly counts: TraceCounts;
  readonly outer: OuterLines;
}

/** The profile that a trace's counts make, with what they can't tell. */
export function reportKvmTrace(
  empty: ImportedProfile,
  { counts, outer }: ReadTrace,
  context: ImportContext,
): ImportedProfile {
  const all = outer.all(context.name);
  const report = new ReportBuilder();
  const secondsPerUnit = unitOf(counts, context.tscGhz);
  const durationSeconds = durationOf(counts, secondsPerUnit);
  describeEvents(report, counts, all, durationSeconds);
  const nested = nestedOfTrace(counts, report, all);
  refuseForeignReasons(
    nested.rows.map((row) => row.reason),
    context.name,
  );
  describeTrips(report, counts, nested, all);
  const flushes = flushesOf(counts);
  describeFlushes(report, { counts, flushes, transitions: nested.transitions }, all);
  describeL2s(report, counts, all);
  describeTime(report, secondsPerUnit, all);
  describeGaps(report, counts, nested, all);
  outer.describe(report, context.name);
  const knowsL2s = counts.l2s.size > 0;
  return {
    ...empty,
    report: report.build(),
    // A KVM that sees its guest enter a guest is not the innermost one; L1's own view has no such event.
    level: nested.runs > 0 ? 'L0' : 'unknown',
    vendor: counts.vendor,
    events: counts.kvmEvents,
    durationSeconds,
    exits: counts.exitCount,
    nestedRuns: nested.runs,
    reflectedExits: nested.reflected,
    l2ExitsHandledByL0: nested.knowsWho ? counts.handledByL0 : null,
    exitsByReason: nested.rows,
    flushes,
    flushesForCr4: flushes === null ? null : counts.flushForCr4,
    invlpgas: counts.invlpgas,
    migrations: counts.migrations,
    vcpus: counts.vcpus.size,
    l2s: knowsL2s ? counts.l2s.size : null,
    l2Switches: knowsL2s ? counts.l2Switches : null,
    l2ResidencyNs:
      secondsPerUnit === null || counts.residencies === 0 || !nested.knowsWho
        ? null
        : (counts.residencySum / counts.residencies) * secondsPerUnit * 1e9,
    paging: { l1: pagingOf(counts), l0LargePageShare: null },
  };
}

/** What a trace tells of L2. */
interface NestedTrace {
  readonly runs: number;
  readonly reflected: number;
  readonly transitions: number;
  /** Whether levels can be followed: without nested #VMEXITs nothing says when L1 is back. */
  readonly knowsWho: boolean;
  readonly rows: readonly ExitCount[];
}

function nestedOfTrace(counts: TraceCounts, report: ReportBuilder, all: SourceRange): NestedTrace {
  const rows = counts.exits.rowsByCount();
  const knowsWho = counts.reflected > 0;
  const byReason = new Map<string, number>();
  for (const { reason, count } of rows) {
    const event = exitEvent(reason);
    byReason.set(event, (byReason.get(event) ?? 0) + count);
  }
  const unlabelled = rowsByReason(byReason);
  const names = [
    ['kvm_nested_vmenter', counts.nestedRuns],
    ['kvm_nested_vmexit', counts.nestedExits],
    ['kvm_nested_vmexit_inject', counts.reflected],
  ] as const;
  const { runs, reflected } = nestedOf(new Map(names), unlabelled, { report, all });
  return {
    runs,
    reflected: reflected ?? 0,
    transitions: runs + (reflected ?? 0),
    knowsWho,
    rows: knowsWho || runs === 0 ? rows : unlabelled,
  };
}

function pagingOf(counts: TraceCounts): 'npt' | 'shadow' | null {
  if (counts.npt > 0 && counts.shadow === 0) return 'npt';
  return counts.shadow > 0 && counts.npt === 0 ? 'shadow' : null;
}

/** Without a call in the trace, the flush functions may as well not have been traced. */
function flushesOf(counts: TraceCounts): number | null {
  const calls = counts.flushCurrent + counts.flushAll;
  return calls + counts.flushForCr4 === 0 ? null : calls;
}

function unitOf(counts: TraceCounts, tscGhz: number | null): number | null {
  if (counts.hasSeconds) return 1;
  return tscGhz === null ? null : 1 / (tscGhz * 1e9);
}

function durationOf(counts: TraceCounts, secondsPerUnit: number | null): number | null {
  if (secondsPerUnit === null || counts.firstTime === null) return null;
  const seconds = (counts.lastTime - counts.firstTime) * secondsPerUnit;
  return seconds > 0 ? seconds : null;
}

function describeEvents(
  report: ReportBuilder,
  counts: TraceCounts,
  all: SourceRange,
  seconds: number | null,
): void {
  const over = seconds === null ? '' : ` in ${seconds.toPrecision(4)} s`;
  const threads = counts.vcpus.size === 1 ? '1 vCPU thread' : `${counts.vcpus.size} vCPU threads`;
  const events = `${counts.kvmEvents} events of KVM on ${threads}${over}`;
  report.understand(events, all);
}

function describeTrips(
  report: ReportBuilder,
  counts: TraceCounts,
  { runs, knowsWho }: NestedTrace,
  all: SourceRange,
): void {
  if (runs === 0) return;
  const perTrip = (counts.exitCount / runs).toFixed(2);
  report.understand(
    `${runs} nested VMRUNs and ${counts.exitCount} exits to L0: ${perTrip} per round trip`,
    all,
  );
  if (!knowsWho) {
    report.cannotKnow(
      'whose an exit was, and which went on to L1: the trace has no kvm_nested_vmexit_inject',
      all,
    );
    return;
  }
  const fromL2 = counts.reflected - counts.reflectedWithoutExit + counts.handledByL0;
  const share = fromL2 === 0 ? 0 : (fromL2 - counts.handledByL0) / fromL2;
  report.understand(
    `${fromL2} exits of L2, of which ${(100 * share).toFixed(1)} % went on to L1; L0 handled ${counts.handledByL0}`,
    all,
  );
  if (counts.reflectedWithoutExit > 0) {
    report.understand(
      `of the nested #VMEXITs ${counts.reflectedWithoutExit} without an exit of L2: an interrupt came before L2 ran, or the trace begins there`,
      all,
    );
  }
}

function describeFlushes(
  report: ReportBuilder,
  {
    counts,
    flushes,
    transitions,
  }: {
    readonly counts: TraceCounts;
    readonly flushes: number | null;
    readonly transitions: number;
  },
  all: SourceRange,
): void {
  if (flushes === null) {
    report.cannotKnow(
      'flushes: no tracepoint shows them, and no flush function is in the trace',
      all,
    );
  } else if (transitions > 0) {
    const each = (flushes / transitions).toFixed(2);
    const cr4 = (counts.flushForCr4 / transitions).toFixed(2);
    report.understand(
      `${flushes} flush requests served, ${each} per transition, and ${cr4} more by svm_set_cr4()`,
      all,
    );
    if (counts.flushForCr4 * 2 > transitions) {
      report.understand(
        'L1 and L2 differ in CR4.PGE: svm_set_cr4() flushes on each transition, with the series too',
        all,
      );
    }
  }
}

function describeL2s(report: ReportBuilder, counts: TraceCounts, all: SourceRange): void {
  if (counts.nestedRuns === 0) return;
  const contexts = counts.l2s.size === 1 ? '1 L2 context' : `${counts.l2s.size} L2 contexts`;
  report.understand(
    `${contexts} by vmcb12 and nested CR3, ${counts.l2Switches} changes between contexts, ${counts.migrations} moves to another pCPU`,
    all,
  );
  const paging = pagingOf(counts);
  if (paging === 'npt') report.understand('L1 runs L2 with nested paging', all);
  else if (paging === 'shadow') report.understand('L1 runs L2 on shadow page tables', all);
  else report.cannotKnow('whether L1 uses nested paging: no nested VMRUN says so', all);
}

function describeTime(
  report: ReportBuilder,
  secondsPerUnit: number | null,
  all: SourceRange,
): void {
  if (secondsPerUnit !== null) return;
  report.cannotKnow(
    'rates and times: the trace clock counts cycles or events; give --tsc-ghz if it is x86-tsc',
    all,
  );
}

function describeGaps(
  report: ReportBuilder,
  counts: TraceCounts,
  nested: NestedTrace,
  all: SourceRange,
): void {
  if (counts.lost > 0 || counts.lostUncounted) {
    const number = counts.lostUncounted ? 'an unknown number of' : String(counts.lost);
    report.cannotKnow(`what happened in ${number} events that the tracer lost`, all);
  }
  if (nested.runs === 0) {
    report.cannotKnow(
      'anything of L2: there is no nested VMRUN, so this may be the log of L1',
      all,
    );
    return;
  }
  report.cannotKnow(
    "ASID and TLB_CONTROL in vmcb12, and so L1's flush requests: no tracepoint shows them",
  );
  report.cannotKnow('which pages L1 and L2 touch, and in what page sizes they are mapped');
}
