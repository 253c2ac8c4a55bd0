import { svmNestedEventsAllowed } from '../hypervisor/nested-transitions.ts';
import { hasBit, KVM_REQ } from '../hypervisor/requests.ts';
import type { CheckerEvent } from './events.ts';
import { PENDING, PHASE, type World } from './world.ts';

const LOCAL_REQUESTS = [KVM_REQ.mmuSync, KVM_REQ.tlbFlushCurrent, KVM_REQ.tlbFlushGuest] as const;

/**
 * Why an event cannot happen in this state, as a clause; null when it can. An event that can happen
 * and changes nothing, such as an entry while the guest runs, has no obstacle.
 */
export function obstacleTo(world: World, event: CheckerEvent): string | null {
  const { actor, kind } = event;
  switch (kind) {
    case 'vm-created':
      return world.vmAlive[actor] === 0 ? null : 'the VM that it replaces lives';
    case 'host-unmaps':
    case 'memslot-deleted':
    case 'vm-dies':
      return world.vmAlive[actor] === 0 ? 'the VM is dead' : null;
    case 'off-and-on':
      return null;
    case 'vm-dying':
      return world.vmAlive[actor] === 1 ? null : 'the end of the VM has begun';
    default:
      return world.vmAlive[world.vmOf[actor]!] === 0 ? 'its VM is dead' : ofVcpu(world, event);
  }
}

function ofVcpu(world: World, event: CheckerEvent): string | null {
  const v = event.actor;
  switch (event.kind) {
    case 'load':
      return null;
    case 'enter':
    case 'serve':
    case 'cancel':
    case 'vmrun-refused':
    case 'handle':
    case 'interrupt-to-l1':
    case 'forced-leave':
    case 'set-nested-state':
      return inHost(world, event);
    case 'pv-flush':
      // Linux leaves the flush to the host only for a vCPU that is marked as preempted.
      return world.phase[v] === PHASE.out ? null : 'the vCPU is not preempted';
    case 'hv-flush-l1':
    case 'hv-flush-l2':
      return ofHyperV(world, event);
    default:
      return inGuest(world, event);
  }
}

function inHost(world: World, event: CheckerEvent): string | null {
  const v = event.actor;
  const vcpu = world.vcpus[v]!;
  if (world.phase[v] === PHASE.out) return 'the vCPU is on no pCPU';
  if (world.phase[v] === PHASE.guest) {
    return event.kind === 'enter' ? null : 'the guest runs, and L0 gets no turn before an exit';
  }
  const awaitsHandler = world.pending[v * PENDING] !== 0;
  if (event.kind === 'handle') return awaitsHandler ? null : 'no exit waits for its handler';
  if (awaitsHandler) return 'an exit waits for its handler, which comes first';
  if (event.kind === 'forced-leave') return vcpu.guestMode ? null : 'the vCPU is in L1';
  if (event.kind === 'set-nested-state') return vcpu.vmcb02 === null ? 'EFER.SVME is clear' : null;
  if (event.kind !== 'interrupt-to-l1') return null;
  if (!vcpu.guestMode) return 'the vCPU is in L1';
  if (!svmNestedEventsAllowed(vcpu)) return 'L2 has not run since VMRUN (nested_run_pending)';
  // vcpu_enter_guest() looks for events after it has served requests; only others can raise more.
  if (LOCAL_REQUESTS.some((request) => hasBit(vcpu.requests, request))) {
    return "the vCPU's own flush requests are served first";
  }
  return null;
}

function ofHyperV(world: World, event: CheckerEvent): string | null {
  const vcpu = world.vcpus[event.actor]!;
  if (vcpu.hyperV === null) return 'the guest has no enlightenments of Hyper-V';
  if (event.kind === 'hv-flush-l2' && vcpu.lastAsid12 === 0) return 'no L2 has run';
  return null;
}

function inGuest(world: World, event: CheckerEvent): string | null {
  const v = event.actor;
  if (world.phase[v] !== PHASE.guest) return 'the guest does not run, it has to be entered first';
  const level = world.levelOf(v);
  const { vmcb02, lastAsid12 } = world.vcpus[v]!;
  switch (event.kind) {
    case 'touch':
    case 'exit':
      return null;
    case 'changes-pte':
    case 'invlpg':
    case 'mov-cr3':
    case 'emulated-flush':
      // Where L1 shadows L2's tables, what L2 does to them counts only once L1 has seen it.
      return level === 0 || world.spec.nestedPaging ? null : "L1 shadows L2's tables";
    case 'reflected-exit':
      return level > 0 ? null : 'L1 runs, and there is no L2 to leave';
    default:
      if (level > 0) return 'L2 runs, and only L1 can do it';
  }
  if (event.kind === 'svme-on') return vmcb02 === null ? null : 'EFER.SVME is set';
  const needsSvme = event.kind === 'svme-off' || event.kind.startsWith('vmrun');
  if ((needsSvme || event.kind === 'rsm') && vmcb02 === null) return 'EFER.SVME is clear';
  if (event.kind === 'rsm' && event.asid !== lastAsid12) {
    return 'RSM goes back to the L2 that the SMI interrupted';
  }
  return null;
}
