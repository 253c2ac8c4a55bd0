import { exitReason, isHypervisorInstruction, isNestedEntry } from './exit-names.ts';
import type { SourceRange } from './import-report.ts';
import type { ExitCount } from './profile.ts';
import type { ReportBuilder } from './profile-builder.ts';

/** The tracepoint with an exit's reason behind it, as `kvm_stat` names it: `kvm_exit(VMRUN)`. */
export function exitEvent(reason: string): string {
  return `kvm_exit(${reason})`;
}

/** Exits by reason, from counts that are named so; whose they were such counts do not say. */
export function rowsByReason(counts: ReadonlyMap<string, number>): ExitCount[] {
  const rows = new Map<string, number>();
  for (const [name, count] of counts) {
    const written = /^kvm_exit\(([^)]+)\)$/.exec(name)?.[1];
    if (written === undefined || count === 0) continue;
    const reason = exitReason(written);
    rows.set(reason, (rows.get(reason) ?? 0) + count);
  }
  return [...rows].map(([reason, count]) => {
    const from = isHypervisorInstruction(reason) ? 'L1' : 'unknown';
    return { reason, from, count, reflected: from === 'L1' ? 0 : null };
  });
}

/** What the counts say of L2, from whichever of KVM's names is there. */
export interface Nested {
  /** 0: nothing tells of an L2. */
  readonly runs: number;
  readonly reflected: number | null;
  readonly handledByL0: number | null;
}

/** Counts that each are one round trip, the most direct one first, with what is assumed of it. */
export function nestedOf(
  counts: ReadonlyMap<string, number>,
  byReason: readonly ExitCount[],
  { report, all }: { readonly report: ReportBuilder; readonly all: SourceRange },
): Nested {
  const entries = byReason
    .filter((row) => isNestedEntry(row.reason))
    .reduce((sum, row) => sum + row.count, 0);
  const at = (name: string): number => counts.get(name) ?? 0;
  const injected = at('kvm_nested_vmexit_inject');
  const l2Exits = at('kvm_nested_vmexit');
  const direct = [at('nested_run'), at('kvm_nested_vmenter'), at('kvm_nested_vmrun'), entries];
  const runs = [...direct, injected, l2Exits].find((each) => each > 0) ?? 0;
  if (runs === 0) {
    const hasCounter = counts.has('nested_run') || counts.has('kvm_nested_vmenter');
    return { runs, reflected: hasCounter ? 0 : null, handledByL0: null };
  }
  const isDirect = direct.some((each) => each > 0);
  if (injected === 0 && isDirect)
    report.assume('each nested VMRUN ended in one nested #VMEXIT', all);
  else if (!isDirect && injected > 0) {
    report.assume('each nested #VMEXIT followed one nested VMRUN, which was not counted', all);
  } else if (!isDirect) {
    report.assume(
      'each exit of L2 (kvm_nested_vmexit) went on to L1: neither nested VMRUNs nor kvm_nested_vmexit_inject were counted, so round trips may be fewer',
      all,
    );
  }
  const handledByL0 = injected > 0 && l2Exits > 0 ? Math.max(0, l2Exits - injected) : null;
  return { runs, reflected: injected > 0 ? injected : runs, handledByL0 };
}
