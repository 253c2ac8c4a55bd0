import { mean } from 'simple-statistics';
import { CAUSE_IDS, type CyclesByCause } from '../cost/causes.ts';
import { INTERVAL_RESAMPLES, meanInterval, pairedSaving } from '../statistics/paired-saving.ts';
import { ascending, quantileOfSorted } from '../statistics/quantile.ts';
import { FEWEST_FOR_BOOTSTRAP } from '../statistics/studentized-interval.ts';
import { atLeastAround } from '../statistics/unseen.ts';
import { PROGRAM_PRICE } from '../uncertainty/unknowns.ts';
import { prngFor } from '../util/prng.ts';
import { UserError } from '../util/user-error.ts';
import { judgeExpectations } from './expectations.ts';
import { adjustedForFamily, pairedEvidence } from './paired-evidence.ts';
import { placeOf } from './place.ts';
import { type CellPair, priceUncertainty } from './price-uncertainty.ts';
import type {
  CellResult,
  Comparison,
  Interval,
  Manifest,
  ManifestMachine,
  ManifestScenario,
  RunSummary,
  ScenarioSummary,
  StaleHits,
  UnseenEvent,
} from './results.ts';
import { savingAround, savingShiftNs, uncertaintyAround, unseenShift } from './unseen-bound.ts';

/** Seed of the bootstrap. Fixed, so that the same results give the same report, byte for byte. */
const INTERVAL_SEED = 1;

/** Cells of one scenario on one machine, by strategy and then by seed. */
type CellsByStrategy = ReadonlyMap<string, ReadonlyMap<number, CellResult>>;

function groupByStrategy(cells: readonly CellResult[]): CellsByStrategy {
  const groups = new Map<string, Map<number, CellResult>>();
  for (const cell of cells) {
    const bySeed = groups.get(cell.strategy) ?? new Map<number, CellResult>();
    if (bySeed.has(cell.seed)) {
      throw new UserError(
        'input',
        `results of ${cell.scenario} on ${cell.machine}, ${cell.strategy}`,
        `seed ${cell.seed} stands twice`,
        'Merge parts of a run with "run --merge" instead of appending them',
      );
    }
    bySeed.set(cell.seed, cell);
    groups.set(cell.strategy, bySeed);
  }
  return groups;
}

function sumStaleHits(cells: readonly CellResult[]): StaleHits {
  const sum = { host: 0, crossVm: 0, guest: 0 };
  for (const { staleHits } of cells) {
    sum.host += staleHits.host;
    sum.crossVm += staleHits.crossVm;
    sum.guest += staleHits.guest;
  }
  return sum;
}

/** Every seed weighs the same, so the mean ledger still adds up to the mean time. */
function meanLedger(cells: readonly CellResult[]): CyclesByCause {
  const means: Partial<Record<keyof CyclesByCause, number>> = {};
  for (const cause of CAUSE_IDS)
    means[cause] = mean(cells.map((cell) => cell.cyclesPerTrip[cause]));
  return means as CyclesByCause;
}

function sideOf(cells: readonly CellResult[], stream: string, unseenNs: number) {
  const trips = ascending(cells.flatMap((cell) => cell.tripNs));
  const times = cells.map((cell) => cell.meanNs);
  return {
    times,
    interval: atLeastAround(
      meanInterval(times, prngFor(INTERVAL_SEED, stream).nextUint32),
      unseenNs,
    ),
    p50Ns: quantileOfSorted(trips, 0.5),
    p99Ns: quantileOfSorted(trips, 0.99),
    ledger: meanLedger(cells),
    flushesPerTrip: mean(cells.map((cell) => cell.hardwareFlushesPerTrip)),
    walksPerTrip: mean(cells.map((cell) => cell.walksPerTrip)),
    staleHits: sumStaleHits(cells),
  };
}

function methodText(seeds: number): string {
  if (seeds < 2) return 'one seed: points without intervals';
  return (
    `${seeds} seeds, paired by common random numbers; ` +
    (seeds < FEWEST_FOR_BOOTSTRAP
      ? "95 % by Student's t over seeds"
      : `95 % by Student's t or bootstrap-t over seeds (${INTERVAL_RESAMPLES} resamples), the wider`)
  );
}

/** What a comparison takes of its scenario. */
interface Context {
  readonly groups: CellsByStrategy;
  readonly isProgram: boolean;
  readonly unseen: readonly UnseenEvent[];
}

