import { type Cycles, cycles } from '../units/quantity.ts';
import { CAUSE_IDS, type CauseId, type CyclesByCause } from './causes.ts';

/** Where a page-table line was found, nearest first. */
export const LOCATIONS = ['L1d', 'L2', 'L3', 'Dram'] as const;

/** Causes that a page walk can have; the order is that of the ledger's rows. */
export const WALK_CAUSES = [
  'refillTlb',
  'refillWalkCache',
  'refillNestedTlb',
  'missCold',
  'missCapacity',
  'missInvalidated',
] as const satisfies readonly CauseId[];

interface ChargeKind {
  readonly id: string;
  readonly cause: CauseId;
}

const SIMPLE_KINDS = [
  { id: 'l0Instruction', cause: 'l0Instructions' },
  { id: 'l1Instruction', cause: 'l1Instructions' },
  { id: 'l2Instruction', cause: 'l2Instructions' },
  { id: 'worldSwitch', cause: 'worldSwitch' },
  { id: 'flushAsid', cause: 'flushInstruction' },
  { id: 'flushAll', cause: 'flushInstruction' },
  { id: 'invlpga', cause: 'flushInstruction' },
  { id: 'flushRequest', cause: 'flushRequest' },
  { id: 'syncInstruction', cause: 'mmuSync' },
  { id: 'invlpg', cause: 'guestFlush' },
  { id: 'movCr3', cause: 'guestFlush' },
  { id: 'remoteFlush', cause: 'remoteFlush' },
  { id: 'invlpgb', cause: 'remoteFlush' },
  { id: 'secondLevelHit', cause: 'secondLevelHit' },
] as const satisfies readonly ChargeKind[];

export type SimpleKindId = (typeof SIMPLE_KINDS)[number]['id'];

/** Index of each kind that is not part of a walk. */
export const KIND: Readonly<Record<SimpleKindId, number>> = Object.fromEntries(
  SIMPLE_KINDS.map((kind, index) => [kind.id, index]),
) as Record<SimpleKindId, number>;

/** First index of the walk kinds. A walk cause has one row: start, then one reference kind per location. */
export const WALK_KINDS = SIMPLE_KINDS.length;
export const WALK_ROW = 1 + LOCATIONS.length;
export const KIND_COUNT = WALK_KINDS + WALK_CAUSES.length * WALK_ROW;

const CAUSE_OF_KIND: readonly CauseId[] = [
  ...SIMPLE_KINDS.map((kind) => kind.cause),
  ...WALK_CAUSES.flatMap((cause) => Array.from({ length: WALK_ROW }, () => cause)),
];

/** Name of each kind by index: `worldSwitch`, `refillTlb.start`, `refillTlb.L2` and so on. */
export const KIND_IDS: readonly string[] = [
  ...SIMPLE_KINDS.map((kind) => kind.id),
  ...WALK_CAUSES.flatMap((cause) => [
    `${cause}.start`,
    ...LOCATIONS.map((location) => `${cause}.${location}`),
  ]),
];

/** Ticks of the modelled clock per cycle: prices are whole ticks, so sums of them are exact. */
export const TICKS_PER_CYCLE = 1_000_000;

/** Cycles per event, rounded to whole ticks. */
export interface PriceList {
  readonly simple: Readonly<Record<SimpleKindId, number>>;
  readonly walkStartCycles: number;
  /** One reference to a page-table line, by location in the order of LOCATIONS. */
  readonly walkReferenceCycles: readonly number[];
}

/** Whole ticks per event, by kind. */
export function priceTicks(prices: PriceList): Float64Array {
  const ticks = new Float64Array(KIND_COUNT);
  for (const kind of SIMPLE_KINDS) {
    ticks[KIND[kind.id]] = Math.round(prices.simple[kind.id] * TICKS_PER_CYCLE);
  }
  for (let walk = 0; walk < WALK_CAUSES.length; walk += 1) {
    const row = WALK_KINDS + walk * WALK_ROW;
    ticks[row] = Math.round(prices.walkStartCycles * TICKS_PER_CYCLE);
    for (let at = 0; at < LOCATIONS.length; at += 1) {
      ticks[row + 1 + at] = Math.round((prices.walkReferenceCycles[at] ?? 0) * TICKS_PER_CYCLE);
    }
  }
  return ticks;
}

/**
 * Counts what happened and advances the modelled clock by its price, in one call.
 * Prices are whole ticks: the sum over counts equals the clock exactly, up to 9 thousand million cycles.
 */
export class Ledger {
  readonly counts = new Float64Array(KIND_COUNT);
  private readonly priceTicks: Float64Array;
  private clockTicks = 0;

  constructor(prices: PriceList) {
    this.priceTicks = priceTicks(prices);
  }

  charge(kind: number, count: number): void {
    this.counts[kind]! += count;
    this.clockTicks += count * this.priceTicks[kind]!;
  }

  /** Modelled cycles since construction. */
  get cycles(): Cycles {
    return cycles(this.clockTicks / TICKS_PER_CYCLE);
  }

  /** Modelled ticks since construction; an integer. */
  get ticks(): number {
    return this.clockTicks;
  }

  /** Cycles by cause for a difference of counts (`counts` now minus `counts` then). */
  cyclesByCause(counts: Float64Array): CyclesByCause {
    const totals = Object.fromEntries(CAUSE_IDS.map((id) => [id, 0])) as Record<CauseId, number>;
    for (let kind = 0; kind < KIND_COUNT; kind += 1) {
      const cause = CAUSE_OF_KIND[kind]!;
      totals[cause] += counts[kind]! * this.priceTicks[kind]!;
    }
    for (const id of CAUSE_IDS) totals[id] /= TICKS_PER_CYCLE;
    return totals;
  }
}

/** Page walks among `counts`, of every cause. */
export function walksIn(counts: Float64Array): number {
  let walks = 0;
  for (let walk = 0; walk < WALK_CAUSES.length; walk += 1) {
    walks += counts[WALK_KINDS + walk * WALK_ROW]!;
  }
  return walks;
}

/** References to page-table lines among `counts`, of every cause and location. */
export function walkReferencesIn(counts: Float64Array): number {
  let references = 0;
  for (let walk = 0; walk < WALK_CAUSES.length; walk += 1) {
    const row = WALK_KINDS + walk * WALK_ROW;
    for (let at = 1; at < WALK_ROW; at += 1) references += counts[row + at]!;
  }
  return references;
}

/** VMRUNs that flushed, among `counts`. */
export function hardwareFlushesIn(counts: Float64Array): number {
  return counts[KIND.flushAsid]! + counts[KIND.flushAll]!;
}
