import { KIND } from '../cost/ledger.ts';
import { TLB_CONTROL } from '../hardware/tlb-control.ts';
import { NO_GENERATION, staticAsidOf } from './asid-of.ts';
import { addBit, addReason, type FlushReason, hasBit, KVM_REQ, removeBit } from './requests.ts';
import { needsFlushes } from './stale-entries.ts';
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
 * Without FLUSHBYASID, v6.14 gives up the number instead; the RFC flushes every ASID. VMX flushes at
 * once, on the pCPU where the vCPU is loaded; Xen gives up the number whatever the CPU has.
 */
export function svmFlushTlbAsid(kvm: Kvm, vcpu: Vcpu, vmcb: Vmcb, reasons: number): void {
  if (!needsFlushes(kvm.behaviour)) return;
  const { guestFlush } = kvm.behaviour;
  switch (guestFlush) {
    case 'at-once':
      kvm.pcpus[vcpu.pcpu]!.cpu.invvpid(staticAsidOf(kvm, vcpu, vmcb));
      return;
    case 'new-asid':
      vmcb.flushReasons = addBit(vmcb.flushReasons, reasons);
      vmcb.asidGeneration = NO_GENERATION;
      return;
    case 'at-next-vmrun':
      vmcb.flushReasons = addBit(vmcb.flushReasons, reasons);
      if (kvm.flushByAsid) vmcb.tlbControl = TLB_CONTROL.flushAsid;
      else flushWithoutFlushByAsid(kvm, vmcb);
      return;
    default:
      guestFlush satisfies never;
  }
}

function flushWithoutFlushByAsid(kvm: Kvm, vmcb: Vmcb): void {
  const { withoutFlushByAsid } = kvm.behaviour;
  switch (withoutFlushByAsid) {
    case 'new-asid':
      vmcb.asidGeneration -= 1;
      return;
    case 'flush-all-asids':
      vmcb.tlbControl = TLB_CONTROL.flushAllAsids;
      return;
    case 'flush-asid-anyway':
      vmcb.tlbControl = TLB_CONTROL.flushAsid;
      return;
    default:
      withoutFlushByAsid satisfies never;
  }
}

/** The VMCB that local flushes mark. */
function localFlushVmcb(kvm: Kvm, vcpu: Vcpu): Vmcb {
  const { localFlushTarget } = kvm.behaviour;
  const vmcb02 = vcpu.vmcb02 ?? vcpu.vmcb01;
  switch (localFlushTarget) {
    case 'active-vmcb':
      return vcpu.current;
    case 'by-guest-mode':
      return vcpu.guestMode ? vmcb02 : vcpu.vmcb01;
    case 'other-level':
      return vcpu.guestMode ? vcpu.vmcb01 : vmcb02;
    default:
      return localFlushTarget satisfies never;
  }
}

/**
 * kvm_hv_vcpu_purge_flush_tlb(): a full flush makes the queued page flushes of a mode redundant.
 * It consumes the request, so a second purge right after finds nothing to do.
 */
function kvmHvVcpuPurgeFlushTlb(kvm: Kvm, vcpu: Vcpu, guestMode: boolean): void {
  if (vcpu.hyperV === null || !kvmCheckRequest(vcpu, KVM_REQ.hvTlbFlush)) return;
  const { l1, l2 } = vcpu.hyperV;
  const { hyperVPurge } = kvm.behaviour;
  switch (hyperVPurge) {
    case 'current-mode':
      (vcpu.guestMode ? l2 : l1).length = 0;
      return;
    case 'named-mode':
      (guestMode ? l2 : l1).length = 0;
      return;
    case 'both-modes':
      l1.length = 0;
      l2.length = 0;
      return;
    default:
      hyperVPurge satisfies never;
  }
}

/** svm_flush_tlb_current() */
export function svmFlushTlbCurrent(kvm: Kvm, vcpu: Vcpu, reasons: number): void {
  kvmHvVcpuPurgeFlushTlb(kvm, vcpu, vcpu.guestMode);
  svmFlushTlbAsid(kvm, vcpu, localFlushVmcb(kvm, vcpu), reasons);
}

/** svm_flush_tlb_guest(): a flush that the guest's own architecture asks for. */
export function svmFlushTlbGuest(kvm: Kvm, vcpu: Vcpu, reasons: number): void {
  kvmHvVcpuPurgeFlushTlb(kvm, vcpu, vcpu.guestMode);
  svmFlushTlbAsid(kvm, vcpu, localFlushVmcb(kvm, vcpu), reasons);
}

/** svm_flush_tlb_all(): what KVM_REQ_TLB_FLUSH does. */
export function svmFlushTlbAll(kvm: Kvm, vcpu: Vcpu, reasons: number): void {
  const { flushRequestScope } = kvm.behaviour;
  switch (flushRequestScope) {
    case 'current-vmcb':
      kvmHvVcpuPurgeFlushTlb(kvm, vcpu, vcpu.guestMode);
      svmFlushTlbAsid(kvm, vcpu, vcpu.current, reasons);
      return;
    case 'both-vmcbs':
      kvmHvVcpuPurgeFlushTlb(kvm, vcpu, false);
      kvmHvVcpuPurgeFlushTlb(kvm, vcpu, true);
      svmFlushTlbAsid(kvm, vcpu, vcpu.vmcb01, reasons);
      svmFlushTlbL2(kvm, vcpu, reasons);
      return;
    default:
      flushRequestScope satisfies never;
  }
}

/** Every ASID that a vCPU's L2s may have entries under. */
export function svmFlushTlbL2(kvm: Kvm, vcpu: Vcpu, reasons: number): void {
  if (vcpu.vmcb02 === null) return;
  svmFlushTlbAsid(kvm, vcpu, vcpu.vmcb02, reasons);
  for (const { vmcb } of vcpu.l2Slots) {
    if (vmcb !== vcpu.vmcb02) svmFlushTlbAsid(kvm, vcpu, vmcb, reasons);
  }
}

/**
 * svm_flush_tlb_gva(): INVLPGA at once, on the pCPU that executes the handler, in the ASID that the
 * loaded VMCB runs under.
 */
export function svmFlushTlbGva(kvm: Kvm, vcpu: Vcpu, mapping: number): void {
  kvm.pcpus[vcpu.pcpu]!.cpu.invlpga(vcpu.current.asid, mapping);
}

/** Serving flush requests costs KVM's time, whatever was asked; a bound does it for free. */
export function chargeServedRequests(kvm: Kvm): void {
  if (needsFlushes(kvm.behaviour)) kvm.charge(KIND.flushRequest, 1);
}
