import type { ExitHandledByL0, SuiteDocument, SuiteParameter } from '../suite/suite.ts';
import { UserError } from '../util/user-error.ts';
import { type ExitMix, exitMix, type L0Mix } from './exit-mix.ts';
import type { ImportReport } from './import-report.ts';
import type { ImportedProfile } from './profile.ts';
import { ReportBuilder } from './profile-builder.ts';
import { handlerFor, type Likeness, l0StepFor, svmNameOf } from './stand-ins.ts';

/** What the user says of the scenario; the rest comes from the data. */
export interface ScenarioOptions {
  readonly id: string;
  /** Null: Milan, the machine of the only published measurement. */
  readonly machine: string | null;
  /** What L2 runs: a shipped page trace, or one of the user's that will lie beside the suite. */
  readonly l2Trace: string | { readonly file: string } | null;
}

/** A suite made from what was imported. */
export interface Scenario {
  readonly document: SuiteDocument;
  /** What making the scenario assumed on top of the import. */
  readonly report: ImportReport;
}

const DEFAULT_MACHINE = 'zen3-milan';
const DEFAULT_TRACE = 'redis60k-10M';
/** What a suite of the user's compares unless it is edited. */
export const COMPARED_STRATEGIES = ['kvm-6.14', 'rfc-2025-03', 'ideal'];
/** Rarer exits than these, per round trip, change nothing that could be seen. */
const RARE = 0.002;
const MOST_HANDLERS = 32;

/** A suite that runs what was imported. Throws `UserError` where there is no nested guest in it. */
export function scenarioOf(profile: ImportedProfile, options: ScenarioOptions): Scenario {
  const report = new ReportBuilder();
  const mix = exitMix(profile, report);
  if (mix === null) {
    throw new UserError(
      'input',
      profile.files.join(', '),
      'nothing here tells of a nested guest, so there is no scenario to write',
      'Record KVM in L0 while L2 runs, or give the table of L1 beside it',
    );
  }
  const likeness = likenessOf(profile, report);
  const machine = options.machine ?? DEFAULT_MACHINE;
  if (options.machine === null) {
    report.assume(`the machine is ${machine}, of the only published measurement: --machine`);
  }
  if (profile.vendor === 'vmx') {
    report.assume("the host is Intel's: AMD's code and captures stand in for it");
  }
  const exitsPerSecond = exitRate(profile, mix, report);
  const document: SuiteDocument = {
    id: options.id,
    group: 'imported',
    question: 'What would a separate ASID for L2 save on this host?',
    expected: 'Nothing is expected: this is a real host, and what it does was recorded.',
    workload: {
      kind: 'program',
      trace: traceOf(options, report),
      handlers: handlersOf(mix, likeness, report),
      exitsPerSecond,
      handledByL0: l0ExitsOf(mix, profile, likeness, report),
      ...asksOf(likeness, report),
    },
    paging: { l0: 'npt', l1: likeness.l1 },
    pageSizes: pageSizesOf(profile, report),
    l2Cr4Pge: likeness.l2Cr4Pge,
    trips: tripsAt(exitsPerSecond.nominal),
    machines: [machine],
    strategies: COMPARED_STRATEGIES,
    baseline: 'kvm-6.14',
    seeds: { first: 1, count: 10 },
    expect: [{ staleHits: 'none', strategies: COMPARED_STRATEGIES }],
  };
  if (profile.l2s !== null && profile.l2s > 1) {
    report.assume(
      `one L2: of ${profile.l2s} contexts, ${profile.l2Switches ?? 0} changes in ${profile.nestedRuns ?? 0} nested VMRUNs are left out, each of which would still flush L2's ASID`,
    );
  }
  return { document, report: report.build() };
}

function likenessOf(profile: ImportedProfile, report: ReportBuilder): Likeness {
  const { l1 } = profile.paging;
  if (l1 === null) report.assume('L1 runs L2 with nested paging, as every KVM does by default');
  report.assume('L0 runs L1 with nested paging');
  const transitions = 2 * (profile.nestedRuns ?? profile.reflectedExits ?? 0);
  const forCr4 = profile.flushesForCr4;
  const reflectedFaults = faultsOf(profile, report);
  if (forCr4 === null) {
    report.assume('CR4.PGE is the same in L1 and L2, as where both run Linux');
    return { l1: l1 ?? 'npt', l2Cr4Pge: 'same', reflectedFaults };
  }
  const differs = transitions > 0 && forCr4 / transitions > 0.5;
  return { l1: l1 ?? 'npt', l2Cr4Pge: differs ? 'differs' : 'same', reflectedFaults };
}

