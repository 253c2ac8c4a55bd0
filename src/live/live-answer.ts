import { mean } from 'simple-statistics';
import { CAUSE_IDS, type CyclesByCause } from '../cost/causes.ts';
import { KIND_IDS, Ledger } from '../cost/ledger.ts';
import { type CellPair, priceUncertainty } from '../run/price-uncertainty.ts';
import type { CellResult, ComparisonUncertainty, Interval } from '../run/results.ts';
import { type WholeSaving, widestSaving } from '../run/whole-saving.ts';
import { pairedSaving } from '../statistics/paired-saving.ts';
import { configFor } from '../suite/run-machine.ts';
import { eventsByKind, nanosecondsByKind, timeOf } from '../uncertainty/events.ts';
import { prngFor } from '../util/prng.ts';
import { LIVE_SEEDS, type LiveQuestion } from './live-question.ts';

/** Cells of one seed under both strategies; of their numbers those that no price changes are used. */
export type SeedPair = readonly [before: CellResult, after: CellResult];

/** One side of the comparison, as means over seeds. */
export interface LiveSide {
  readonly strategy: string;
  readonly meanNs: number;
  readonly roundTripsPerSecond: number;
  readonly hardwareFlushesPerTrip: number;
  readonly walksPerTrip: number;
  /** Of all seeds together. */
  readonly staleHits: number;
  readonly cyclesPerTrip: CyclesByCause;
}

/** What a state gives: the same numbers on a page and on the command line. All times are modelled. */
export interface LiveAnswer {
  readonly scenario: string;
  readonly machine: string;
  readonly machineName: string;
  readonly frequencyGhz: number;
  readonly seeds: number;
  readonly trips: { readonly warmUp: number; readonly measured: number };
  readonly before: LiveSide;
  readonly after: LiveSide;
  /** Per round trip, with 95 % over seeds; one seed is a point. */
  readonly savingNs: Interval;
  readonly savingRatio: Interval;
  /**
   * Over all that is known to be unknown, as every output says it: of the stored analysis where the question is that
   * of a suite, else over prices where they are the machine's own and all seeds are there, else over seeds.
   */
  readonly whole: WholeSaving;
  /** Seeds of the stored analysis that `whole` is of; absent where it is of these cells. */
  readonly storedSeeds?: number;
  /** At as many round trips per second as the baseline makes. */
  readonly savedMsPerSecond: number;
}

/** A shipped analysis of a scenario as its suite has it: with sizes and rates, which no page has the time to vary. */
export interface LiveAnalysis {
  readonly scenario: string;
  readonly machine: string;
  readonly baseline: string;
  readonly strategy: string;
  readonly seeds: number;
  readonly uncertainty: ComparisonUncertainty;
}

const NS_PER_SECOND = 1e9;
const MS_PER_SECOND = 1000;

/**
 * The answer of a question from its cells, priced at the question's prices: cells of other prices do as
 * well, since events don't depend on prices. Throws RangeError for cells without events.
 */
export function answerOf(
  question: LiveQuestion,
  pairs: readonly SeedPair[],
  analyses: readonly LiveAnalysis[],
): LiveAnswer {
  const { suite, machine } = question;
  const config = configFor(suite, machine);
  const price = nanosecondsByKind(config);
  const ledger = new Ledger(config.prices);
  const sides = [0, 1].map((at) => {
    const cells = pairs.map((pair) => pair[at]!);
    const times = cells.map((cell) => timeOf(eventsByKind(eventsOf(cell), cell.roundTrips), price));
    return { times, side: sideOf(cells, times, ledger) };
  });
  const [before, after] = [sides[0]!, sides[1]!];
  const stream = `intervals of ${suite.id} on ${machine.id}, ${question.strategy.id}, saving`;
  const { savingNs, savingRatio } = pairedSaving({
    before: before.times,
    after: after.times,
    nextUint32: prngFor(1, stream).nextUint32,
  });
  const comparison = { savingNs, savingRatio };
  const stored = analysisOf(question, analyses);
  const known =
    stored?.uncertainty ??
    pricesOf(
      question,
      comparison,
      pairs.map(([first, second], at) => ({
        // A cell that another price was asked of has its times; its events are the same.
        first: { ...first, meanNs: before.times[at]! },
        second: { ...second, meanNs: after.times[at]! },
      })),
    );
  const whole = widestSaving(comparison, known);
  return {
    scenario: suite.id,
    machine: machine.id,
    machineName: machine.name,
    frequencyGhz: config.frequencyGhz,
    seeds: pairs.length,
    trips: suite.trips,
    before: before.side,
    after: after.side,
    savingNs,
    savingRatio,
    whole,
    ...(stored === undefined ? {} : { storedSeeds: stored.seeds }),
    savedMsPerSecond: whole.ratio.point * MS_PER_SECOND,
  };
}

function analysisOf(
  { suite, machine, baseline, strategy, isUnchanged }: LiveQuestion,
  analyses: readonly LiveAnalysis[],
): LiveAnalysis | undefined {
  if (!isUnchanged) return undefined;
  return analyses.find(
    (each) =>
      each.scenario === suite.id &&
      each.machine === machine.id &&
      each.baseline === baseline.id &&
      each.strategy === strategy.id,
  );
}

/** Over prices, which can be varied for the cells that were run; undefined where a reader has chosen prices. */
function pricesOf(
  { suite, state: { walk, flush } }: LiveQuestion,
  comparison: Pick<LiveAnswer, 'savingNs' | 'savingRatio'>,
  pairs: readonly CellPair[],
): ComparisonUncertainty | undefined {
  if (walk !== 1 || flush !== 1 || pairs.length !== LIVE_SEEDS.count) return undefined;
  return priceUncertainty(comparison, pairs, suite.workload.kind === 'program');
}

function eventsOf({ events, strategy, seed }: CellResult) {
  if (events === undefined)
    throw new RangeError(`${strategy}, seed ${seed}: a cell without events`);
  return events;
}

function sideOf(cells: readonly CellResult[], times: readonly number[], ledger: Ledger): LiveSide {
  const meanNs = mean([...times]);
  const each = cells.map((cell) => {
    const events = eventsOf(cell);
    const counts = Float64Array.from(KIND_IDS, (id) => events[id] ?? 0);
    return { cycles: ledger.cyclesByCause(counts), roundTrips: cell.roundTrips };
  });
  const cyclesPerTrip = Object.fromEntries(
    CAUSE_IDS.map((id) => [
      id,
      mean(each.map(({ cycles, roundTrips }) => cycles[id] / roundTrips)),
    ]),
  ) as CyclesByCause;
  return {
    strategy: cells[0]!.strategy,
    meanNs,
    roundTripsPerSecond: NS_PER_SECOND / meanNs,
    hardwareFlushesPerTrip: mean(cells.map((cell) => cell.hardwareFlushesPerTrip)),
    walksPerTrip: mean(cells.map((cell) => cell.walksPerTrip)),
    staleHits: cells.reduce((sum, { staleHits: s }) => sum + s.host + s.crossVm + s.guest, 0),
    cyclesPerTrip,
  };
}
