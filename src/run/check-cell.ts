import { CAUSE_IDS } from '../cost/causes.ts';
import { hardwareFlushesIn, KIND_IDS, Ledger, type PriceList, walksIn } from '../cost/ledger.ts';
import { ascending, quantileOfSorted } from '../statistics/quantile.ts';
import type { PlannedCell } from './executed-cell.ts';
import type { CellResult, Manifest } from './results.ts';

/** What is known of the cells of a run before one is read. */
export interface Expected {
  readonly scenarios: ReadonlySet<string>;
  readonly strategies: ReadonlySet<string>;
  /** GHz by machine. */
  readonly frequencyGhz: ReadonlyMap<string, number>;
  /** What its machine charges; null where cells of several machines are read. */
  readonly prices: PriceList | null;
}

/** The names and clocks of a run, by its manifest. */
export function expectedOf({ scenarios, strategies, machines }: Manifest): Expected {
  const clocks = machines.map(({ id, parameters }) => {
    const clock = parameters.find(({ path }) => path === 'frequencyGhz');
    return [id, clock?.value ?? Number.NaN] as const;
  });
  return {
    scenarios: new Set(scenarios.map(({ id }) => id)),
    strategies: new Set(strategies.map(({ id }) => id)),
    frequencyGhz: new Map(clocks),
    prices: null,
  };
}

/** The same of one cell that somebody else has computed. */
export function expectedOfCell({ suite, strategy, machineId, config }: PlannedCell): Expected {
  return {
    scenarios: new Set([suite.id]),
    strategies: new Set([strategy.id]),
    frequencyGhz: new Map([[machineId, config.frequencyGhz]]),
    prices: config.prices,
  };
}

/** Stored numbers are rounded to a thousandth. */
const ROUNDING = 0.0005;
/** Sums of a million doubles, and tinybench's clock, differ by less. */
const RELATIVE = 1e-9;

/**
 * What of a cell contradicts the rest of it, as the end of a sentence; null where everything agrees. A
 * result says most things twice: times as samples, mean and percentiles, cycles by cause as a sum and
 * as counted events. So a changed digit shows, and so does an invented result.
 */
export function contradictionIn(cell: CellResult, expected: Expected | null): string | null {
  return (
    (expected === null ? null : foreignName(cell, expected)) ??
    wrongTimes(cell) ??
    wrongCounts(cell) ??
    (expected === null ? null : wrongCycles(cell, expected))
  );
}

function foreignName(cell: CellResult, expected: Expected): string | null {
  const { scenario, strategy, machine } = cell;
  if (!expected.scenarios.has(scenario)) return `the run has no scenario "${scenario}"`;
  if (!expected.strategies.has(strategy)) return `the run has no strategy "${strategy}"`;
  return expected.frequencyGhz.has(machine) ? null : `the run has no machine "${machine}"`;
}

function isNear(one: number, other: number, tolerance: number): boolean {
  return Math.abs(one - other) <= tolerance + RELATIVE * Math.abs(other);
}

function wrongTimes({ roundTrips, meanNs, p50Ns, p99Ns, tripNs }: CellResult): string | null {
  if (tripNs.length !== roundTrips) {
    return `it has ${tripNs.length} samples in tripNs of ${roundTrips} round trips`;
  }
  const mean = tripNs.reduce((sum, ns) => sum + ns, 0) / roundTrips;
  if (!isNear(meanNs, mean, 2 * ROUNDING)) return 'meanNs is not the mean of tripNs';
  const sorted = ascending(tripNs);
  for (const [key, value, share] of [
    ['p50Ns', p50Ns, 0.5],
    ['p99Ns', p99Ns, 0.99],
  ] as const) {
    if (isNear(value, quantileOfSorted(sorted, share), 2 * ROUNDING)) continue;
    return `${key} is not that percentile of tripNs`;
  }
  return null;
}

function countsOf(events: Readonly<Record<string, number>>): Float64Array {
  return Float64Array.from(KIND_IDS, (id) => events[id] ?? 0);
}

function wrongCounts(cell: CellResult): string | null {
  const { events, roundTrips, hardwareFlushesPerTrip, walksPerTrip } = cell;
  if (events === undefined) return null;
  const unknown = Object.keys(events).find((id) => !KIND_IDS.includes(id));
  if (unknown !== undefined)
    return `it counts events "${unknown}", which this version does not know`;
  const counts = countsOf(events);
  if (hardwareFlushesPerTrip !== hardwareFlushesIn(counts) / roundTrips) {
    return 'hardwareFlushesPerTrip is not what its events say';
  }
  return walksPerTrip === walksIn(counts) / roundTrips
    ? null
    : 'walksPerTrip is not what its events say';
}

