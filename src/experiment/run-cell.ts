import type { CauseId } from '../cost/causes.ts';
import { hardwareFlushesIn, KIND_IDS, walksIn } from '../cost/ledger.ts';
import type { MachineConfig } from '../hardware/machine-config.ts';
import type { Strategy } from '../hypervisor/strategies.ts';
import { World, type WorldOptions } from '../workloads/world.ts';
import { measureModelled } from './modelled-clock.ts';
import { prepareWorkload, sizesOfCaptures } from './prepare-workload.ts';
import { type CellResult, RESULTS_SCHEMA_VERSION } from './results.ts';
import type { Suite } from './suite.ts';

/** One result to be made: a scenario on a machine under a strategy with a seed. */
export interface Cell {
  readonly cellId: string;
  readonly suite: Suite;
  readonly machineId: string;
  readonly config: MachineConfig;
  readonly strategy: Strategy;
  readonly seed: number;
}

const NS_DECIMALS = 1000;

function round(value: number): number {
  return Math.round(value * NS_DECIMALS) / NS_DECIMALS;
}

function eventsByKind(counts: Float64Array): Record<string, number> {
  const named = KIND_IDS.map((id, kind) => [id, counts[kind]!] as const);
  return Object.fromEntries(named.filter(([, count]) => count > 0));
}

/** The world of a cell, before anything runs in it. */
export function worldOptions({ suite, config, strategy, seed }: Cell): WorldOptions {
  return {
    config,
    behaviour: strategy.behaviour,
    paging: suite.paging,
    pageSizes: suite.pageSizes,
    ...(suite.pageSizes.captured === true ? { sizeOf: sizesOfCaptures(suite) } : {}),
    l2Cr4Pge: suite.l2Cr4Pge,
    seed,
    ...(suite.fleet === undefined ? {} : { fleet: suite.fleet }),
  };
}

/** The wiring: builds the world, warms it up, measures the round trips. Pure: same cell, same result. */
export function runCell(cell: Cell): CellResult {
  const { suite, config, strategy, seed } = cell;
  const world = new World(worldOptions(cell));
  const nextTrip = prepareWorkload(cell, world);
  for (let trip = 0; trip < suite.trips.warmUp; trip += 1) nextTrip();
  const { ledger, oracle } = world;
  const before = ledger.counts.slice();
  const measured = suite.trips.measured;
  const { samplesNs, distribution } = measureModelled(
    () => ledger.ticks,
    config.frequencyGhz,
    measured,
    nextTrip,
  );
  const counts = ledger.counts.map((count, kind) => count - before[kind]!);
  const cycles = Object.entries(ledger.cyclesByCause(counts)) as [CauseId, number][];
  const perTrip = Object.fromEntries(cycles.map(([id, sum]) => [id, round(sum / measured)]));
  return {
    schemaVersion: RESULTS_SCHEMA_VERSION,
    cellId: cell.cellId,
    scenario: suite.id,
    machine: cell.machineId,
    strategy: strategy.id,
    seed,
    roundTrips: measured,
    meanNs: round(samplesNs.reduce((sum, ns) => sum + ns, 0) / measured),
    p50Ns: round(distribution.p50Ns),
    p99Ns: round(distribution.p99Ns),
    tripNs: samplesNs.map(round),
    cyclesPerTrip: perTrip as Record<CauseId, number>,
    hardwareFlushesPerTrip: hardwareFlushesIn(counts) / measured,
    walksPerTrip: walksIn(counts) / measured,
    staleHits: { ...oracle.staleHits },
    events: eventsByKind(counts),
  };
}
