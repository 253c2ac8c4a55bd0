import { initVmcb } from './asid.ts';
import { kvmMmuFreeRoots } from './mmu.ts';
import { svmFreeNested, svmLeaveNested, svmSetCr4 } from './nested-transitions.ts';
import { KVM_REQ } from './requests.ts';
import type { Kvm, Vcpu } from './state.ts';
import { kvmMakeRequest } from './tlb-requests.ts';

/**
 * kvm_vcpu_reset() for INIT (6.12.117: x86.c 11659): out of L2 by force, the VMCB as new, CR4 and EFER
 * zero, every root freed, and a guest flush, because paging was on and because INIT is one.
 */
export function kvmVcpuReset(kvm: Kvm, vcpu: Vcpu): void {
  svmLeaveNested(kvm, vcpu);
  initVmcb(kvm, vcpu);
  svmSetCr4(kvm, vcpu, false);
  svmFreeNested(kvm, vcpu);
  kvmMakeRequest(vcpu, KVM_REQ.tlbFlushGuest, 'guestFlush');
  kvmMmuFreeRoots(vcpu);
}
