import { isHypervisorInstruction, isNestedEntry } from './exit-names.ts';
import type { ImportedProfile } from './profile.ts';
import type { ReportBuilder } from './profile-builder.ts';

/** Exits of L2 that go on to L1, by reason. */
export interface ReflectedMix {
  readonly reason: string;
  readonly count: number;
}

/** Exits that L0 handles alone, by reason and origin. */
export interface L0Mix {
  readonly reason: string;
  readonly from: 'L1' | 'L2';
  readonly count: number;
  readonly isAssumed: boolean;
}

export interface ExitMix {
  readonly roundTrips: number;
  readonly reflected: readonly ReflectedMix[];
  readonly handledByL0: readonly L0Mix[];
}

/** Splits what was counted into who handled it; says what it had to assume. Null: there is no L2. */
export function exitMix(profile: ImportedProfile, report: ReportBuilder): ExitMix | null {
  const roundTrips = profile.reflectedExits ?? profile.nestedRuns ?? 0;
  if (roundTrips === 0) return null;
  const known = profile.exitsByReason.filter((row) => row.reflected !== null);
  const knowsWho = known.some((row) => (row.reflected ?? 0) > 0);
  if (knowsWho) return { roundTrips, ...fromKnown(profile) };
  const open = openExits(profile, roundTrips);
  if (open.named >= LEAST_NAMED_SHARE * open.all && open.named > 0) {
    return { roundTrips, ...fromTable(profile, { roundTrips, open }, report) };
  }
  return { roundTrips, ...fromTotals(profile, roundTrips, report) };
}

type Split = Omit<ExitMix, 'roundTrips'>;

function fromKnown(profile: ImportedProfile): Split {
  const reflected = new Map<string, number>();
  const handledByL0: L0Mix[] = [];
  for (const { reason, from, count, reflected: handedOn } of profile.exitsByReason) {
    const up = handedOn ?? 0;
    if (up > 0) reflected.set(reason, (reflected.get(reason) ?? 0) + up);
    if (isNestedEntry(reason) || count === up) continue;
    const origin = from === 'L2' ? 'L2' : 'L1';
    const isAssumed = from === 'unknown';
    handledByL0.push({ reason, from: origin, count: count - up, isAssumed });
  }
  return {
    reflected: [...reflected].map(([reason, count]) => ({ reason, count })),
    handledByL0,
  };
}

/**
 * Reasons of fewer of the exits than this say nothing of the others: 22 halts among 40,190 exits do not
 * make a guest that halts.
 */
const LEAST_NAMED_SHARE = 0.5;

/** Exits that L2 can have made: how many there are, and of how many the reason is known. */
interface OpenExits {
  readonly all: number;
  readonly named: number;
}

function openExits(profile: ImportedProfile, roundTrips: number): OpenExits {
  const sum = (rows: ImportedProfile['exitsByReason']): number =>
    rows.reduce((total, row) => total + row.count, 0);
  const ofL1 = profile.exitsByReason.filter((row) => isHypervisorInstruction(row.reason));
  const named = sum(profile.exitsByReason) - sum(ofL1);
  const hasEntries = ofL1.some((row) => isNestedEntry(row.reason));
  const others = (profile.exits ?? 0) - sum(ofL1) - (hasEntries ? 0 : roundTrips);
  return { all: Math.max(named, others), named };
}

/** Reasons are known but not whose: the reflected ones are spread evenly over those that can be L2's. */
function fromTable(
  profile: ImportedProfile,
  { roundTrips, open: { all, named } }: { readonly roundTrips: number; readonly open: OpenExits },
  report: ReportBuilder,
): Split {
  const scale = all / named;
  const open = profile.exitsByReason
    .filter((row) => !isHypervisorInstruction(row.reason))
    .map(({ reason, count }) => ({ reason, count: count * scale }));
  const share = Math.min(1, roundTrips / all);
  report.assume(
    `${(100 * share).toFixed(0)} % of each reason that L2 can have was of L2 and went on to L1, the rest was of L1: the table has no levels`,
  );
  if (all > named) {
    report.assume(`${all - named} exits without a reason have the reasons of the ${named} others`);
  }
  const own = profile.exitsByReason.filter(
    (row) => isHypervisorInstruction(row.reason) && !isNestedEntry(row.reason),
  );
  return {
    reflected: open.map((row) => ({ reason: row.reason, count: row.count * share })),
    handledByL0: [
      ...own.map((row): L0Mix => ({ ...row, from: 'L1', isAssumed: false })),
      ...open.flatMap((row): L0Mix[] => {
        const count = row.count * (1 - share);
        const { reason } = row;
        return count === 0 ? [] : [{ reason, from: 'L1', count, isAssumed: true }];
      }),
    ],
  };
}

/** Only sums are known. */
function fromTotals(profile: ImportedProfile, roundTrips: number, report: ReportBuilder): Split {
  report.assume(
    'half of the reflected exits are handled in the kernel of L1 (as CPUID), half in its user space (as a port write): the shortest and the longest captured handler',
  );
  const reflected = [
    { reason: 'CPUID', count: roundTrips / 2 },
    { reason: 'IOIO', count: roundTrips / 2 },
  ];
  const exits = profile.exits ?? 3 * roundTrips;
  if (profile.exits === null) {
    report.assume(
      'L0 handles one exit of L1 alone in each round trip, as a Linux 6.12 L1 makes it: its RDMSR of DEBUGCTL',
    );
  } else {
    report.assume(
      'all exits beyond one reflected exit and one VMRUN per round trip are short ones of L1 that L0 handles alone',
    );
  }
  const count = Math.max(0, exits - 2 * roundTrips);
  return {
    reflected,
    handledByL0: count === 0 ? [] : [{ reason: 'MSR', from: 'L1', count, isAssumed: true }],
  };
}
