import { kvmVcpuUpdateApicv } from './avic.ts';
import { kvmServiceLocalTlbFlushRequests } from './guest-flush.ts';
import { kvmMmuFreeObsoleteRoots, kvmMmuSyncRoots } from './mmu.ts';
import { kvmHvVcpuFlushTlb, recordStealTime } from './paravirtual-flush.ts';
import { addBit, hasBit, KVM_REQ, removeBit } from './requests.ts';
import type { Kvm, Vcpu } from './state.ts';
import { kvmCheckRequest, svmFlushTlbAll, takeReasons } from './tlb-requests.ts';

/** KVM_REQ_MMU_FREE_OBSOLETE_ROOTS */
function serveFreeObsoleteRoots(vcpu: Vcpu): boolean {
  if (!kvmCheckRequest(vcpu, KVM_REQ.mmuFreeObsoleteRoots)) return false;
  kvmMmuFreeObsoleteRoots(vcpu);
  return true;
}

/** KVM_REQ_MMU_SYNC */
function serveMmuSync(kvm: Kvm, vcpu: Vcpu): boolean {
  if (!kvmCheckRequest(vcpu, KVM_REQ.mmuSync)) return false;
  kvmMmuSyncRoots(kvm, vcpu);
  return true;
}

/** KVM_REQ_TLB_FLUSH: makes a pending FLUSH_CURRENT redundant. */
function serveTlbFlush(kvm: Kvm, vcpu: Vcpu): boolean {
  if (!kvmCheckRequest(vcpu, KVM_REQ.tlbFlush)) return false;
  if (hasBit(vcpu.requests, KVM_REQ.tlbFlushCurrent)) {
    vcpu.requests = removeBit(vcpu.requests, KVM_REQ.tlbFlushCurrent);
    vcpu.requestReasons.all = addBit(vcpu.requestReasons.all, takeReasons(vcpu, 'current'));
  }
  svmFlushTlbAll(kvm, vcpu, takeReasons(vcpu, 'all'));
  return true;
}

/** KVM_REQ_HV_TLB_FLUSH */
function serveHvTlbFlush(kvm: Kvm, vcpu: Vcpu): boolean {
  if (!kvmCheckRequest(vcpu, KVM_REQ.hvTlbFlush)) return false;
  kvmHvVcpuFlushTlb(kvm, vcpu);
  return true;
}

/** KVM_REQ_APICV_UPDATE */
function serveApicvUpdate(kvm: Kvm, vcpu: Vcpu): boolean {
  if (!kvmCheckRequest(vcpu, KVM_REQ.apicvUpdate)) return false;
  kvmVcpuUpdateApicv(kvm, vcpu);
  return true;
}

/** The TLB part of vcpu_enter_guest(), in its order (6.12.117: x86.c 10356 to 10430). True if a flush or a sync was served. */
export function serveRequests(kvm: Kvm, vcpu: Vcpu): boolean {
  serveFreeObsoleteRoots(vcpu);
  let served = serveMmuSync(kvm, vcpu);
  served = serveTlbFlush(kvm, vcpu) || served;
  served = kvmServiceLocalTlbFlushRequests(kvm, vcpu) || served;
  serveHvTlbFlush(kvm, vcpu);
  served = recordStealTime(kvm, vcpu) || served;
  serveApicvUpdate(kvm, vcpu);
  return served;
}

/**
 * One step of serveRequests(): serves the first thing that is pending and nothing else, so that a
 * caller can preempt the vCPU before the next. False when nothing is pending.
 */
export function serveNextRequest(kvm: Kvm, vcpu: Vcpu): boolean {
  return (
    serveFreeObsoleteRoots(vcpu) ||
    serveMmuSync(kvm, vcpu) ||
    serveTlbFlush(kvm, vcpu) ||
    kvmServiceLocalTlbFlushRequests(kvm, vcpu) ||
    serveHvTlbFlush(kvm, vcpu) ||
    recordStealTime(kvm, vcpu) ||
    serveApicvUpdate(kvm, vcpu)
  );
}
