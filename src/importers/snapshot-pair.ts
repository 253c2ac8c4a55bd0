import { UserError } from '../util/user-error.ts';
import { countsAsProfile, isGauge } from './kvm-counts.ts';
import type { ImportedProfile, ImportedSnapshot } from './profile.ts';
import { ReportBuilder } from './profile-builder.ts';

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
    if (then === undefined || isGauge(name)) continue;
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
  const files = [first.file, second.file];
  const context = { report, all, seconds, gauges: second.counters };
  return countsAsProfile('kvm-counters', files, delta, context);
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
