import type { Prng } from '../util/prng.ts';
import { prngFor } from '../util/prng.ts';

/** What can happen beside round trips. Rates are events per round trip of a vCPU. */
export const EVENTS = {
  l2Switches: 'At its VMRUN L1 runs another L2 of the vCPU.',
  vcpuSwitches: 'Another vCPU of the same pCPU runs next.',
  migrations: 'The vCPU goes on on another pCPU.',
  hostUnmaps: 'The host takes a page back from the L1 that runs.',
  l2Cr3Writes: 'L2 writes CR3 without keeping entries.',
  l2Invlpgs: 'L2 changes a page-table entry and flushes it by INVLPG.',
  l1Flushes: 'L1 asks for a flush of L2 by TLB_CONTROL.',
  l1FlushAlls: 'L1 asks for a flush of all ASIDs by TLB_CONTROL.',
  l1Invlpgas: 'L1 flushes a page of L2 by INVLPGA.',
  asid12Changes: 'L1 gives L2 another ASID instead of flushing it.',
  hyperVFlushes: 'L2 asks L0 for the flush of a page by a Hyper-V hypercall.',
  guestBroadcasts: 'L1 flushes a page on all of its vCPUs, by INVLPGB or by interrupts.',
} as const;

export type EventKind = keyof typeof EVENTS;
export type EventRates = Readonly<Partial<Record<EventKind, number>>>;
export const EVENT_KINDS = Object.keys(EVENTS) as readonly EventKind[];
/** Those that guests without guests have; `guestBroadcasts` only they have. */
export const L1_EVENTS: readonly EventKind[] = [
  'vcpuSwitches',
  'migrations',
  'hostUnmaps',
  'guestBroadcasts',
];

/**
 * Draws how many events of a kind fall into a round trip: the whole part of the rate always, one more
 * with the probability that is left. Each kind has its own stream of the seed, so that no strategy
 * and no other kind shifts it.
 */
export class EventDraws {
  private readonly rates: EventRates;
  private readonly streams: Readonly<Record<EventKind, Prng>>;

  constructor(rates: EventRates, seed: number) {
    this.rates = rates;
    this.streams = Object.fromEntries(
      EVENT_KINDS.map((kind) => [kind, prngFor(seed, `events: ${kind}`)]),
    ) as Record<EventKind, Prng>;
  }

  count(kind: EventKind): number {
    const rate = this.rates[kind];
    if (rate === undefined || rate === 0) return 0;
    const whole = Math.floor(rate);
    return whole + (this.streams[kind].nextFloat() < rate - whole ? 1 : 0);
  }

  /** Which of several an event concerns. */
  choose(kind: EventKind, many: number): number {
    return this.streams[kind].nextInt(many);
  }
}
