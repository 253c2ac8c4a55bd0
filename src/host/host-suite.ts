import type { ImportReport, Statement } from '../importers/import-report.ts';
import type { ImportedProfile } from '../importers/profile.ts';
import { scenarioOf } from '../importers/scenario.ts';
import type { SuiteDocument, SuiteParameter } from '../suite/suite.ts';
import type { StatedHost } from './stated-host.ts';

/** A host as a suite, and what it takes to say something of the whole host again. */
export interface HostSuite {
  readonly document: SuiteDocument;
  readonly report: ImportReport;
  /** Exits of L2 that L1 handles, of all vCPUs together. */
  readonly exitsPerSecond: number;
  readonly vcpus: number;
  /** As many are run: more would do the same on pCPUs of their own. */
  readonly vcpusRun: number;
  readonly busyShare: SuiteParameter;
}

export interface HostSuiteOptions {
  readonly id: string;
  readonly machine: string;
  /** What is compared with the code before the series. */
  readonly strategy: string;
  /** A page trace of the user's beside the suite: then the working set is known. */
  readonly l2Trace: { readonly file: string } | null;
  /** Share of the time that a vCPU runs, where it was measured. */
  readonly measuredBusyShare: number | null;
}

const MOST_VCPUS_RUN = 16;
/** No round trip on hardware is known to be faster: the published rate with a separate ASID, rounded up. */
const FASTEST_PER_SECOND = 310_000;
const HALT = 'HLT';
const AVIC = 'avic=reactivated-on-nested-exit';
const BASELINE = 'kvm-6.14';

/** The same strategy on a host whose guests use AVIC. */
export function withAvic(strategy: string): string {
  return `${strategy}+${AVIC}`;
}

/**
 * The suite of a host: `profile` says how often L2 exits and why, `host` the rest. vCPUs and L2s are run; between
 * exits L2 runs for as long as its vCPU is not halted.
 */
export function hostSuite(
  profile: ImportedProfile,
  host: StatedHost,
  { id, machine, strategy, l2Trace, measuredBusyShare }: HostSuiteOptions,
): HostSuite {
  const vcpus = profile.vcpus ?? host.vcpus;
  const vcpusRun = Math.min(vcpus, MOST_VCPUS_RUN);
  const exitsPerSecond = (profile.reflectedExits ?? 0) / (profile.durationSeconds ?? 1);
  const one = {
    ...profile,
    vcpus: 1,
    l2s: 1,
    reflectedExits: (profile.reflectedExits ?? 0) / vcpus,
  };
  const { document, report } = scenarioOf(one, { id, machine, l2Trace: l2Trace ?? 'redis60k-10M' });
  const { workload } = document;
  if (workload.kind !== 'program') throw new RangeError('an imported suite runs a program');
  const busyShare = busyShareOf(profile, host, measuredBusyShare);
  const { handledByL0: _, ...handled } = workload;
  const contexts = vcpusRun * host.l2sPerVcpu;
  return {
    document: {
      ...document,
      group: 'stated',
      expected: 'Nothing is expected: this is a real host, of which somebody has said this.',
      workload: {
        // What L0 does by itself is in the captured handlers; nobody has said more.
        ...((workload.handledByL0 ?? []).length === 0 ? handled : workload),
        ...(l2Trace === null ? { trace: { generated: programOf(host) } } : {}),
        exitsPerSecond: whileBusy(exitsPerSecond / vcpus, busyShare),
      },
      ...(vcpusRun === 1 && host.l2sPerVcpu === 1
        ? {}
        : {
            fleet: {
              l1s: 1,
              vcpusPerL1: vcpusRun,
              l2sPerVcpu: host.l2sPerVcpu,
              l2sShareMemory: false,
              pcpus: vcpusRun,
              placement: 'spread',
            },
          }),
      ...(host.l2sPerVcpu === 1 ? {} : { events: { l2Switches: SWITCHES } }),
      trips: tripsOf(document, contexts),
      strategies: [BASELINE, strategy, withAvic(BASELINE), withAvic(strategy)],
      seeds: { first: 1, count: 4 },
      expect: [],
    },
    report: {
      ...report,
      assumed: [
        ...report.assumed.filter(({ text }) => !text.startsWith('between exits L2 touches')),
        ...assumptionsOf(host, busyShare, l2Trace !== null, { vcpus, vcpusRun }),
      ],
    },
    exitsPerSecond,
    vcpus,
    vcpusRun,
    busyShare,
  };
}

