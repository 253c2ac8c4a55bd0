import { KIND_COUNT, KIND_IDS, priceTicks, TICKS_PER_CYCLE } from '../cost/ledger.ts';
import { type MachineConfig, pricesOf } from '../hardware/machine-config.ts';
import type { MachinePreset } from '../hardware/machine-preset.ts';

/** What an event costs on a machine is told by these. */
export type PricedMachine = Pick<MachineConfig, 'frequencyGhz' | 'prices'>;

/** Events per round trip by kind of the ledger; or their price in nanoseconds each. */
export type ByKind = Float64Array;

/** Events per round trip from counts by the kind's name. */
export function eventsByKind(events: Readonly<Record<string, number>>, roundTrips: number): ByKind {
  return Float64Array.from(KIND_IDS, (id) => (events[id] ?? 0) / roundTrips);
}

export function meanEvents(all: readonly ByKind[]): ByKind {
  const mean = new Float64Array(KIND_COUNT);
  for (const events of all) {
    for (let kind = 0; kind < KIND_COUNT; kind++) mean[kind]! += events[kind]! / all.length;
  }
  return mean;
}

/** Nanoseconds of one event of each kind, rounded to ticks as a run does. */
export function nanosecondsByKind({ prices, frequencyGhz }: PricedMachine): ByKind {
  const ticksPerNs = TICKS_PER_CYCLE * frequencyGhz;
  return priceTicks(prices).map((ticks) => ticks / ticksPerNs);
}

/** What time needs of a machine; all of a `MachineConfig` costs much more to make. */
export function pricedMachine(preset: MachinePreset): PricedMachine {
  return { frequencyGhz: preset.frequencyGhz.value, prices: pricesOf(preset) };
}

/** What events cost at some prices: nanoseconds per round trip. */
export function timeOf(events: ByKind, prices: ByKind): number {
  let time = 0;
  for (let kind = 0; kind < KIND_COUNT; kind++) time += events[kind]! * prices[kind]!;
  return time;
}
