import { describe, expect, test } from 'vitest';
import { hardwareFlushesIn, KIND, walksIn } from '../../src/cost/ledger.ts';
import { type Strategy, withBehaviour } from '../../src/hypervisor/strategies.ts';
import { capturedTrips } from '../../src/workloads/captures.ts';
import { RoundTripRunner } from '../../src/workloads/round-trip.ts';
import type { WorldOptions } from '../../src/workloads/world.ts';
import { makeWorld, strategyOf } from './make-world.ts';

interface TripCounts {
  readonly vmruns: number;
  readonly flushes: number;
  readonly walks: number;
  readonly syncInstructions: number;
  readonly invlpgs: number;
  readonly l0: number;
  readonly l1: number;
  readonly l2: number;
}

/** Counts of each of `count` trips, in the captured order, again from the first after the last. */
function runTrips(
  strategy: Strategy,
  capture: string,
  exit: string,
  count: number,
  changes: Partial<WorldOptions> = {},
) {
  const world = makeWorld(strategy, changes);
  const captured = capturedTrips(capture, exit);
  const asks = () => ({ asid: 1, tlbControl: 0 });
  const runner = new RoundTripRunner(world.places[0]!, captured, { asks, runL2: null });
  world.reserve();
  runner.start(asks());
  const { ledger } = world;
  const each = Array.from({ length: count }, (_, at): TripCounts => {
    const before = ledger.counts.slice();
    runner.run(at % runner.tripCount);
    const added = ledger.counts.map((total, kind) => total - before[kind]!);
    return {
      vmruns: added[KIND.worldSwitch]!,
      flushes: hardwareFlushesIn(added),
      walks: walksIn(added),
      syncInstructions: added[KIND.syncInstruction]!,
      invlpgs: added[KIND.invlpg]!,
      l0: added[KIND.l0Instruction]!,
      l1: added[KIND.l1Instruction]!,
      l2: added[KIND.l2Instruction]!,
    };
  });
  return { each, staleHits: world.oracle.staleHits, steady: each.slice(count / 2) };
}

const KVM = strategyOf('kvm-6.14');
const RFC = strategyOf('rfc-2025-03');

function changed(strategy: Strategy, key: Parameters<typeof withBehaviour>[1], value: string) {
  const other = withBehaviour(strategy, key, value);
  if (other === undefined) throw new RangeError(`no ${key}=${value}`);
  return other;
}

describe('a CPUID round trip', () => {
  test('takes three VMRUNs, of which kvm-6.14 flushes with two', () => {
    for (const trip of runTrips(KVM, 'plug-c.cpuid', 'CPUID', 20).steady) {
      expect([trip.vmruns, trip.flushes]).toEqual([3, 2]);
    }
  });

  test('takes three VMRUNs, none flushing and no walk, once L2 has an ASID of its own', () => {
    for (const trip of runTrips(RFC, 'plug-c.cpuid', 'CPUID', 20).steady) {
      expect([trip.vmruns, trip.flushes, trip.walks]).toEqual([3, 0, 0]);
    }
  });

  test('flushes with every VMRUN under flush-always, and with none under ideal', () => {
    for (const trip of runTrips(strategyOf('flush-always'), 'plug-c.cpuid', 'CPUID', 20).steady) {
      expect([trip.vmruns, trip.flushes]).toEqual([3, 3]);
    }
    for (const trip of runTrips(strategyOf('ideal'), 'plug-c.cpuid', 'CPUID', 20).steady) {
      expect([trip.vmruns, trip.flushes]).toEqual([3, 0]);
    }
  });

  test('refills at most what L1 and L2 touch: the host is not flushed', () => {
    // 54 pages of L1 and 3 of L2 in 4K pages; L1's kernel in 2M pages needs fewer entries.
    for (const trip of runTrips(KVM, 'plug-c.cpuid', 'CPUID', 20).steady) {
      expect(trip.walks).toBeGreaterThan(3);
      expect(trip.walks).toBeLessThanOrEqual(57);
    }
  });

  test('charges the captured instructions, less what the strategy decides about', () => {
    // 56 and 23 instructions serve the requests of the two transitions, and 5 on each VMRUN look after
    // the generation of a dynamic ASID, which the RFC has none of.
    for (const [strategy, generation] of [[KVM, 0] as const, [RFC, 3 * 5] as const]) {
      for (const trip of runTrips(strategy, 'plug-c.cpuid', 'CPUID', 6).each) {
        expect([trip.l0, trip.l1, trip.l2]).toEqual([12_238 - 56 - 23 - generation, 1409, 21]);
      }
    }
  });

  test('still flushes twice under the RFC where CR4.PGE differs', () => {
    const { steady } = runTrips(RFC, 'plug-a.cpuid', 'CPUID', 20, { l2Cr4Pge: 'differs' });
    for (const trip of steady) expect(trip.flushes).toBe(2);
  });
});

