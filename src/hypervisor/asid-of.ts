import type { Kvm, Vcpu, Vmcb } from './state.ts';

/** A generation that no pCPU has: the counters start at 1. */
export const NO_GENERATION = 0;

/** Whether a VMCB takes its number from the counter of a pCPU. */
export function hasDynamicAsid(kvm: Kvm, vmcb: Vmcb): boolean {
  const { l1Asid, l2Asid } = kvm.behaviour;
  if (vmcb.kind === 'vmcb02') {
    switch (l2Asid) {
      case 'shared-with-l1':
        break;
      case 'per-vmcb-generation':
        return true;
      case 'per-vm-static':
      case 'per-vcpu-static':
      case 'cached-per-vcpu':
        return false;
      default:
        l2Asid satisfies never;
    }
  }
  switch (l1Asid) {
    case 'per-vcpu-generation':
      return true;
    case 'per-vm-static':
    case 'per-vcpu-static':
      return false;
    default:
      return l1Asid satisfies never;
  }
}

/** The static number that a VMCB must run under. */
export function staticAsidOf(kvm: Kvm, vcpu: Vcpu, vmcb: Vmcb): number {
  const { vm } = vcpu;
  const { l1Asid, l2Asid } = kvm.behaviour;
  if (vm.sevAsid !== 0) return vm.sevAsid;
  if (vmcb.kind === 'vmcb02') {
    switch (l2Asid) {
      case 'per-vm-static':
        return vm.nestedAsid;
      case 'per-vcpu-static':
        return vcpu.nestedAsid;
      case 'cached-per-vcpu':
        return vmcb.asid;
      case 'shared-with-l1':
      case 'per-vmcb-generation':
        break;
      default:
        l2Asid satisfies never;
    }
  }
  switch (l1Asid) {
    case 'per-vcpu-static':
      return vcpu.asid;
    case 'per-vm-static':
    case 'per-vcpu-generation':
      return vm.asid;
    default:
      return l1Asid satisfies never;
  }
}

/** The number of a VMCB, whether it runs next or not. */
export function asidOf(kvm: Kvm, vcpu: Vcpu, vmcb: Vmcb): number {
  return hasDynamicAsid(kvm, vmcb) ? vmcb.asid : staticAsidOf(kvm, vcpu, vmcb);
}
