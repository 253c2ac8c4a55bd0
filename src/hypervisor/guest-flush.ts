import { kvmMmuSyncPrevRoots, kvmMmuSyncRoots } from './mmu.ts';
import { KVM_REQ } from './requests.ts';
import type { Kvm, Vcpu } from './state.ts';
import {
  kvmCheckRequest,
  svmFlushTlbCurrent,
  svmFlushTlbGuest,
  takeReasons,
} from './tlb-requests.ts';

/** kvm_vcpu_flush_tlb_guest(): shadow page tables are part of what the guest asked to flush. */
export function kvmVcpuFlushTlbGuest(kvm: Kvm, vcpu: Vcpu, reasons: number): void {
  if (!kvm.nptEnabled) {
    kvmMmuSyncRoots(kvm, vcpu);
    kvmMmuSyncPrevRoots(vcpu);
  }
  svmFlushTlbGuest(kvm, vcpu, reasons);
}

/** kvm_service_local_tlb_flush_requests(): FLUSH_CURRENT, then FLUSH_GUEST. True if there was one. */
export function kvmServiceLocalTlbFlushRequests(kvm: Kvm, vcpu: Vcpu): boolean {
  const current = kvmCheckRequest(vcpu, KVM_REQ.tlbFlushCurrent);
  if (current) svmFlushTlbCurrent(kvm, vcpu, takeReasons(vcpu, 'current'));
  const guest = kvmCheckRequest(vcpu, KVM_REQ.tlbFlushGuest);
  if (guest) kvmVcpuFlushTlbGuest(kvm, vcpu, takeReasons(vcpu, 'guest'));
  return current || guest;
}
