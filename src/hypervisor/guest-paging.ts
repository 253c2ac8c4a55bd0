import { kvmMmuNewPgd } from './mmu.ts';
import { KVM_REQ } from './requests.ts';
import type { Kvm, Vcpu } from './state.ts';
import { kvmMakeRequest, svmFlushTlbGva } from './tlb-requests.ts';

/**
 * kvm_set_cr3(), for a MOV CR3 that L0 emulates. Without NPT in L0 every one is intercepted: a cached
 * root is taken as it is, then synced, and the active ASID flushed, unless bit 63 asked to keep
 * entries. With NPT it is emulated only now and then, and is a guest flush.
 */
export function kvmSetCr3(kvm: Kvm, vcpu: Vcpu, root: number, keepEntries: boolean): void {
  if (kvm.nptEnabled) {
    kvmMakeRequest(vcpu, KVM_REQ.tlbFlushGuest, 'guestFlush');
    return;
  }
  kvmMmuNewPgd(vcpu, root);
  if (keepEntries) return;
  kvmMakeRequest(vcpu, KVM_REQ.mmuSync, null);
  kvmMakeRequest(vcpu, KVM_REQ.tlbFlushCurrent, 'guestFlush');
}

/** kvm_mmu_invlpg(), for an INVLPG that L0 emulates: shadow entries of the page go, then INVLPGA. */
export function kvmMmuInvlpg(kvm: Kvm, vcpu: Vcpu, mapping: number): void {
  svmFlushTlbGva(kvm, vcpu, mapping);
}

/**
 * kvm_handle_invpcid(), emulated: all of it is a guest flush, but for a single page, and without NPT in
 * L0 for a single context (kvm_invalidate_pcid(), 6.12.117: x86.c 1154).
 */
export function kvmHandleInvpcid(kvm: Kvm, vcpu: Vcpu, type: 0 | 1 | 2 | 3, mapping: number): void {
  if (type === 0) svmFlushTlbGva(kvm, vcpu, mapping);
  else if (type === 1 && !kvm.nptEnabled) {
    kvmMakeRequest(vcpu, KVM_REQ.mmuSync, null);
    kvmMakeRequest(vcpu, KVM_REQ.tlbFlushCurrent, 'guestFlush');
  } else kvmMakeRequest(vcpu, KVM_REQ.tlbFlushGuest, 'guestFlush');
}
