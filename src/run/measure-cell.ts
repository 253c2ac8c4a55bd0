import type { CauseId } from '../cost/causes.ts';
import { hardwareFlushesIn, KIND_IDS, type Ledger, walksIn } from '../cost/ledger.ts';
import type { MachineConfig } from '../hardware/machine-config.ts';
import type { Oracle } from '../oracle/oracle.ts';
import type { Suite } from '../suite/suite.ts';
import { RESULTS_SCHEMA_VERSION } from '../suite/version.ts';
import { measureModelled } from './modelled-clock.ts';
import type { CellResult } from './results.ts';

const NS_DECIMALS = 1000;

function round(value: number): number {
  return Math.round(value * NS_DECIMALS) / NS_DECIMALS;
}

function eventsByKind(counts: Float64Array): Record<string, number> {
  const named = KIND_IDS.map((id, kind) => [id, counts[kind]!] as const);
  return Object.fromEntries(named.filter(([, count]) => count > 0));
}

/** What names a result. */
interface NamedCell {
  readonly cellId: string;
  readonly suite: Suite;
  readonly machineId: string;
  readonly config: MachineConfig;
  readonly strategy: { readonly id: string };
  readonly seed: number;
}

/** What a cell runs in, as far as measuring needs it. */
interface MeasuredWorld {
  readonly ledger: Ledger;
  readonly oracle: Oracle;
}

/** Warms a world up and measures its round trips. */
export function measureCell(
  cell: NamedCell,
  { ledger, oracle }: MeasuredWorld,
  nextTrip: () => void,
): CellResult {
  const { suite, config } = cell;
  for (let trip = 0; trip < suite.trips.warmUp; trip += 1) nextTrip();
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
    strategy: cell.strategy.id,
    seed: cell.seed,
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