function wrongCycles(cell: CellResult, { frequencyGhz, prices }: Expected): string | null {
  const { cyclesPerTrip, meanNs, roundTrips, events, machine } = cell;
  const clock = frequencyGhz.get(machine)!;
  const sum = CAUSE_IDS.reduce((total, id) => total + cyclesPerTrip[id], 0);
  const tolerance = ROUNDING + (ROUNDING * CAUSE_IDS.length) / clock;
  if (!isNear(sum / clock, meanNs, tolerance)) {
    return `the sum of cyclesPerTrip at ${clock} GHz is not meanNs`;
  }
  if (prices === null) return null;
  if (events === undefined) return 'it has no events';
  const charged = new Ledger(prices).cyclesByCause(countsOf(events));
  const wrong = CAUSE_IDS.find(
    (id) => !isNear(cyclesPerTrip[id], charged[id] / roundTrips, 2 * ROUNDING),
  );
  return wrong === undefined ? null : `cyclesPerTrip.${wrong} is not what its events cost`;
}

/** Watches the order of a whole run's cells; each says what is wrong as the end of a sentence. */
export interface OrderCheck {
  readonly next: (cell: CellResult) => string | null;
  /** To be asked after the last cell. */
  readonly end: () => string | null;
}

/**
 * The order in which a run writes: each scenario, machine and strategy comes once, with seeds that count
 * up, and all strategies of a scenario have the same seeds. So a changed name or seed shows. Where seeds have
 * settled they come once more at most, with the seeds beyond the pilot.
 */
export function orderCheck({ scenarios }: Pick<Manifest, 'scenarios'>): OrderCheck {
  const pilots = new Map<string, number>(
    scenarios.flatMap(({ id, settled = [] }) =>
      settled.map(({ machine, pilot }) => [`${id} on ${machine}`, pilot] as const),
    ),
  );
  const done = new Set<string>();
  /** By scenario and machine: those of the baseline, which comes first. */
  const seedsOf = new Map<string, { readonly by: string; readonly first: number; last: number }>();
  let name = '';
  let place = '';
  let last = 0;
  const end = (): string | null => {
    const due = seedsOf.get(place)?.last ?? last;
    return last === due ? null : `the cells of ${name} end with seed ${last} instead of ${due}`;
  };
  const next = (cell: CellResult): string | null => {
    const { scenario, machine, strategy, seed } = cell;
    const here = `${scenario} on ${machine}`;
    const further = `${here} beyond the pilot`;
    const pilotEnd =
      (seedsOf.get(here)?.first ?? seed) + (pilots.get(here) ?? Number.POSITIVE_INFINITY);
    const isFurther = seed >= pilotEnd;
    const own = `${isFurther ? further : here}, ${strategy}`;
    const isNew = own !== name;
    if (isNew && done.has(own)) return `other cells than those of ${own} stand before it`;
    const trouble = isNew ? end() : null;
    if (trouble !== null) return trouble;
    if (isNew) {
      done.add(own);
      name = own;
      place = isFurther ? further : here;
      const first = isFurther ? pilotEnd : seed;
      if (!seedsOf.has(place)) seedsOf.set(place, { by: own, first, last: first });
    }
    const seeds = seedsOf.get(place)!;
    const due = isNew ? seeds.first : last + 1;
    if (seed !== due) return `its seed is ${seed} where ${due} is due`;
    last = seed;
    if (seeds.by === own) seeds.last = seed;
    return null;
  };
  return { next, end };
}

/** The cell with the keys that are known, in the order in which a run writes them. */
export function inOwnOrder(cell: CellResult): CellResult {
  const { events, staleHits } = cell;
  return {
    schemaVersion: cell.schemaVersion,
    cellId: cell.cellId,
    scenario: cell.scenario,
    machine: cell.machine,
    strategy: cell.strategy,
    seed: cell.seed,
    roundTrips: cell.roundTrips,
    meanNs: cell.meanNs,
    p50Ns: cell.p50Ns,
    p99Ns: cell.p99Ns,
    tripNs: cell.tripNs,
    cyclesPerTrip: cell.cyclesPerTrip,
    hardwareFlushesPerTrip: cell.hardwareFlushesPerTrip,
    walksPerTrip: cell.walksPerTrip,
    staleHits: { host: staleHits.host, crossVm: staleHits.crossVm, guest: staleHits.guest },
    ...(events === undefined ? {} : { events: knownEvents(events) }),
  };
}

function knownEvents(events: Readonly<Record<string, number>>): Record<string, number> {
  const known = KIND_IDS.filter((id) => (events[id] ?? 0) > 0);
  return Object.fromEntries(known.map((id) => [id, events[id]!]));
}
