import { quote } from '../inputs/text-lines.ts';
import { exitReason, isHypervisorInstruction, isNestedEntry, vendorOf } from './exit-names.ts';
import type { ByteSource, Detection, ImportContext, Importer } from './importer.ts';
import type { ExitCount, ImportedProfile } from './profile.ts';
import { emptyProfile, ReportBuilder } from './profile-builder.ts';
import { placeError } from './text-blocks.ts';
import { eachTextLine, headLines, parseCount } from './text-import.ts';

const OLD_HEADER = /^\s*VM-EXIT\s+Samples\s+Samples%/;
const NEW_HEADER = /^\s*Event name\s+Samples\s+Sample%/;
const TOTAL = /^Total Samples:\s*(\d+), Total events handled time:\s*([\d.]+)us\.?$/;
/** A name, which may have a space (`PF excp`), the number of samples, its share. */
const ROW = /^\s*(\S+(?: \S+)?)\s+(\d+)\s+(\d+(?:\.\d+)?)%\s+\S/;

const MAX_REASONS = 4096;

interface Rows {
  readonly counts: Map<string, { readonly count: number; readonly line: number }>;
  hasHeader: boolean;
  total: number | null;
  totalLine: number;
  lines: number;
}

function readLine(rows: Rows, name: string, text: string, number: number): void {
  rows.lines = number;
  const isProse = text.trim() === '' || /^(Analyze events|Warning|#|\d+ unprocessable)/.test(text);
  if (isProse) return;
  if (OLD_HEADER.test(text) || NEW_HEADER.test(text)) {
    if (rows.hasHeader) {
      const cure = 'Give each report in a file of its own';
      throw placeError(name, number, 1, 'a second report begins here', cure);
    }
    rows.hasHeader = true;
    return;
  }
  const total = TOTAL.exec(text);
  if (total !== null) {
    rows.total = parseCount(total[1]!, 'Total Samples', { name, number });
    rows.totalLine = number;
    return;
  }
  const row = ROW.exec(text);
  if (row === null || !rows.hasHeader) {
    const cause = `${quote(text.trim())} is no row of perf kvm stat report`;
    throw placeError(name, number, 1, cause);
  }
  const reason = exitReason(row[1]!);
  if (rows.counts.has(reason)) {
    throw placeError(name, number, 1, `the exit ${quote(row[1]!)} stands a second time`);
  }
  if (rows.counts.size >= MAX_REASONS) {
    throw placeError(name, number, 1, `there are more than ${MAX_REASONS} exit reasons`);
  }
  const count = parseCount(row[2]!, 'Samples', { name, number });
  rows.counts.set(reason, { count, line: number });
}

function detect(head: Uint8Array): Detection | null {
  const lines = headLines(head).slice(0, 10);
  const isReport =
    lines.some((line) => OLD_HEADER.test(line) || NEW_HEADER.test(line)) ||
    lines.some((line) => line.startsWith('Analyze events for'));
  return isReport ? { confidence: 'certain' } : null;
}

async function importReport(source: ByteSource, context: ImportContext): Promise<ImportedProfile> {
  const { name } = context;
  const rows: Rows = { counts: new Map(), hasHeader: false, total: null, totalLine: 0, lines: 0 };
  await eachTextLine(source, name, (text, number) => readLine(rows, name, text, number));
  const exits = [...rows.counts.values()].reduce((sum, row) => sum + row.count, 0);
  if (exits === 0) throw placeError(name, rows.lines, 1, 'the report has no exits');
  if (rows.total !== null && rows.total !== exits) {
    const cause = `Total Samples is ${rows.total} but the rows add up to ${exits}`;
    throw placeError(name, rows.totalLine, 1, cause);
  }
  return asProfile(rows, exits, name);
}

function asProfile(rows: Rows, exits: number, name: string): ImportedProfile {
  const all = { file: name, firstLine: 1, lastLine: rows.lines };
  const nested = [...rows.counts]
    .filter(([reason]) => isNestedEntry(reason))
    .reduce((sum, [, row]) => sum + row.count, 0);
  const isL0 = nested > 0;
  const exitsByReason = [...rows.counts].map(([reason, { count }]): ExitCount => {
    const from = isHypervisorInstruction(reason) ? 'L1' : isL0 ? 'unknown' : 'L2';
    // In L1's own table every row was reflected to it, if its guest is our L2.
    return { reason, from, count, reflected: isL0 ? (from === 'L1' ? 0 : null) : count };
  });
  const report = new ReportBuilder();
  report.understand(`${exits} exits of ${rows.counts.size} reasons`, all);
  if (isL0) {
    report.understand(
      `${nested} nested VMRUNs, so this is KVM in L0: ${(exits / nested).toFixed(2)} exits per round trip`,
      all,
    );
    report.cannotKnow('which exits were of L1 and which of L2: the table does not say', all);
    report.assume('each nested VMRUN ended in one nested #VMEXIT', all);
  } else {
    report.assume('no nested VMRUN: taken as the table of L1, whose guest is L2', all);
    report.cannotKnow('what L0 does: exits that it handles alone are not in the table of L1', all);
  }
  report.cannotKnow('rates: the table has no duration; give it with --seconds', all);
  report.cannotKnow('flushes, moves between pCPUs, the number of L2s, and which pages are touched');
  return {
    ...emptyProfile('perf-kvm-stat', name),
    report: report.build(),
    level: isL0 ? 'L0' : 'L1',
    vendor: [...rows.counts.keys()].map(vendorOf).find((each) => each !== null) ?? null,
    events: rows.counts.size,
    exits: isL0 ? exits : null,
    nestedRuns: isL0 ? nested : exits,
    reflectedExits: isL0 ? nested : exits,
    exitsByReason,
  };
}

/** `perf kvm stat report --event=vmexit`, in the layouts before and since the one with `Event name`. */
export const perfKvmReportImporter: Importer = {
  id: 'perf-kvm-stat',
  reads: 'perf kvm stat report',
  detect,
  import: importReport,
};
