import { estimateFrom } from '../../src/probe/estimate.ts';
import { coarseGrid, fineGrid } from '../../src/probe/grid.ts';
import type { Host } from '../../src/probe/host.ts';
import type { Samples } from '../../src/probe/measure.ts';
import type { Probe } from '../../src/probe/probe.ts';
import { hostNanoseconds } from '../../src/units/quantity.ts';
import { prngFor } from '../../src/util/prng.ts';

export const GENOA_VM: Host = {
  modelName: 'AMD EPYC',
  vendor: 'AMD',
  family: 25,
  model: 17,
  stepping: 1,
  isVirtualMachine: true,
  transparentHugePages: 'madvise',
  node: 'v22.0.0',
};

export const CLOCK_GHZ = 4;
const ROUNDS = 12;
const LOAD_NS = 1.5;

/** Translation of a machine with 64 and 2,048 entries: 0, 2 and 20 ns. */
export function twoSteps(pages: number): number {
  if (pages <= 64) return 0;
  return pages <= 2048 ? 2 : 20;
}

/** Samples of a host whose translation takes `costNs`, each disturbed by up to `noiseNs`. */
export function makeSamples(
  costNs: (pages: number) => number,
  noiseNs: number,
  grid: readonly number[] = fineGrid([64, 2048]),
): Samples {
  const noise = prngFor(1, 'noise of a made-up host');
  const rounds = Array.from({ length: ROUNDS }, (_, round) => round);
  const disturbed = (ns: number) => hostNanoseconds(ns + noise.nextFloat() * noiseNs);
  return {
    clockGhz: rounds.map(() => CLOCK_GHZ),
    byPages: grid.map((pages) => ({
      pages,
      spread: rounds.map(() => disturbed(LOAD_NS + costNs(pages))),
      packed: rounds.map(() => disturbed(LOAD_NS)),
    })),
  };
}

export function makeProbe(
  costNs: (pages: number) => number = twoSteps,
  host: Host = GENOA_VM,
  grid: readonly number[] = coarseGrid(),
): Probe {
  const samples = makeSamples(costNs, 0, grid);
  return {
    host,
    hugePageShare: 0,
    samples,
    estimates: estimateFrom(samples),
    cpuid: {
      perSecond: { point: 260_000, low: 250_000, high: 270_000 },
      samplesPerSecond: [250_000, 260_000, 270_000],
      compiler: 'cc',
      hypervisor: 'KVMKVMKVM',
    },
  };
}
