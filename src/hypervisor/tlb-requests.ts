import { KIND } from '../cost/ledger.ts';
import { TLB_CONTROL } from '../hardware/tlb-control.ts';
import { kvmMmuSyncRoots } from './mmu.ts';
import { addBit, addReason, type FlushReason, hasBit, KVM_REQ, removeBit } from './requests.ts';
import type { Kvm, Vcpu, Vmcb } from './state.ts';

/** kvm_make_request() */
export function kvmMakeRequest(vcpu: Vcpu, request: number, reason: FlushReason | null): void {
  vcpu.requests = addBit(vcpu.requests, request);
  if (reason === null) return;
  const reasons = vcpu.requestReasons;
  if (request === KVM_REQ.tlbFlush) reasons.all = addReason(reasons.all, reason);
  else if (request === KVM_REQ.tlbFlushCurrent)
    reasons.current = addReason(reasons.current, reason);
  else if (request === KVM_REQ.tlbFlushGuest) reasons.guest = addReason(reasons.guest, reason);
}

/** The reasons of a request that is being served; it has none afterwards. */
export function takeReasons(vcpu: Vcpu, which: keyof Vcpu['requestReasons']): number {
  const reasons = vcpu.requestReasons[which];
  vcpu.requestReasons[which] = 0;
  return reasons;
}

/** kvm_check_request(): tests and clears. */
export function kvmCheckRequest(vcpu: Vcpu, request: number): boolean {
  if (!hasBit(vcpu.requests, request)) return false;
  vcpu.requests = removeBit(vcpu.requests, request);
  return true;
}

/**
 * svm_flush_tlb_asid(): marks a VMCB so that its next VMRUN flushes its ASID. Nothing is flushed now.
 * Without FLUSHBYASID, v6.14 gives up the number instead; the RFC flushes every ASID.
 */
export function svmFlushTlbAsid(kvm: Kvm, vmcb: Vmcb, reasons: number): void {
  if (kvm.behaviour.staleEntries === 'vanish') return;
  vmcb.flushReasons = addBit(vmcb.flushReasons, reasons);
  if (kvm.flushByAsid) vmcb.tlbControl = TLB_CONTROL.flushAsid;
  else if (kvm.behaviour.withoutFlushByAsid === 'new-asid') vmcb.asidGeneration -= 1;
  else vmcb.tlbControl = TLB_CONTROL.flushAllAsids;
}

/** The VMCB that local flushes mark. */
function localFlushVmcb(kvm: Kvm, vcpu: Vcpu): Vmcb {
  if (kvm.behaviour.localFlushTarget === 'active-vmcb') return vcpu.current;
  return vcpu.guestMode && vcpu.vmcb02 !== null ? vcpu.vmcb02 : vcpu.vmcb01;
}

/**
 * kvm_hv_vcpu_purge_flush_tlb(): a full flush makes the queued page flushes of a mode redundant.
 * It consumes the request, so a second purge right after finds nothing to do.
 */
function kvmHvVcpuPurgeFlushTlb(vcpu: Vcpu, guestMode: boolean): void {
  if (vcpu.hyperV === null || !kvmCheckRequest(vcpu, KVM_REQ.hvTlbFlush)) return;
  (guestMode ? vcpu.hyperV.l2 : vcpu.hyperV.l1).length = 0;
}

/** svm_flush_tlb_current() */
export function svmFlushTlbCurrent(kvm: Kvm, vcpu: Vcpu, reasons: number): void {
  kvmHvVcpuPurgeFlushTlb(vcpu, vcpu.guestMode);
  svmFlushTlbAsid(kvm, localFlushVmcb(kvm, vcpu), reasons);
}

/** svm_flush_tlb_guest(): a flush that the guest's own architecture asks for. */
export function svmFlushTlbGuest(kvm: Kvm, vcpu: Vcpu, reasons: number): void {
  kvmHvVcpuPurgeFlushTlb(vcpu, vcpu.guestMode);
  svmFlushTlbAsid(kvm, localFlushVmcb(kvm, vcpu), reasons);
}

/** svm_flush_tlb_all(): what KVM_REQ_TLB_FLUSH does. */
export function svmFlushTlbAll(kvm: Kvm, vcpu: Vcpu, reasons: number): void {
  if (kvm.behaviour.flushRequestScope === 'current-vmcb') {
    kvmHvVcpuPurgeFlushTlb(vcpu, vcpu.guestMode);
    svmFlushTlbAsid(kvm, vcpu.current, reasons);
    return;
  }
  kvmHvVcpuPurgeFlushTlb(vcpu, false);
  kvmHvVcpuPurgeFlushTlb(vcpu, true);
  svmFlushTlbAsid(kvm, vcpu.vmcb01, reasons);
  if (vcpu.vmcb02 !== null) svmFlushTlbAsid(kvm, vcpu.vmcb02, reasons);
}

/**
 * svm_flush_tlb_gva(): INVLPGA at once, on the pCPU that executes the handler, in the ASID that the
 * loaded VMCB runs under.
 */
export function svmFlushTlbGva(kvm: Kvm, vcpu: Vcpu, mapping: number): void {
  kvm.pcpus[vcpu.pcpu]!.cpu.invlpga(vcpu.current.asid, mapping);
}

/** kvm_vcpu_flush_tlb_guest(): shadow page tables are part of what the guest asked to flush. */
export function kvmVcpuFlushTlbGuest(kvm: Kvm, vcpu: Vcpu, reasons: number): void {
  if (!kvm.nptEnabled) kvmMmuSyncRoots(kvm, vcpu);
  svmFlushTlbGuest(kvm, vcpu, reasons);
}

/** Serving flush requests costs KVM's time, whatever was asked; a bound does it for free. */
export function chargeServedRequests(kvm: Kvm): void {
  if (kvm.behaviour.staleEntries !== 'vanish') kvm.charge(KIND.flushRequest, 1);
}

/** kvm_service_local_tlb_flush_requests(): FLUSH_CURRENT, then FLUSH_GUEST. True if there was one. */
export function kvmServiceLocalTlbFlushRequests(kvm: Kvm, vcpu: Vcpu): boolean {
  const current = kvmCheckRequest(vcpu, KVM_REQ.tlbFlushCurrent);
  if (current) svmFlushTlbCurrent(kvm, vcpu, takeReasons(vcpu, 'current'));
  const guest = kvmCheckRequest(vcpu, KVM_REQ.tlbFlushGuest);
  if (guest) kvmVcpuFlushTlbGuest(kvm, vcpu, takeReasons(vcpu, 'guest'));
  return current || guest;
}
