import type { CyclesByCause } from '../cost/causes.ts';
import type { Expectation } from '../suite/suite.ts';
import type { Parameter } from '../units/parameter.ts';

/** Stale hits by class: memory that the host took back, another VM's, inside one L1. */
export interface StaleHits {
  readonly host: number;
  readonly crossVm: number;
  readonly guest: number;
}

/** One line of results.jsonl: one (scenario, machine, strategy, seed). Times are modelled. */
export interface CellResult {
  readonly schemaVersion: number;
  /** Hash of everything that decides the cell; the key of resume and merge. */
  readonly cellId: string;
  readonly scenario: string;
  readonly machine: string;
  readonly strategy: string;
  readonly seed: number;
  /** Round trips (reflected exits) measured, after warm-up. */
  readonly roundTrips: number;
  readonly meanNs: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
  /** Modelled nanoseconds of each measured round trip in run order, rounded to 0.001. */
  readonly tripNs: readonly number[];
  /** Cycles per round trip, by cause; their sum times the clock period is meanNs. */
  readonly cyclesPerTrip: CyclesByCause;
  readonly hardwareFlushesPerTrip: number;
  readonly walksPerTrip: number;
  readonly staleHits: StaleHits;
  /**
   * Events of the measured trips by kind of the ledger; kinds without one are left out. Events do not
   * depend on prices, so the cell can be priced again. Absent in files of earlier versions.
   */
  readonly events?: Readonly<Record<string, number>>;
}

export interface Interval {
  readonly point: number;
  readonly low: number;
  readonly high: number;
}

/** An event of a scenario so rare that all seeds may have missed it. */
export interface UnseenEvent {
  /** Its key in the suite, such as migrations. */
  readonly event: string;
  readonly machine: string;
  readonly strategy: string;
  /** Chance in a round trip, from the suite's rate. */
  readonly perRoundTrip: number;
  /** The most that one of them changes, in modelled nanoseconds. */
  readonly mostNs: number;
}

/**
 * How many seeds a scenario took on a machine where the run stopped as soon as they were enough: a pilot, then what
 * Stein's procedure asked for after it, at most `most`.
 */
export interface SettledSeeds {
  readonly machine: string;
  /** Whose saving had to be known well enough. */
  readonly strategy: string;
  readonly pilot: number;
  readonly most: number;
  /** Widths that its intervals over seeds were to have at most: a share of its whole intervals. */
  readonly wantedNs: number;
  readonly wantedRatio: number;
  /** Seeds that the pilot asked for, and those that were run; absent in the plan of a run. */
  readonly wanted?: number;
  readonly seeds?: number;
}

/** What the events that all seeds may have missed can do to a saving. */
export interface UnseenBound {
  readonly events: readonly string[];
  /** No end of the saving's intervals is nearer to the point. */
  readonly savingNs: number;
}

/** What tests say about the differences of the pairs; all two-sided. */
export interface PairedEvidence {
  /** Centre of before minus after, which bears wild seeds. */
  readonly hodgesLehmannNs: number;
  /** Sign-flip test of "no saving in either direction". */
  readonly signFlipP: number;
  /** The same, adjusted for all comparisons of the run (Holm). */
  readonly signFlipHolmP: number;
  /** Wilcoxon's signed-rank test. */
  readonly signedRankP: number;
  /** Two one-sided t tests of "the difference is 1 % of the time before, or more". */
  readonly equivalenceP: number;
  /** Seeds in all that an interval of the saving of ± 1 % of the time before needs (Stein). */
  readonly seedsForOnePercent: number;
}

/** What an answer could be if seeds and numbers of the model were others, inside their ranges. */
export interface ComparisonUncertainty {
  /** `prices`: costs and latencies; sizes, the workload's rates and replacement stay nominal. */
  readonly varied: 'prices' | 'prices, sizes and workload';
  /** 95 %, of seeds and numbers together; the point is that of the nominal numbers. */
  readonly savingNs: Interval;
  readonly savingRatio: Interval;
  /** Share of the variance of the saving that seeds make; the numbers make the rest. */
  readonly seedShare: number;
  /** Whether the sign holds: `cannot tell` where it flips inside the plausible ranges. */
  readonly verdict: 'saves' | 'costs' | 'no difference' | 'cannot tell';
  readonly draws: number;
  /** As how many equally likely draws they count after the calibration has weighted them. */
  readonly effectiveDraws: number;
}