describe('pages that L2 flushes itself', () => {
  test('are 64 INVLPGs a trip, which no strategy can save', () => {
    for (const strategy of [KVM, RFC, strategyOf('ideal')]) {
      const { steady, staleHits } = runTrips(strategy, 'plug-c.ptechurn64', 'CPUID', 16);
      for (const trip of steady) {
        expect(trip.invlpgs).toBe(64);
        expect(trip.walks).toBeGreaterThanOrEqual(64);
      }
      expect(staleHits).toEqual({ host: 0, crossVm: 0, guest: 0 });
    }
  });
});

describe('a fault on memory that L1 has taken back', () => {
  const TRIPS = 200;

  test('takes five VMRUNs under kvm-6.14, each with a sync', () => {
    const { steady, staleHits } = runTrips(KVM, 'plug-c.npf32', 'NPF', TRIPS);
    for (const trip of steady) {
      expect(trip.vmruns).toBe(5);
      expect(trip.syncInstructions).toBeGreaterThan(0);
    }
    expect(staleHits).toEqual({ host: 0, crossVm: 0, guest: 0 });
  });

  test("takes four under the RFC: L1's writes to its NPT trap once in 32, after a sync", () => {
    const { each } = runTrips(RFC, 'plug-c.npf32', 'NPF', TRIPS);
    const traps = each.flatMap((trip, at) => (trip.vmruns === 5 ? [at] : []));
    expect(each.every((trip) => trip.vmruns === 4 || trip.vmruns === 5)).toBe(true);
    const steady = traps.slice(1);
    expect(steady.length).toBeGreaterThanOrEqual(4);
    for (let at = 1; at < steady.length; at += 1) expect(steady[at]! - steady[at - 1]!).toBe(32);
  });

  test('asks for a flush once in 32 faults, with the VMRUN after MADV_DONTNEED', () => {
    const { each, staleHits } = runTrips(RFC, 'plug-c.npf32', 'NPF', TRIPS);
    const flushing = each.flatMap((trip, at) => (at > 0 && trip.flushes > 0 ? [at] : []));
    const syncing = each.flatMap((trip, at) => (at > 0 && trip.syncInstructions > 0 ? [at] : []));
    expect(syncing.length).toBeGreaterThanOrEqual(5);
    for (let at = 1; at < syncing.length; at += 1) expect(syncing[at]! - syncing[at - 1]!).toBe(32);
    expect(syncing.every((at) => flushing.includes(at))).toBe(true);
    expect(flushing.length).toBeLessThanOrEqual(2 * syncing.length);
    expect(staleHits).toEqual({ host: 0, crossVm: 0, guest: 0 });
  });

  test('is seen to be unsafe when L0 ignores what L1 asks for', () => {
    const deaf = changed(RFC, 'vmcb12TlbControl', 'ignored');
    const { staleHits } = runTrips(deaf, 'plug-c.npf32', 'NPF', TRIPS);
    expect(staleHits.guest).toBeGreaterThan(0);
    expect(staleHits.host + staleHits.crossVm).toBe(0);
  });

  test('costs the ideal no sync and no flush, and never shows it a stale entry', () => {
    const { each, staleHits } = runTrips(strategyOf('ideal'), 'plug-c.npf32', 'NPF', TRIPS);
    for (const trip of each) expect([trip.syncInstructions, trip.flushes]).toEqual([0, 0]);
    expect(staleHits).toEqual({ host: 0, crossVm: 0, guest: 0 });
  });
});

describe('one ASID for L1 and L2 without a flush between them', () => {
  test('is reported as unsafe: each uses what the other left', () => {
    const shared = changed(KVM, 'nestedTransition', 'as-needed');
    const { staleHits } = runTrips(shared, 'plug-c.cpuid', 'CPUID', 20);
    expect(staleHits.guest).toBeGreaterThan(0);
  });
});