/** The same host with one of its vCPUs: they are alike, and each has its own pCPU. */
export function onOneVcpu(document: SuiteDocument): SuiteDocument {
  const { fleet, trips } = document;
  if (fleet === undefined) return document;
  const few = (count: number, least: number) =>
    Math.max(least, Math.round(count / fleet.vcpusPerL1));
  return {
    ...document,
    fleet: { ...fleet, vcpusPerL1: 1, pcpus: 1 },
    trips: { warmUp: few(trips.warmUp, 8), measured: few(trips.measured, 24) },
  };
}

function parameter(
  [low, nominal, high]: readonly [number, number, number],
  unit: SuiteParameter['unit'],
  source: string,
): SuiteParameter {
  const isKnown = low === high;
  return { nominal, low, high, unit, source, ...(isKnown ? {} : { assumed: true }) };
}

const SWITCHES = parameter(
  [0.01, 0.1, 1],
  'ratio',
  'Nobody has said how often a vCPU turns to another L2: seldom, with one exit in ten, or at each exit.',
);

function busyShareOf(
  profile: ImportedProfile,
  { busyShare }: StatedHost,
  measured: number | null,
): SuiteParameter {
  const known = measured ?? busyShare;
  if (known !== null) return parameter([known, known, known], 'ratio', 'As stated or measured.');
  const halts = profile.exitsByReason.some(({ reason }) => reason === HALT);
  if (!halts) return parameter([1, 1, 1], 'ratio', 'Without HLT exits no vCPU of L1 is halted.');
  return parameter(
    [0.1, 0.3, 1],
    'ratio',
    'Halts are among the exits, and nobody has said how long they last: from an idle guest to a loaded one.',
  );
}

/** Between two exits L2 runs for the time that is left of halts: the fewer it is, the higher this rate. */
function whileBusy(perSecond: number, { low, nominal, high }: SuiteParameter): SuiteParameter {
  const at = (share: number): number => {
    return Number(Math.min(FASTEST_PER_SECOND, perSecond / share).toPrecision(4));
  };
  return parameter(
    [at(high), at(nominal), at(low)],
    'count',
    'Exits a second of a vCPU of L1, per second that it is not halted.',
  );
}

function programOf({ workingSetPages }: StatedHost) {
  return {
    hotPages:
      workingSetPages === null
        ? parameter(
            [32, 300, 2000],
            'pages',
            'Nobody has said what L2 touches: from a small service to one that touches much.',
          )
        : parameter(
            [workingSetPages, workingSetPages, workingSetPages],
            'pages',
            'As --working-set says.',
          ),
    codePages: 40,
    zipfExponent: 1,
    streamedPages: 0,
    streamedShare: 0,
    instructionsPerMove: 40,
  };
}

/** Each L2 of each vCPU has to come back several times. */
function tripsOf({ trips }: SuiteDocument, contexts: number): SuiteDocument['trips'] {
  return {
    warmUp: Math.max(trips.warmUp, 2 * contexts),
    measured: Math.max(trips.measured, 6 * contexts),
  };
}

function assumptionsOf(
  { workingSetPages, l2sPerVcpu }: StatedHost,
  busyShare: SuiteParameter,
  hasTrace: boolean,
  { vcpus, vcpusRun }: { readonly vcpus: number; readonly vcpusRun: number },
): readonly Statement[] {
  const texts = [
    ...(busyShare.assumed === true
      ? [
          `a vCPU of L1 runs ${percent(busyShare.nominal)} of the time (${percent(busyShare.low)} to ${percent(busyShare.high)}) and is halted for the rest, which costs nothing: --busy says it`,
        ]
      : []),
    ...(workingSetPages === null && !hasTrace
      ? ['L2 comes back to 300 pages of 4 KiB (32 to 2,000): --working-set says it']
      : []),
    ...(l2sPerVcpu > 1
      ? ['a vCPU turns to another of its L2s with one exit in ten (one in a hundred to each)']
      : []),
    ...(vcpusRun < vcpus
      ? [`${vcpusRun} of the ${vcpus} vCPUs are run: the others do the same on pCPUs of their own`]
      : []),
  ];
  return texts.map((text) => ({ text, source: null }));
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
