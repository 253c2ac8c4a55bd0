import type { ImportContext, SourceRange } from './importer.ts';
import type { TraceCounts } from './kvm-trace.ts';
import type { ImportedProfile } from './profile.ts';
import { ReportBuilder } from './profile-builder.ts';

/** The profile that a trace's counts make, with what they can't tell. */
export function reportKvmTrace(
  empty: ImportedProfile,
  counts: TraceCounts,
  context: ImportContext,
): ImportedProfile {
  const all: SourceRange = { file: context.name, firstLine: 1, lastLine: counts.lines };
  const report = new ReportBuilder();
  const secondsPerUnit = unitOf(counts, context.tscGhz);
  const durationSeconds = durationOf(counts, secondsPerUnit);
  describeEvents(report, counts, all, durationSeconds);
  const flushes = flushesOf(counts);
  describeFlushes(report, counts, flushes, all);
  describeL2s(report, counts, all);
  describeTime(report, secondsPerUnit, all);
  describeGaps(report, counts, all);
  const isNested = counts.nestedRuns > 0 || counts.reflected > 0;
  return {
    ...empty,
    report: report.build(),
    // A KVM that sees its guest enter a guest is not the innermost one; L1's own view has no such event.
    level: isNested ? 'L0' : 'unknown',
    vendor: counts.vendor,
    events: counts.kvmEvents,
    durationSeconds,
    exits: counts.exitCount,
    nestedRuns: counts.nestedRuns,
    reflectedExits: counts.reflected,
    l2ExitsHandledByL0: counts.handledByL0,
    exitsByReason: counts.exits.rowsByCount(),
    flushes,
    flushesForCr4: flushes === null ? null : counts.flushForCr4,
    invlpgas: counts.invlpgas,
    migrations: counts.migrations,
    vcpus: counts.vcpus.size,
    l2s: isNested ? counts.l2s.size : null,
    l2Switches: isNested ? counts.l2Switches : null,
    l2ResidencyNs:
      secondsPerUnit === null || counts.residencies === 0
        ? null
        : (counts.residencySum / counts.residencies) * secondsPerUnit * 1e9,
    paging: { l1: pagingOf(counts), l0LargePageShare: null },
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
  if (counts.nestedRuns === 0) return;
  const perTrip = (counts.exitCount / counts.nestedRuns).toFixed(2);
  report.understand(
    `${counts.nestedRuns} nested VMRUNs and ${counts.exitCount} exits to L0: ${perTrip} per round trip`,
    all,
  );
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
  counts: TraceCounts,
  flushes: number | null,
  all: SourceRange,
): void {
  const transitions = counts.nestedRuns + counts.reflected;
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

function describeGaps(report: ReportBuilder, counts: TraceCounts, all: SourceRange): void {
  if (counts.lost > 0 || counts.lostUncounted) {
    const number = counts.lostUncounted ? 'an unknown number of' : String(counts.lost);
    report.cannotKnow(`what happened in ${number} events that the tracer lost`, all);
  }
  if (counts.nestedRuns === 0) {
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
