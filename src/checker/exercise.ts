import { hasBit, KVM_REQ } from '../hypervisor/requests.ts';
import type { World } from './world.ts';

/**
 * Which obligations an entry puts to the test: those that would be broken if it flushed nothing at
 * all. Bookkeeping of the exploration; it influences nothing.
 */
export function exercisedByEntry(world: World, v: number, runs: boolean): void {
  const vcpu = world.vcpus[v]!;
  const { truth } = world;
  if (hasBit(vcpu.requests, KVM_REQ.tlbFlush) && vcpu.vmcb02 !== null) world.test('O7 ALL-LEVELS');
  if (vcpu.pvFlushPending && vcpu.guestMode) world.test('O18 PV-LEVEL');
  if (!runs) return;
  if (vcpu.current.tlbControl !== 0) world.test('O8 PENDING-PERSIST');
  if (vcpu.mmu.needsLoad) world.test('O13 ROOT-LOAD');
  const hasMoved = vcpu.current.cpu !== vcpu.pcpu;
  world.tests(truth.testedByEntry(v, world.levelOf(v), vcpu.pcpu, hasMoved));
}

/** Requests or queued flushes that a switch of levels must not misplace. */
export function exercisedBySwitch(world: World, v: number): void {
  const { requests, hyperV } = world.vcpus[v]!;
  if (hasBit(requests, KVM_REQ.tlbFlushCurrent) || hasBit(requests, KVM_REQ.tlbFlushGuest)) {
    world.test('O9 REQ-CONTEXT');
  }
  if (hyperV !== null && hyperV.l1.length + hyperV.l2.length > 0) world.test('O19 HV-FIFO');
}
