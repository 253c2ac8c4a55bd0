import { newArena, PAGE_BYTES } from './chase.ts';
import { type CpuidRate, measureCpuidRate, type NoCpuidRate } from './cpuid-rate.ts';
import { type Estimates, estimateFrom } from './estimate.ts';
import { coarseGrid, fineGrid, MOST_PAGES } from './grid.ts';
import { describeHost, type Host, hugePageBytes } from './host.ts';
import { measureRounds, type RoundLimits, type Samples } from './measure.ts';

/** Everything that one run of the probe measured on this host. Host time only, nothing modelled. */
export interface Probe {
  readonly host: Host;
  /** Share of the probe's memory that huge pages back; null where the kernel does not tell. */
  readonly hugePageShare: number | null;
  readonly samples: Samples;
  readonly estimates: Estimates;
  readonly cpuid: CpuidRate | NoCpuidRate;
}

const FIRST_LOOK: RoundLimits = { most: 6, least: 3, seconds: 2 };
const MEASUREMENT: RoundLimits = { most: 24, least: 5, seconds: 11 };

/**
 * Measures this host in less than 30 seconds: a first look on a coarse grid finds the knees, then
 * rounds over a grid that is fine around them. `say` hears what is being done.
 */
export function probeHost(say: (what: string) => void): Probe {
  const host = describeHost();
  const hugeBefore = hugePageBytes();
  const arena = newArena(MOST_PAGES);
  say('looking for steps');
  const look = estimateFrom(measureRounds(arena, coarseGrid(), FIRST_LOOK));
  const knees = look.knees.map((knee) => knee.reachPages.point);
  say('measuring around them');
  const samples = measureRounds(arena, fineGrid(knees), MEASUREMENT);
  const hugeAfter = hugePageBytes();
  say('counting CPUIDs');
  const cpuid = measureCpuidRate();
  return {
    host,
    hugePageShare:
      hugeBefore === null || hugeAfter === null
        ? null
        : (hugeAfter - hugeBefore) / (MOST_PAGES * PAGE_BYTES),
    samples,
    estimates: estimateFrom(samples),
    cpuid,
  };
}
