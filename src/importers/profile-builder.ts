import type { ImportReport, SourceRange, Statement } from './import-report.ts';
import type { ExitCount, ExitOrigin, ImportedProfile } from './profile.ts';

/** A profile of which nothing is known yet. */
export function emptyProfile(format: string, file: string): ImportedProfile {
  return {
    kind: 'profile',
    format,
    files: [file],
    report: { understood: [], unknown: [], assumed: [] },
    level: 'unknown',
    vendor: null,
    events: 0,
    durationSeconds: null,
    durationIsAssumed: false,
    exits: null,
    nestedRuns: null,
    reflectedExits: null,
    l2ExitsHandledByL0: null,
    exitsByReason: [],
    flushes: null,
    flushesForCr4: null,
    remoteFlushRequests: null,
    invlpgas: null,
    migrations: null,
    vcpus: null,
    l2s: null,
    l2Switches: null,
    l2ResidencyNs: null,
    paging: { l1: null, l0LargePageShare: null },
    pmuEvents: [],
  };
}

/** Collects the sentences of an import. */
export class ReportBuilder {
  private readonly understood: Statement[] = [];
  private readonly unknown: Statement[] = [];
  private readonly assumed: Statement[] = [];

  understand(text: string, source: SourceRange | null): void {
    this.understood.push({ text, source });
  }

  cannotKnow(text: string, source: SourceRange | null = null): void {
    this.unknown.push({ text, source });
  }

  assume(text: string, source: SourceRange | null = null): void {
    this.assumed.push({ text, source });
  }

  build(): ImportReport {
    const { understood, unknown, assumed } = this;
    return { understood, unknown, assumed };
  }
}

/** Counts exits by reason and origin. */
export class ExitCounter {
  private readonly rows = new Map<string, { count: number; reflected: number }>();

  add(reason: string, from: ExitOrigin, isReflected: boolean, count = 1): void {
    const key = `${from} ${reason}`;
    const row = this.rows.get(key) ?? { count: 0, reflected: 0 };
    row.count += count;
    if (isReflected) row.reflected += count;
    this.rows.set(key, row);
  }

  /** The most frequent first; equally frequent ones by name. */
  rowsByCount(): ExitCount[] {
    const rows = [...this.rows].map(([key, { count, reflected }]): ExitCount => {
      const space = key.indexOf(' ');
      const from = key.slice(0, space) as ExitOrigin;
      return { reason: key.slice(space + 1), from, count, reflected };
    });
    return rows.sort((a, b) => b.count - a.count || (keyOf(a) < keyOf(b) ? -1 : 1));
  }
}

function keyOf(row: ExitCount): string {
  return `${row.from} ${row.reason}`;
}
