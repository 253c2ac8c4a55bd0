import type { CellResult, Interval } from '../run/results.ts';
import type {
  BreakEvenMap,
  SensitivityResult,
  UnknownEffect,
} from '../sensitivity/sensitivity-result.ts';
import { type HostSuite, withAvic } from './host-suite.ts';

/** What the series would save on a host that somebody has described. All times are modelled. */
export interface HostAnswer {
  readonly machine: string;
  readonly baseline: string;
  readonly strategy: string;
  readonly vcpus: number;
  readonly vcpusRun: number;
  readonly l2sPerVcpu: number;
  /** Exits of L2 that L1 handles. */
  readonly exitsPerSecond: { readonly perHost: number; readonly perVcpu: number };
  /** Each with 95 % of seeds and of everything that is unknown. */
  readonly savingNsPerExit: Interval;
  /** Of the time that vCPUs of L1 are not halted. */
  readonly savingOfBusyTime: Interval;
  /** Of all the time of all vCPUs of L1. */
  readonly savingOfAllTime: Interval;
  readonly coresPerHost: Interval;
  /** Where guests use AVIC: nanoseconds per exit, at the nominals. */
  readonly savingNsPerExitWithAvic: number;
  /** Those that explain most of the interval, at most two. */
  readonly unknowns: readonly UnknownEffect[];
  /** At the nominals. */
  readonly walksPerExit: BeforeAfter;
  readonly flushesPerTransition: BeforeAfter;
  readonly staleHits: number;
  /** Where the host lies on the map of its handlers of exits; null where it has no map. */
  readonly place: HostPlace | null;
}

/** What a vCPU of the host does, on the map of what it could do. */
export interface HostPlace {
  readonly map: BreakEvenMap;
  /** Of a vCPU while it is not halted. */
  readonly exitsPerSecond: number;
  /** 4 KiB pages that L2 comes back to. */
  readonly workingSetPages: number;
}

export interface BeforeAfter {
  readonly before: number;
  readonly after: number;
}

const NS_PER_SECOND = 1e9;
const SHOWN_UNKNOWNS = 2;

/**
 * The answer from cells of the whole host and from the analysis of one of its vCPUs. The point is that of all vCPUs; the
 * interval has the analysis' width around it.
 */
export function hostAnswer(
  host: HostSuite,
  cells: readonly CellResult[],
  analysis: SensitivityResult,
): HostAnswer {
  const { baseline, strategy } = analysis;
  const meanOf = (id: string, value: (cell: CellResult) => number): number => {
    const own = cells.filter((cell) => cell.strategy === id);
    return own.reduce((sum, cell) => sum + value(cell), 0) / own.length;
  };
  const time = (id: string): number => meanOf(id, ({ meanNs }) => meanNs);
  const savingNs = time(baseline) - time(strategy);
  const { savingNs: ofOne, savingRatio } = analysis.uncertainty;
  const savingNsPerExit = movedTo(savingNs, ofOne);
  const ofBusyTime = movedTo(savingNs / time(baseline), savingRatio);
  const { exitsPerSecond, vcpus, vcpusRun, document } = host;
  const cores = times(savingNsPerExit, exitsPerSecond / NS_PER_SECOND);
  const sides = (value: (cell: CellResult) => number): BeforeAfter => ({
    before: meanOf(baseline, value),
    after: meanOf(strategy, value),
  });
  return {
    machine: analysis.machine,
    baseline,
    strategy,
    vcpus,
    vcpusRun,
    l2sPerVcpu: document.fleet?.l2sPerVcpu ?? 1,
    exitsPerSecond: { perHost: exitsPerSecond, perVcpu: exitsPerSecond / vcpus },
    savingNsPerExit,
    savingOfBusyTime: withinReach(ofBusyTime, analysis.reached),
    savingOfAllTime: times(cores, 1 / vcpus),
    coresPerHost: cores,
    savingNsPerExitWithAvic: time(withAvic(baseline)) - time(withAvic(strategy)),
    unknowns: analysis.unknowns.slice(0, SHOWN_UNKNOWNS),
    walksPerExit: sides(({ walksPerTrip }) => walksPerTrip),
    flushesPerTransition: sides(({ hardwareFlushesPerTrip }) => hardwareFlushesPerTrip / 2),
    staleHits: cells
      .filter(({ strategy: id }) => id === strategy)
      .reduce((sum, { staleHits: s }) => sum + s.host + s.crossVm + s.guest, 0),
    place: placeOf(document, analysis.breakEven),
  };
}

/** A recorded program's working set is no number. */
function placeOf({ workload }: HostSuite['document'], map: BreakEvenMap | null): HostPlace | null {
  if (map === null || workload.kind !== 'program' || typeof workload.trace === 'string')
    return null;
  if (!('generated' in workload.trace)) return null;
  return {
    map,
    exitsPerSecond: workload.exitsPerSecond.nominal,
    workingSetPages: workload.trace.generated.hotPages.nominal,
  };
}

/** The interval around another point, as wide in proportion, or in absolute terms around nothing. */
function movedTo(point: number, { point: own, low, high }: Interval): Interval {
  if (own <= 0 || point <= 0) return { point, low: low - own + point, high: high - own + point };
  return { point, low: (low * point) / own, high: (high * point) / own };
}

/** A moved end counts for no more than what was run: of the one vCPU, or the point, which was run for all. */
function withinReach(
  { point, low, high }: Interval,
  reached: SensitivityResult['reached'],
): Interval {
  if (reached === undefined) return { point, low, high };
  return {
    point,
    low: Math.max(low, Math.min(reached.low, point)),
    high: Math.min(high, Math.max(reached.high, point)),
  };
}

function times({ point, low, high }: Interval, factor: number): Interval {
  return { point: point * factor, low: low * factor, high: high * factor };
}
