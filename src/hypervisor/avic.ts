import { KVM_REQ } from './requests.ts';
import type { Kvm, Vcpu } from './state.ts';
import { kvmMakeRequest } from './tlb-requests.ts';

/** kvm_apicv_activated(): the host has AVIC, and nothing inhibits it for the whole VM. */
export function usesAvic(kvm: Kvm): boolean {
  const { avic } = kvm.behaviour;
  switch (avic) {
    case 'reactivated-on-nested-exit':
      return true;
    case 'not-in-use':
      return false;
    default:
      return avic satisfies never;
  }
}

/**
 * __kvm_vcpu_update_apicv() (6.12.117: x86.c 10112) and avic_activate_vmcb() (avic.c 102 to 140). A vCPU
 * in L2 has AVIC inhibited (APICV_INHIBIT_REASON_NESTED). Activating it flushes: the CPU may hold a
 * translation of the APIC page that AVIC redirects.
 */
export function kvmVcpuUpdateApicv(kvm: Kvm, vcpu: Vcpu): void {
  const activate = usesAvic(kvm) && !vcpu.guestMode;
  if (vcpu.apicvActive === activate) return;
  vcpu.apicvActive = activate;
  if (activate) kvmMakeRequest(vcpu, KVM_REQ.tlbFlushCurrent, 'avic');
}