/** Where L1 maps fresh memory for L2, its write to its own page table faults to L0 as well. */
function faultsOf(profile: ImportedProfile, report: ReportBuilder): Likeness['reflectedFaults'] {
  const faults = profile.exitsByReason.filter((row) => svmNameOf(row.reason) === 'NPF');
  const reflected = faults.reduce((sum, row) => sum + (row.reflected ?? 0), 0);
  const ofL1 = faults.filter((row) => row.from === 'L1').reduce((sum, row) => sum + row.count, 0);
  if (faults.some((row) => row.from === 'unknown')) {
    report.assume("L2's reflected page faults are of devices that L1 emulates, as on warm memory");
    return 'device';
  }
  return reflected > 0 && ofL1 * 2 >= reflected ? 'memory' : 'device';
}

function traceOf(options: ScenarioOptions, report: ReportBuilder) {
  if (options.l2Trace !== null) return options.l2Trace;
  report.assume(
    `between exits L2 touches pages as Redis does (${DEFAULT_TRACE}): no data here tells what it touches, and an answer runs a smaller and a larger program as well`,
  );
  return DEFAULT_TRACE;
}

function handlersOf(mix: ExitMix, likeness: Likeness, report: ReportBuilder) {
  const total = mix.reflected.reduce((sum, row) => sum + row.count, 0);
  const weights = new Map<string, { capture: string; reflectedExit: string; weight: number }>();
  for (const { reason, count } of mix.reflected) {
    const choice = handlerFor(reason, likeness);
    const share = total === 0 ? 1 : count / total;
    if (!choice.isOwn) {
      report.assume(
        `${reason} (${percent(share)} of the reflected exits) was never captured: L1's handling of ${choice.reflectedExit} in ${choice.capture} stands in`,
      );
    }
    const key = `${choice.capture} ${choice.reflectedExit}`;
    const weight = (weights.get(key)?.weight ?? 0) + share;
    const { capture, reflectedExit } = choice;
    weights.set(key, { capture, reflectedExit, weight });
  }
  return [...weights.values()]
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MOST_HANDLERS)
    .map((each) => ({ ...each, weight: rounded(each.weight) }));
}

/** Page faults of L1 that the captured handler of a reflected NPF holds already, one in each. */
function faultsInHandlers(mix: ExitMix, likeness: Likeness): number {
  const total = mix.reflected.reduce((sum, row) => sum + row.count, 0);
  const withFault = mix.reflected
    .filter((row) => handlerFor(row.reason, likeness).reflectedExit === 'NPF')
    .reduce((sum, row) => sum + row.count, 0);
  return total === 0 ? 0 : withFault / total;
}

function l0ExitsOf(
  mix: ExitMix,
  profile: ImportedProfile,
  likeness: Likeness,
  report: ReportBuilder,
): ExitHandledByL0[] {
  const exits = new Map<string, ExitHandledByL0>();
  for (const row of mix.handledByL0) {
    const inHandlers =
      row.reason === 'NPF' && row.from === 'L1' ? faultsInHandlers(mix, likeness) : 0;
    const perTrip = row.count / mix.roundTrips - inHandlers;
    if (perTrip < RARE) continue;
    const choice = l0StepFor(row.reason, row.from);
    if (!choice.isOwn) {
      report.assume(
        `${row.reason} of ${row.from}, handled by L0 alone (${perTrip.toFixed(2)} per round trip), was never captured: L0's handling of ${choice.exit} in ${choice.capture} stands in`,
      );
    }
    const key = `${row.from} ${choice.exit}`;
    const before = exits.get(key)?.perRoundTrip;
    const { capture, exit } = choice;
    const perRoundTrip = addedRates(before, rateOf(row, perTrip, mix.roundTrips, profile));
    exits.set(key, { from: row.from, exit, capture, perRoundTrip });
  }
  return [...exits.values()].slice(0, MOST_HANDLERS);
}

/** Counted: the number within two standard deviations of counting. Assumed: half to all of it. */
function rateOf(
  row: L0Mix,
  perTrip: number,
  roundTrips: number,
  profile: ImportedProfile,
): SuiteParameter {
  const source = `imported from ${profile.files.join(', ')} (${profile.format})`;
  if (row.isAssumed) {
    return {
      nominal: rounded(perTrip),
      low: rounded(perTrip / 2),
      high: rounded(perTrip),
      unit: 'count',
      source: `${source}; the counters do not say which exits these are`,
      assumed: true,
    };
  }
  const spread = (2 * Math.sqrt(row.count)) / roundTrips;
  return {
    nominal: rounded(perTrip),
    low: rounded(Math.max(perTrip / 10, perTrip - spread)),
    high: rounded(perTrip + spread),
    unit: 'count',
    source: `${source}; two standard deviations of the count`,
  };
}

