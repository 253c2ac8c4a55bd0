import type { CauseId } from '../cost/causes.ts';
import { hardwareFlushesIn, KIND_IDS, walksIn } from '../cost/ledger.ts';
import type { MachineConfig } from '../hardware/machine-config.ts';
import type { Strategy } from '../hypervisor/strategies.ts';
import { prngFor } from '../util/prng.ts';
import {
  askedFlushShare,
  capturedL0Exits,
  capturedTrips,
  pageTrace,
  shippedTracePath,
} from '../workloads/captures.ts';
import { L0Exits } from '../workloads/l0-exits.ts';
import { instructionsBetweenExits, ProgramInL2 } from '../workloads/program.ts';
import { type PreparedTrip, RoundTripRunner } from '../workloads/round-trip.ts';
import { World } from '../workloads/world.ts';
import { measureModelled } from './modelled-clock.ts';
import { type CellResult, RESULTS_SCHEMA_VERSION } from './results.ts';
import type { ProgramWorkload, Suite, Workload } from './suite.ts';

/** One result to be made: a scenario on a machine under a strategy with a seed. */
export interface Cell {
  readonly cellId: string;
  readonly suite: Suite;
  readonly machineId: string;
  readonly config: MachineConfig;
  readonly strategy: Strategy;
  readonly seed: number;
}

/** One round trip after another, of the workload's own choosing. */
type NextTrip = () => void;

function capturesOf(workload: Workload) {
  return workload.kind === 'captured-trips'
    ? [{ capture: workload.capture, reflectedExit: workload.reflectedExit, weight: 1 }]
    : workload.handlers;
}

/** The file of the page trace that a suite runs as L2. */
export function tracePath(suite: Suite, { trace }: ProgramWorkload): string {
  if (typeof trace === 'string') return shippedTracePath(trace);
  if (suite.traceFile === undefined) throw new Error(`${suite.id} was not loaded from a file`);
  return suite.traceFile.path;
}

/** Index drawn by weight. */
function drawIndex(weights: readonly number[], total: number, draw: number): number {
  let rest = draw * total;
  for (let index = 0; index < weights.length; index += 1) {
    rest -= weights[index]!;
    if (rest < 0) return index;
  }
  return weights.length - 1;
}

/** Null: the captured handlers keep the exits that L0 handled by itself. */
function exitsHandledByL0(cell: Cell, world: World): L0Exits | null {
  const { workload } = cell.suite;
  if (workload.kind !== 'program' || workload.handledByL0 === undefined) return null;
  const rates = workload.handledByL0.map(({ from, exit, capture, perRoundTrip }) => ({
    from,
    captured: capturedL0Exits(capture, exit, from),
    perRoundTrip: perRoundTrip.nominal,
  }));
  return new L0Exits(world, rates, prngFor(cell.seed, 'exits that L0 handles'));
}

function prepareWorkload(cell: Cell, world: World): NextTrip {
  const { workload } = cell.suite;
  const { seed } = cell;
  const asksPrng = prngFor(seed, 'flushes that L1 asks for');
  const share =
    workload.kind === 'program' && workload.l1Asks !== undefined
      ? askedFlushShare(workload.l1Asks)
      : 0;
  const asks = () => asksPrng.nextFloat() < share;
  const handlers = capturesOf(workload);
  const runners: { runner: RoundTripRunner; trips: readonly PreparedTrip[] }[] = [];
  for (const { capture, reflectedExit } of handlers) {
    const captured = capturedTrips(capture, reflectedExit);
    const runner = new RoundTripRunner(world, captured, asks);
    const trips = runner.prepare(captured);
    runners.push({ runner, trips });
  }
  let runL2: (() => void) | null = null;
  if (workload.kind === 'program') {
    const mean = instructionsBetweenExits(
      workload.exitsPerSecond.nominal,
      cell.config.frequencyGhz,
    );
    const trace = pageTrace(tracePath(cell.suite, workload));
    const program = new ProgramInL2(world, trace, mean, prngFor(seed, 'exits of the program'));
    runL2 = () => program.runSlice();
  }
  const l0Exits = exitsHandledByL0(cell, world);
  world.reserve();
  runners[0]!.runner.start();
  const weights = handlers.map((handler) => handler.weight);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const order = prngFor(seed, 'order of trips');
  return () => {
    const { runner, trips } = runners[drawIndex(weights, total, order.nextFloat())]!;
    runner.run(trips[order.nextInt(trips.length)]!, runL2, l0Exits);
  };
}

const NS_DECIMALS = 1000;

function round(value: number): number {
  return Math.round(value * NS_DECIMALS) / NS_DECIMALS;
}

function eventsByKind(counts: Float64Array): Record<string, number> {
  const named = KIND_IDS.map((id, kind) => [id, counts[kind]!] as const);
  return Object.fromEntries(named.filter(([, count]) => count > 0));
}

/** The wiring: builds the world, warms it up, measures the round trips. Pure: same cell, same result. */
export function runCell(cell: Cell): CellResult {
  const { suite, config, strategy, seed } = cell;
  const world = new World({
    config,
    behaviour: strategy.behaviour,
    paging: suite.paging,
    pageSizes: suite.pageSizes,
    l2Cr4Pge: suite.l2Cr4Pge,
    seed,
  });
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
