import { UserError } from '../util/user-error.ts';
import type { ImportReport } from './import-report.ts';
import type { Imported, ImportedTrace } from './importer.ts';
import { pmuFindings } from './pmu-findings.ts';
import type { ExitCount, ImportedProfile, ImportedSnapshot } from './profile.ts';
import { snapshotPair } from './snapshot-pair.ts';

export interface Combined {
  /** Null: the files hold address traces only. */
  readonly profile: ImportedProfile | null;
  readonly traces: readonly ImportedTrace[];
}

/** Formats by how much they tell of L2, most first. */
const PRECEDENCE = [
  'kvm-trace',
  'kvm-stat',
  'kvm-counters',
  'bpftrace',
  'perf-kvm-stat',
  'perf-stat',
  'stated',
];

/**
 * Everything that the files of one host say. Snapshots make a pair; `seconds` is the time between
 * them, or the length of a recording that does not tell its own. Throws `UserError` for a snapshot
 * without its partner.
 */
export function combine(imported: readonly Imported[], seconds: number | null): Combined {
  const snapshots = imported.filter((each) => each.kind === 'snapshot');
  const profiles: ImportedProfile[] = imported.filter((each) => each.kind === 'profile');
  const traces = imported.filter((each) => each.kind === 'trace');
  if (snapshots.length > 0) profiles.push(pairOf(snapshots, seconds));
  const timed = profiles.map((profile) => withSeconds(profile, seconds));
  const ordered = [...timed].sort((a, b) => rank(a) - rank(b));
  const [first, ...rest] = ordered;
  if (first === undefined) return { profile: null, traces };
  return { profile: withPmuFindings(rest.reduce(merge, first)), traces };
}

/** What tells more comes first: of L0 before of L1, and then by format. */
function rank(profile: ImportedProfile): number {
  const isL1 = profile.level === 'L1' ? PRECEDENCE.length : 0;
  return isL1 + PRECEDENCE.indexOf(profile.format);
}

function pairOf(snapshots: readonly ImportedSnapshot[], seconds: number | null): ImportedProfile {
  const [before, after, third] = snapshots;
  if (before === undefined || after === undefined) {
    throw new UserError(
      'input',
      before?.file ?? '',
      'one snapshot holds sums since the host started, which say nothing of a workload',
      'Give a second snapshot of the same host, taken later',
    );
  }
  if (third !== undefined) {
    const cause = 'this is a third snapshot, and two make a pair';
    throw new UserError('input', third.file, cause, 'Give the first and the last one');
  }
  return snapshotPair(before, after, seconds);
}

function withSeconds(profile: ImportedProfile, seconds: number | null): ImportedProfile {
  const isKnown = profile.durationSeconds !== null && !profile.durationIsAssumed;
  if (isKnown || seconds === null) return profile;
  const { report } = profile;
  const assumed = [
    ...report.assumed.filter((each) => !each.text.includes('--seconds')),
    { text: `the recording took ${seconds} s, as --seconds says`, source: null },
  ];
  const unknown = report.unknown.filter((each) => !each.text.includes('--seconds'));
  return {
    ...profile,
    durationSeconds: seconds,
    durationIsAssumed: false,
    report: { ...report, assumed, unknown },
  };
}

/** Adds to a profile what another one of the same host knows better, as shares and rates. */
export function merge(main: ImportedProfile, other: ImportedProfile): ImportedProfile {
  const scale = perTransition(other) === 0 ? 0 : perTransition(main) / perTransition(other);
  const scaled = (count: number | null): number | null =>
    count === null || scale === 0 ? null : Math.round(count * scale);
  return {
    ...main,
    files: [...main.files, ...other.files],
    report: joined(main.report, other.report),
    vendor: main.vendor ?? other.vendor,
    events: main.events + other.events,
    durationSeconds: main.durationSeconds ?? durationAtRateOf(main, other),
    exits: main.exits ?? scaled(other.exits),
    nestedRuns: main.nestedRuns ?? other.nestedRuns,
    reflectedExits: main.reflectedExits ?? other.reflectedExits,
    exitsByReason: bestRows(main, other, scale),
    flushes: main.flushes ?? scaled(other.flushes),
    remoteFlushRequests: main.remoteFlushRequests ?? scaled(other.remoteFlushRequests),
    invlpgas: main.invlpgas ?? scaled(other.invlpgas),
    vcpus: main.vcpus ?? other.vcpus,
    l2s: main.l2s ?? other.l2s,
    paging: {
      l1: main.paging.l1 ?? other.paging.l1,
      l0LargePageShare: main.paging.l0LargePageShare ?? other.paging.l0LargePageShare,
    },
    pmuEvents: [...main.pmuEvents, ...atLengthOf(main, other)],
  };
}

/** With what the counts of a PMU say beside the round trips. */
function withPmuFindings(profile: ImportedProfile): ImportedProfile {
  const { report } = profile;
  const found = pmuFindings(profile).map((text) => ({ text, source: null }));
  return { ...profile, report: { ...report, understood: [...report.understood, ...found] } };
}

function perTransition(profile: ImportedProfile): number {
  return profile.nestedRuns ?? profile.reflectedExits ?? 0;
}

/** How long `main` took, if round trips went on as fast as in `other`. */
function durationAtRateOf(main: ImportedProfile, other: ImportedProfile): number | null {
  const there = perTransition(other);
  if (other.durationSeconds === null || there === 0) return null;
  return (perTransition(main) * other.durationSeconds) / there;
}

/** L1's own table is the mix of what was reflected, which L0's counters do not show. */
function bestRows(
  main: ImportedProfile,
  other: ImportedProfile,
  scale: number,
): readonly ExitCount[] {
  if (main.exitsByReason.length === 0) return other.exitsByReason;
  const knowsReflected = main.exitsByReason.some((row) => (row.reflected ?? 0) > 0);
  if (other.level !== 'L1' || knowsReflected || scale === 0) return main.exitsByReason;
  const reflected = other.exitsByReason.map((row): ExitCount => {
    const count = Math.round(row.count * scale);
    return { ...row, from: 'L2', count, reflected: count };
  });
  const rest = main.exitsByReason.flatMap((row): ExitCount[] => {
    if (row.from === 'L1') return [row];
    const taken = reflected.find((each) => each.reason === row.reason)?.count ?? 0;
    const count = Math.max(0, row.count - taken);
    return count === 0 ? [] : [{ ...row, count, reflected: 0 }];
  });
  return [...reflected, ...rest];
}

/** The other's counts of the PMU as they would be over the length of `main`. */
function atLengthOf(main: ImportedProfile, other: ImportedProfile): ImportedProfile['pmuEvents'] {
  if (other.durationSeconds === null || main.durationSeconds === null) return other.pmuEvents;
  const factor = main.durationSeconds / other.durationSeconds;
  return other.pmuEvents.map((each) => ({ ...each, count: each.count * factor }));
}

function joined(a: ImportReport, b: ImportReport): ImportReport {
  return {
    understood: [...a.understood, ...b.understood],
    unknown: [...a.unknown, ...b.unknown],
    assumed: [...a.assumed, ...b.assumed],
  };
}