/** Cells of the same seeds, in the order of seeds. */
function pairsOf(
  before: ReadonlyMap<number, CellResult> | undefined,
  after: ReadonlyMap<number, CellResult> | undefined,
): readonly CellPair[] {
  return [...(before?.values() ?? [])]
    .sort((a, b) => a.seed - b.seed)
    .flatMap((first) => {
      const second = after?.get(first.seed);
      return second === undefined ? [] : [{ first, second }];
    });
}

/** Compares what both strategies ran; seeds that only one of them has are left out. */
function compare(
  baseline: string,
  strategy: string,
  { groups, isProgram, unseen }: Context,
): Comparison | undefined {
  const pairs = pairsOf(groups.get(baseline), groups.get(strategy));
  const example = pairs[0]?.first;
  if (example === undefined) return undefined;

  const sides = { before: baseline, after: strategy };
  // One seed has no interval that could be wider.
  const shift = unseenShift(pairs.length < 2 ? [] : unseen, example.machine, sides);
  const stream = `intervals of ${example.scenario} on ${example.machine}, ${strategy}`;
  const before = sideOf(
    pairs.map((pair) => pair.first),
    `${stream}, before`,
    shift.beforeNs,
  );
  const after = sideOf(
    pairs.map((pair) => pair.second),
    `${stream}, after`,
    shift.afterNs,
  );
  const seen = pairedSaving({
    before: before.times,
    after: after.times,
    nextUint32: prngFor(INTERVAL_SEED, `${stream}, saving`).nextUint32,
  });
  const saving = savingAround(seen, before.interval.point, shift);
  const evidence = pairedEvidence(
    before.times,
    after.times,
    prngFor(INTERVAL_SEED, `${stream}, tests`).nextUint32,
  );
  const uncertainty = priceUncertainty(seen, pairs, isProgram);
  return {
    baseline,
    strategy,
    unit: 'ns per round trip',
    before: before.interval,
    after: after.interval,
    savingNs: saving.savingNs,
    savingRatio: saving.savingRatio,
    seeds: pairs.length,
    method: methodText(pairs.length),
    ...(evidence === undefined ? {} : { evidence }),
    ...(uncertainty === undefined
      ? {}
      : { uncertainty: uncertaintyAround(uncertainty, seen, saving) }),
    ...(shift.events.length === 0
      ? {}
      : { unseen: { events: shift.events, savingNs: savingShiftNs(shift) } }),
    beforeP50Ns: before.p50Ns,
    beforeP99Ns: before.p99Ns,
    afterP50Ns: after.p50Ns,
    afterP99Ns: after.p99Ns,
    ledgerBefore: before.ledger,
    ledgerAfter: after.ledger,
    flushesPerTripBefore: before.flushesPerTrip,
    flushesPerTripAfter: after.flushesPerTrip,
    walksPerTripBefore: before.walksPerTrip,
    walksPerTripAfter: after.walksPerTrip,
    staleHits: after.staleHits,
    baselineStaleHits: before.staleHits,
  };
}

function frequencyOf(machine: ManifestMachine): number {
  const frequency = machine.parameters.find((parameter) => parameter.path === 'frequencyGhz');
  if (frequency === undefined) {
    throw new UserError(
      'input',
      `manifest.json, machine ${machine.id}`,
      'the parameter frequencyGhz is missing',
      'Run the suite again with this version',
    );
  }
  return frequency.value;
}

function summarizeScenario(
  manifest: Manifest,
  scenario: ManifestScenario,
  machine: ManifestMachine,
  cells: readonly CellResult[],
): ScenarioSummary {
  const groups = groupByStrategy(cells);
  const isProgram = scenario.parameters.some(({ path }) => path === PROGRAM_PRICE);
  const baseline = scenario.baseline ?? manifest.baseline;
  const unseen = scenario.unseen ?? [];
  const context = { groups, isProgram, unseen };
  const strategiesOfRun = manifest.strategies.map((strategy) => strategy.id);
  const comparisons = strategiesOfRun
    .filter((strategy) => strategy !== baseline)
    .flatMap((strategy) => compare(baseline, strategy, context) ?? []);
  const staleHits = new Map(
    [...groups].map(([strategy, bySeed]) => [strategy, sumStaleHits([...bySeed.values()])]),
  );
  return {
    id: scenario.id,
    question: scenario.question,
    ...(scenario.words === undefined ? {} : { words: scenario.words }),
    machine: machine.id,
    frequencyGhz: frequencyOf(machine),
    comparisons,
    expectations: judgeExpectations(scenario.expect ?? [], {
      comparisons,
      staleHits,
      strategiesOfRun,
      strategiesOfSuite: scenario.strategies ?? [],
      pairedSavingNs: (other, strategy) => {
        const saving = pairedSavingNs(groups, other, strategy);
        const shift = unseenShift(unseen, machine.id, { before: other, after: strategy });
        return saving && atLeastAround(saving, savingShiftNs(shift));
      },
    }),
  };
}

