import { priceTicks, TICKS_PER_CYCLE, WALK_KINDS } from '../cost/ledger.ts';
import { isRare } from '../statistics/unseen.ts';
import type { Cell } from '../suite/cell.ts';
import type { Suite } from '../suite/suite.ts';
import { EVENT_KINDS, type EventKind } from '../workloads/events.ts';
import { World } from '../workloads/world.ts';
import { eventRatesOf, prepareWorkload } from './prepare-workload.ts';
import type { UnseenEvent } from './results.ts';
import { worldOptions } from './run-cell.ts';

/** Chance that a round trip has one event more than the others, or one fewer, by kind. */
function chancesOf(suite: Suite): readonly (readonly [EventKind, number])[] {
  const rates = eventRatesOf(suite);
  return EVENT_KINDS.flatMap((kind) => {
    const rate = rates[kind] ?? 0;
    const share = rate - Math.floor(rate);
    const chance = Math.min(share, 1 - share);
    return chance > 0 ? [[kind, chance] as const] : [];
  });
}

/** Whether `fewer` seeds of a suite may miss an event that `more` of them see, all but surely. */
export function missesMore(suite: Suite, fewer: number, more: number): boolean {
  const { measured } = suite.trips;
  return chancesOf(suite).some(
    ([, chance]) => isRare(chance, fewer * measured) && !isRare(chance, more * measured),
  );
}

/** The same cell with the whole part of an event's rate in each round trip, and so many `more`. */
function withRate(cell: Cell, kind: EventKind, more: number): Cell {
  const { suite } = cell;
  const rate = suite.events?.[kind];
  if (rate === undefined) throw new RangeError(`${suite.id} has no ${kind}`);
  const nominal = Math.floor(eventRatesOf(suite)[kind] ?? 0) + more;
  const events = { ...suite.events, [kind]: { ...rate, nominal, unit: 'ratio' as const } };
  return { ...cell, suite: { ...suite, events } };
}

interface Costs {
  /** Modelled nanoseconds of a measured round trip. */
  readonly meanNs: number;
  /** By how much the walks from the start to the end of warm-up are dearer than those of as many trips later. */
  readonly startNs: number;
}

/** Runs a cell once for what its trips cost and what it costs to begin with nothing in any cache. */
function costsOf(cell: Cell): Costs {
  const { suite, config } = cell;
  const { warmUp, measured } = suite.trips;
  const world = new World(worldOptions(cell));
  const nextTrip = prepareWorkload(cell, world);
  const ticks = priceTicks(config.prices);
  const walkNs = (counts: Float64Array): number => {
    let sum = 0;
    for (let kind = WALK_KINDS; kind < counts.length; kind += 1)
      sum += counts[kind]! * ticks[kind]!;
    return sum / TICKS_PER_CYCLE / config.frequencyGhz;
  };
  for (let trip = 0; trip < warmUp; trip += 1) nextTrip();
  const atStart = walkNs(world.ledger.counts);
  const from = world.ledger.cycles;
  for (let trip = 0; trip < measured; trip += 1) nextTrip();
  const perTrip = (walkNs(world.ledger.counts) - atStart) / measured;
  return {
    meanNs: (world.ledger.cycles - from) / config.frequencyGhz / measured,
    startNs: Math.max(0, atStart - warmUp * perTrip),
  };
}

/**
 * Events of a cell's suite that `seeds` seeds may have missed, or all but missed, with a
 * bound on what one of them changes. It may take away no more than everything that is cached, and the
 * start of a run costs what beginning without anything costs; what it costs by itself shows when every
 * round trip has one more. An event that changes nothing at all in every round trip is left out.
 * Pure: the cell's seed decides.
 */
export function unseenEvents(cell: Cell, seeds: number): readonly UnseenEvent[] {
  const { suite, machineId, strategy } = cell;
  const trials = seeds * suite.trips.measured;
  const unseen = chancesOf(suite).filter(([, chance]) => isRare(chance, trials));
  return unseen.flatMap(([event, perRoundTrip]) => {
    const without = costsOf(withRate(cell, event, 0));
    const withEach = costsOf(withRate(cell, event, 1));
    const own = Math.abs(withEach.meanNs - without.meanNs);
    if (own === 0) return [];
    const mostNs = Math.ceil(own + without.startNs);
    return [{ event, machine: machineId, strategy: strategy.id, perRoundTrip, mostNs }];
  });
}