function addedRates(before: SuiteParameter | undefined, more: SuiteParameter): SuiteParameter {
  if (before === undefined) return more;
  return {
    ...before,
    nominal: rounded(before.nominal + more.nominal),
    low: rounded(before.low + more.low),
    high: rounded(before.high + more.high),
    ...(more.assumed === true ? { assumed: more.assumed } : {}),
  };
}

/** No round trip on hardware is known to be faster: the published rate with a separate ASID, rounded up. */
const FASTEST_PER_SECOND = 310_000;

function exitRate(profile: ImportedProfile, mix: ExitMix, report: ReportBuilder): SuiteParameter {
  const { durationSeconds } = profile;
  const source = `imported from ${profile.files.join(', ')} (${profile.format})`;
  if (durationSeconds === null || durationSeconds <= 0) {
    report.assume('300 to 250,000 reflected exits per second, 10,000 at first: no time is known');
    return {
      nominal: 10_000,
      low: 300,
      high: 250_000,
      unit: 'count',
      source:
        'the data has no times. Low: the timer of an idle guest. High: a loop of CPUID, 256,621 a second (20250205182402.2147495-14-yosry.ahmed@linux.dev)',
      assumed: true,
    };
  }
  const vcpus = Math.max(1, profile.vcpus ?? 1);
  if (vcpus > 1) report.assume(`the load is spread evenly over ${vcpus} vCPU threads`);
  const rate = mix.roundTrips / durationSeconds / vcpus;
  if (rate > FASTEST_PER_SECOND) {
    throw new UserError(
      'input',
      profile.files.join(', '),
      `${Math.round(rate)} round trips per second on one vCPU are more than hardware can do`,
      'Check --seconds, --tsc-ghz and that all files are of one host',
    );
  }
  const spread = (2 * Math.sqrt(mix.roundTrips)) / mix.roundTrips;
  return {
    nominal: rounded(rate),
    low: rounded(rate * Math.max(0.1, 1 - spread)),
    high: rounded(rate * (1 + spread)),
    unit: 'count',
    source: `${source}; two standard deviations of the count`,
  };
}

/** Instructions of L2 that a cell simulates: some seconds of host time for a whole answer. */
const CELL_INSTRUCTIONS = 20_000_000;
/** At about 3.4 GHz and one instruction per cycle. */
const INSTRUCTIONS_PER_SECOND = 3.4e9;
const TRIPS = { fewest: 8, most: 200 };

/** The rarer the exits, the longer is a round trip, and the fewer of them can be simulated. */
function tripsAt(exitsPerSecond: number): SuiteDocument['trips'] {
  const fit = (CELL_INSTRUCTIONS * exitsPerSecond) / INSTRUCTIONS_PER_SECOND;
  const trips = Math.min(TRIPS.most, Math.max(TRIPS.fewest, Math.round(fit)));
  const warmUp = Math.max(2, Math.round(trips / 5));
  return { warmUp, measured: trips - warmUp };
}

/** L1 asks for a flush as a captured Linux L1 did in the whole life of a Linux L2. */
function asksOf(likeness: Likeness, report: ReportBuilder): { l1Asks?: string } {
  if (likeness.l1 === 'shadow') {
    report.assume(
      'L1 asks for no flush of its own: none of its requests were captured for shadow paging',
    );
    return {};
  }
  report.assume('L1 asks for flushes as a Linux L1 did: with 52 of 16,038 nested VMRUNs');
  return { l1Asks: 'linux' };
}

function pageSizesOf(profile: ImportedProfile, report: ReportBuilder): SuiteDocument['pageSizes'] {
  const share = profile.paging.l0LargePageShare;
  if (share === null) report.assume('L0 maps L1 in 2 MiB pages');
  report.assume('L1 maps L2 in 4 KiB pages, and L2 its programs too');
  const nptForL1 = share === null || share >= 0.5 ? '2m' : '4k';
  return { l0: 'kernel-2m', l1: 'kernel-2m', l2: '4k', nptForL1, nptForL2: '4k', captured: true };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

const DIGITS = 4;

/** A positive number with four digits: more than any count here can tell. */
function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}