/** What a strategy saves against another one than the baseline, seed by seed. */
function pairedSavingNs(
  groups: CellsByStrategy,
  other: string,
  strategy: string,
): Interval | undefined {
  const pairs = [...(groups.get(other) ?? [])].flatMap(([seed, before]) => {
    const after = groups.get(strategy)?.get(seed);
    return after === undefined ? [] : [{ before: before.meanNs, after: after.meanNs }];
  });
  if (pairs.length < 2) return undefined;
  return pairedSaving({
    before: pairs.map((pair) => pair.before),
    after: pairs.map((pair) => pair.after),
    nextUint32: prngFor(INTERVAL_SEED, `intervals of ${strategy} against ${other}`).nextUint32,
  }).savingNs;
}

function refuseForeignCells(manifest: Manifest, cells: readonly CellResult[]): void {
  const known = {
    scenario: new Set(manifest.scenarios.map((scenario) => scenario.id)),
    machine: new Set(manifest.machines.map((machine) => machine.id)),
    strategy: new Set(manifest.strategies.map((strategy) => strategy.id)),
  };
  for (const cell of cells) {
    for (const kind of ['scenario', 'machine', 'strategy'] as const) {
      if (known[kind].has(cell[kind])) continue;
      throw new UserError(
        'input',
        `results, cell ${cell.cellId}`,
        `its ${kind} "${cell[kind]}" is not in the manifest`,
        'Use the manifest.json that was written with these results',
      );
    }
  }
}

/**
 * A summary that is made while cells come in, in memory for one scenario and machine at a time, and for those whose
 * seeds settle.
 */
export interface SummaryInProgress {
  readonly add: (cell: CellResult) => void;
  /** Says that a scenario is complete on a machine, and gives what it came to. */
  readonly close: (scenario: string, machine: string) => ScenarioSummary;
  readonly finish: () => RunSummary;
}

/**
 * Starts a summary of cells that come in the order of a plan: those of one scenario and machine
 * together, unless its seeds settle: then the rest may come later. Scenarios, machines and strategies come out in the order of the manifest; a scenario and
 * machine without cells is left out. Pure: the bootstrap draws from a fixed seed per scenario, machine
 * and strategy. Throws UserError('input') for cells that the manifest does not know, or that stand
 * twice.
 */
export function startSummary(manifest: Manifest): SummaryInProgress {
  const finished = new Map<string, ScenarioSummary>();
  const open = new Map<string, CellResult[]>();
  const settling = new Set(
    manifest.scenarios.flatMap(({ id, settled = [] }) =>
      settled.map(({ machine }) => placeOf(id, machine)),
    ),
  );
  let latest = '';
  const closePlace = (key: string): ScenarioSummary => {
    const cells = open.get(key)!;
    const [first] = cells;
    refuseForeignCells(manifest, cells);
    const scenario = manifest.scenarios.find((each) => each.id === first!.scenario)!;
    const machine = manifest.machines.find((each) => each.id === first!.machine)!;
    const summary = summarizeScenario(manifest, scenario, machine, cells);
    finished.set(key, summary);
    open.delete(key);
    return summary;
  };
  return {
    add: (cell) => {
      const key = placeOf(cell.scenario, cell.machine);
      if (key !== latest && open.has(latest) && !settling.has(latest)) closePlace(latest);
      if (finished.has(key)) throw new RangeError(`cells of ${key} come in two places`);
      latest = key;
      const cells = open.get(key) ?? [];
      cells.push(cell);
      open.set(key, cells);
    },
    close: (scenario, machine) => closePlace(placeOf(scenario, machine)),
    finish: () => {
      for (const key of [...open.keys()]) closePlace(key);
      const scenarios = manifest.scenarios.flatMap((scenario) =>
        manifest.machines.flatMap(
          (machine) => finished.get(placeOf(scenario.id, machine.id)) ?? [],
        ),
      );
      return { manifest, scenarios: adjustedForFamily(scenarios) };
    },
  };
}

/** The summary of cells in any order; see `startSummary`. */
export function summarize(manifest: Manifest, cells: readonly CellResult[]): RunSummary {
  const groups = new Map<string, CellResult[]>();
  for (const cell of cells) {
    const key = placeOf(cell.scenario, cell.machine);
    const group = groups.get(key) ?? [];
    group.push(cell);
    groups.set(key, group);
  }
  const summary = startSummary(manifest);
  for (const group of groups.values()) for (const cell of group) summary.add(cell);
  return summary.finish();
}
