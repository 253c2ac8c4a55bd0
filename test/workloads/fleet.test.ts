import { describe, expect, test } from 'vitest';
import { hardwareFlushesIn } from '../../src/cost/ledger.ts';
import { capturedTrips } from '../../src/workloads/captures.ts';
import type { EventRates } from '../../src/workloads/events.ts';
import { L1Traffic } from '../../src/workloads/l1-traffic.ts';
import { Traffic } from '../../src/workloads/traffic.ts';
import type { Fleet } from '../../src/workloads/world-memory.ts';
import { makeWorld, strategyOf } from './make-world.ts';

const ALONE: Fleet = { l1s: 1, vcpusPerL1: 1, l2sPerVcpu: 1, l2sShareMemory: false, pcpus: 1 };

/** Flushes per round trip and stale hits after settling, under a strategy. */
function drive(strategy: string, fleet: Partial<Fleet>, rates: EventRates, trips = 300) {
  const world = makeWorld(strategyOf(strategy), { fleet: { ...ALONE, ...fleet } });
  const handlers = [{ captured: capturedTrips('plug-c.cpuid', 'CPUID'), weight: 1 }];
  const traffic = new Traffic(
    world,
    {
      handlers,
      program: null,
      askedShare: 0,
      handledByL0: null,
      rates,
      placement: 'spread',
      hyperV: rates.hyperVFlushes !== undefined,
    },
    1,
  );
  world.reserve();
  traffic.start();
  for (let trip = 0; trip < 40; trip += 1) traffic.next();
  const before = hardwareFlushesIn(world.ledger.counts);
  for (let trip = 0; trip < trips; trip += 1) traffic.next();
  const flushes = (hardwareFlushesIn(world.ledger.counts) - before) / trips;
  return { flushes, stale: world.oracle.staleHits };
}

const NONE = { host: 0, crossVm: 0, guest: 0 };

describe('two L2s on one vCPU of L1', () => {
  const switching = { l2Switches: 1 };
  const two = { l2sPerVcpu: 2 };

  test('cost a single L2 ASID one flush each switch, and several none', () => {
    expect(drive('kvm-6.14', two, switching)).toEqual({ flushes: 2, stale: NONE });
    expect(drive('rfc-2026-06', two, switching)).toEqual({ flushes: 1, stale: NONE });
    expect(drive('asid-cache-2', two, switching)).toEqual({ flushes: 0, stale: NONE });
  });

  test('use the entries of the other one when the change of ASID goes unnoticed', () => {
    const { stale } = drive('rfc-2025-03+vmcb12AsidChange=ignored', two, switching);
    expect(stale.guest).toBeGreaterThan(0);
  });
});

describe('two vCPUs of one L1 on one pCPU', () => {
  const switching = { vcpuSwitches: 1 };
  const two = { vcpusPerL1: 2 };

  test('are separated by flushes where they share numbers, and by numbers where they do not', () => {
    const perVm = drive('rfc-2025-03', two, switching);
    expect(perVm.flushes).toBeGreaterThan(1);
    expect(perVm.stale).toEqual(NONE);
    expect(drive('rfc-2026-06', two, switching)).toEqual({ flushes: 0, stale: NONE });
  });

  test("use each other's entries without owner tracking", () => {
    const { stale } = drive('rfc-2025-03+asidOwnerTracking=untracked', two, switching);
    expect(stale.guest).toBeGreaterThan(0);
  });
});

describe('a vCPU that moves between two pCPUs', () => {
  const moving = { migrations: 0.2 };

  test('flushes on each arrival', () => {
    const { flushes, stale } = drive('rfc-2026-06', { pcpus: 2 }, moving);
    expect(flushes).toBeGreaterThan(0.2);
    expect(stale).toEqual(NONE);
  });
});

describe('a host that takes pages back', () => {
  test('makes both numbers flush; with only the current one L2 uses memory it has lost', () => {
    expect(drive('rfc-2025-03', {}, { hostUnmaps: 0.5 }).stale).toEqual(NONE);
    const faulty = drive('rfc-2025-03+hostUnmap=no-flush', {}, { hostUnmaps: 0.5 });
    expect(faulty.stale.host).toBeGreaterThan(0);
  });
});

describe('what L1 and L2 do of their own accord', () => {
  test('an L1 that changes ASIDs instead of flushing makes one flush of each change', () => {
    expect(drive('rfc-2026-06', {}, { asid12Changes: 1 }).flushes).toBe(1);
    // With 8 ASIDs every seventh allocation flushes L1's number too.
    const eight = drive('rfc-2026-06+asidsShownToL1=eight', {}, { asid12Changes: 1 }, 700);
    expect(eight.flushes).toBeCloseTo(1 + 1 / 7, 2);
    // QEMU says 16, of which L1 has 15 to give.
    const sixteen = drive('rfc-2026-06+asidsShownToL1=sixteen', {}, { asid12Changes: 1 }, 1500);
    expect(sixteen.flushes).toBeCloseTo(1 + 1 / 15, 2);
  });

  test('Hyper-V flushes, INVLPG and MOV CR3 of L2 use no stale entry', () => {
    const rates = { hyperVFlushes: 1, l2Invlpgs: 2, l2Cr3Writes: 1 };
    expect(drive('rfc-2025-03', {}, rates).stale).toEqual(NONE);
  });
});

describe('a guest without guests', () => {
  function broadcasts(strategy: string) {
    const fleet = { ...ALONE, vcpusPerL1: 4, pcpus: 4 };
    const world = makeWorld(strategyOf(strategy), { fleet });
    const options = { rates: { guestBroadcasts: 1 }, placement: 'spread' } as const;
    const traffic = new L1Traffic(world, capturedTrips('plug-c.cpuid', 'CPUID'), options, 1);
    world.reserve();
    traffic.start();
    for (let trip = 0; trip < 200; trip += 1) traffic.next();
    return { ticks: world.ledger.ticks, stale: world.oracle.staleHits };
  }

  test('INVLPGB needs a number that all vCPUs share; then it is cheaper than interrupts', () => {
    const interrupts = broadcasts('rfc-2025-03');
    const broadcast = broadcasts('rfc-2025-03+guestInvlpgb=not-intercepted');
    expect(broadcast.stale).toEqual(NONE);
    expect(interrupts.stale).toEqual(NONE);
    expect(broadcast.ticks).toBeLessThan(interrupts.ticks);
    const perVcpu = broadcasts('rfc-2026-06+guestInvlpgb=not-intercepted');
    expect(perVcpu.stale.guest).toBeGreaterThan(0);
  });
});
