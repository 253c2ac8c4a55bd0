import type { Kvm, Vcpu, Vmcb } from './state.ts';

/** A generation that no pCPU has: the counters start at 1. */
export const NO_GENERATION = 0;

/** Whether a VMCB takes its number from the counter of a pCPU. */
export function hasDynamicAsid(kvm: Kvm, vmcb: Vmcb): boolean {
  const { l1Asid, l2Asid } = kvm.behaviour;
  const sharesL1s = vmcb.kind === 'vmcb01' || l2Asid === 'shared-with-l1';
  return sharesL1s ? l1Asid === 'per-vcpu-generation' : l2Asid === 'per-vmcb-generation';
}

/** The static number that a VMCB must run under. */
export function staticAsidOf(kvm: Kvm, vcpu: Vcpu, vmcb: Vmcb): number {
  const { vm } = vcpu;
  if (vm.sevAsid !== 0) return vm.sevAsid;
  if (vmcb.kind === 'vmcb02') {
    const { l2Asid } = kvm.behaviour;
    if (l2Asid === 'per-vm-static') return vm.nestedAsid;
    if (l2Asid === 'per-vcpu-static') return vcpu.nestedAsid;
    if (l2Asid === 'cached-per-vcpu') return vmcb.asid;
  }
  return kvm.behaviour.l1Asid === 'per-vcpu-static' ? vcpu.asid : vm.asid;
}

/** The number of a VMCB, whether it runs next or not. */
export function asidOf(kvm: Kvm, vcpu: Vcpu, vmcb: Vmcb): number {
  return hasDynamicAsid(kvm, vmcb) ? vmcb.asid : staticAsidOf(kvm, vcpu, vmcb);
}