/** What one strategy does against the baseline, paired by seed. */
export interface Comparison {
  readonly baseline: string;
  readonly strategy: string;
  readonly unit: 'ns per round trip';
  readonly before: Interval;
  readonly after: Interval;
  /** before minus after: positive is a saving. Per round trip, that is per reflected (nested) exit. */
  readonly savingNs: Interval;
  /** 1 - after / before: 0.148 is 14.8 % less time. */
  readonly savingRatio: Interval;
  readonly seeds: number;
  readonly method: string;
  /** Absent with fewer than 2 or more than 1000 seeds, and in summaries of earlier versions. */
  readonly evidence?: PairedEvidence;
  /** Absent for cells without events, and for a machine that this version prices otherwise. */
  readonly uncertainty?: ComparisonUncertainty;
  /** Absent where every event of the scenario was seen, all but surely. */
  readonly unseen?: UnseenBound;
  readonly beforeP50Ns: number;
  readonly beforeP99Ns: number;
  readonly afterP50Ns: number;
  readonly afterP99Ns: number;
  readonly ledgerBefore: CyclesByCause;
  readonly ledgerAfter: CyclesByCause;
  readonly flushesPerTripBefore: number;
  readonly flushesPerTripAfter: number;
  readonly walksPerTripBefore: number;
  readonly walksPerTripAfter: number;
  /** Of the strategy, summed over seeds. */
  readonly staleHits: StaleHits;
  readonly baselineStaleHits: StaleHits;
}

export interface ExpectationOutcome {
  readonly text: string;
  readonly met: boolean;
  readonly detail: string;
}

/** What one round trip of a scenario is, in a sentence: `a <trip> <setup>`. */
export interface ScenarioWords {
  readonly trip: string;
  readonly setup: string;
  /** For a row of a table; absent: the id of the scenario. */
  readonly label?: string | undefined;
}

export interface ScenarioSummary {
  readonly id: string;
  readonly question: string;
  readonly words?: ScenarioWords;
  readonly machine: string;
  readonly frequencyGhz: number;
  readonly comparisons: readonly Comparison[];
  readonly expectations: readonly ExpectationOutcome[];
}

export interface ManifestStrategy {
  readonly id: string;
  readonly summary: string;
  /** Every behaviour key with its value. */
  readonly behaviour: Readonly<Record<string, string>>;
  readonly source: string;
}

export interface ManifestParameter extends Parameter {
  /** Dotted path inside the preset or scenario, for example `costs.flushAsidCycles`. */
  readonly path: string;
}

export interface ManifestMachine {
  readonly id: string;
  readonly name: string;
  readonly parameters: readonly ManifestParameter[];
}

export interface ManifestScenario {
  readonly id: string;
  readonly group: string;
  readonly question: string;
  /** Absent where the suite has none, and in older runs. */
  readonly words?: ScenarioWords;
  readonly expected: string;
  readonly suiteFile: string;
  readonly suiteSha256: string;
  /** Of the page trace beside the suite; absent where the suite names none. */
  readonly traceSha256?: string;
  /** Strategy to compare with; absent: the manifest's baseline. */
  readonly baseline?: string;
  /** Strategies that the suite names; absent in older runs. */
  readonly strategies?: readonly string[];
  /** The suite's expectations; absent: none. */
  readonly expect?: readonly Expectation[];
  /** Events that all seeds may have missed; absent: none. */
  readonly unseen?: readonly UnseenEvent[];
  /** Absent: the number of seeds was fixed. */
  readonly settled?: readonly SettledSeeds[];
  readonly parameters: readonly ManifestParameter[];
}

/** manifest.json: enough to run it again and to read the results without the suite. */
export interface Manifest {
  readonly schemaVersion: number;
  readonly version: string;
  readonly command: string;
  readonly seeds: { readonly first: number; readonly count: number };
  readonly scenarios: readonly ManifestScenario[];
  readonly machines: readonly ManifestMachine[];
  readonly strategies: readonly ManifestStrategy[];
  readonly baseline: string;
  /** The scenario whose published measurement the model was fitted to, and that measurement. */
  readonly calibratedOn: {
    readonly scenario: string;
    readonly machine: string;
    readonly measurement: string;
    readonly source: string;
  };
  /** What was fitted to the calibration measurement. */
  readonly calibration: readonly {
    readonly parameter: string;
    readonly prior: string;
    readonly fitted: string;
  }[];
}

/** Everything that a report shows; made from manifest.json and results.jsonl alone. */
export interface RunSummary {
  readonly manifest: Manifest;
  readonly scenarios: readonly ScenarioSummary[];
}
