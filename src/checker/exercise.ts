import { hasBit, KVM_REQ } from '../hypervisor/requests.ts';
import { DEAD_VM } from './truth.ts';
import type { World } from './world.ts';

const FIRST_OWNER = 2;

/**
 * Which obligations an entry puts to the test: those that would be broken if it flushed nothing at
 * all. Bookkeeping of the exploration; it influences nothing.
 */
export function exercisedByEntry(world: World, v: number, runs: boolean): void {
  const vcpu = world.vcpus[v]!;
  const { truth, spec } = world;
  if (hasBit(vcpu.requests, KVM_REQ.tlbFlush) && vcpu.vmcb02 !== null) world.test('O7 ALL-LEVELS');
  if (vcpu.pvFlushPending && vcpu.guestMode) world.test('O18 PV-LEVEL');
  if (!runs) return;
  if (vcpu.current.tlbControl !== 0) world.test('O8 PENDING-PERSIST');
  if (vcpu.mmu.needsLoad) world.test('O13 ROOT-LOAD');
  const own = truth.domain(v, world.levelOf(v));
  for (let asid = 0; asid < spec.asidCount; asid += 1) {
    for (let page = 0; page < spec.pages; page += 1) {
      const owner = truth.ownerAt(vcpu.pcpu, asid, page);
      if (owner === 0) continue;
      if (owner === DEAD_VM) world.test('O2 FIRST-USE');
      else if (owner - FIRST_OWNER !== own) exercisedByNeighbour(world, v, owner - FIRST_OWNER);
      else if (vcpu.current.cpu !== vcpu.pcpu && truth.ageAt(vcpu.pcpu, asid, page) !== 0) {
        world.test('O3 PCPU-RETURN');
      }
    }
  }
}

function exercisedByNeighbour(world: World, v: number, domain: number): void {
  const { levels } = world.truth;
  const level = domain % levels;
  const other = (domain - level) / levels;
  if (world.vmOf[other] !== world.vmOf[v]) world.test('O1 TAG-UNIQUE');
  else if (other !== v) world.test('O4 VCPU-SHARE');
  else if (level === 0 || world.levelOf(v) === 0) world.test('O5 LEVEL-SEP');
  else world.test('O6 ASID12-SEP');
}

/** Requests or queued flushes that a switch of levels must not misplace. */
export function exercisedBySwitch(world: World, v: number): void {
  const { requests, hyperV } = world.vcpus[v]!;
  if (hasBit(requests, KVM_REQ.tlbFlushCurrent) || hasBit(requests, KVM_REQ.tlbFlushGuest)) {
    world.test('O9 REQ-CONTEXT');
  }
  if (hyperV !== null && hyperV.l1.length + hyperV.l2.length > 0) world.test('O19 HV-FIFO');
}
