import type { SanitizerReport, SortCount, StaleUse } from './report.ts';

/** All reports of one sort in one run, with the first of them. */
export interface SanitizerFinding extends SortCount {
  /** Null where the emulator counted it and wrote no line. */
  readonly first: StaleUse | null;
}

export interface SanitizerFindings {
  /** Flushes that are missing, the worst class first. */
  readonly missed: readonly SanitizerFinding[];
  /** What guests have not flushed yet: no fault of the hypervisor's. */
  readonly lazy: readonly SanitizerFinding[];
}

/**
 * Sorts a run's reports by class, kind and verdict. The host's own entries are the host kernel's
 * affair: whether it has flushed them can't be seen, so they are never missed.
 */
export function findingsOf(report: SanitizerReport): SanitizerFindings {
  const counts = report.isWhole ? report.counts : countsOf(report.uses);
  const found = counts.map((sort) => ({ ...sort, first: firstOf(report.uses, sort) }));
  const isMissed = (sort: SortCount): boolean => sort.verdict === 'missed' && sort.class !== 'self';
  return {
    missed: found.filter(isMissed),
    lazy: found.filter((sort) => !isMissed(sort)),
  };
}

/** Reports in all. */
export function total(findings: readonly SanitizerFinding[]): number {
  return findings.reduce((sum, finding) => sum + finding.count, 0);
}

function firstOf(uses: readonly StaleUse[], sort: SortCount): StaleUse | null {
  return uses.find((use) => isOfSort(use, sort)) ?? null;
}

function countsOf(uses: readonly StaleUse[]): readonly SortCount[] {
  const counts: {
    class: SortCount['class'];
    verdict: SortCount['verdict'];
    kind: SortCount['kind'];
    count: number;
  }[] = [];
  for (const use of uses) {
    const known = counts.find((sort) => isOfSort(use, sort));
    if (known !== undefined) known.count += 1;
    else counts.push({ class: use.class, verdict: use.verdict, kind: use.kind, count: 1 });
  }
  return counts;
}

function isOfSort(use: StaleUse, sort: SortCount): boolean {
  return use.class === sort.class && use.verdict === sort.verdict && use.kind === sort.kind;
}
