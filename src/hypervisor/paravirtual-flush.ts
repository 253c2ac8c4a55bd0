import { kvmVcpuFlushTlbGuest } from './guest-flush.ts';
import { addReason, KVM_REQ } from './requests.ts';
import type { Kvm, Vcpu } from './state.ts';
import { kvmMakeRequest, svmFlushTlbAsid, svmFlushTlbGva, svmFlushTlbL2 } from './tlb-requests.ts';

/**
 * kvm_hv_flush_tlb(): a Hyper-V guest's flush hypercall queues pages for each target vCPU, in the
 * queue of the level that they belong to; the target flushes them at its next entry in that level.
 */
export function kvmHvFlushTlb(
  targets: readonly Vcpu[],
  level: 'l1' | 'l2',
  pages: readonly number[] | 'all',
): void {
  for (const vcpu of targets) {
    if (vcpu.hyperV === null) continue;
    if (pages === 'all') vcpu.hyperV[level].push('all');
    else vcpu.hyperV[level].push(...pages);
    kvmMakeRequest(vcpu, KVM_REQ.hvTlbFlush, null);
  }
}

/** kvm_hv_vcpu_flush_tlb(): drains the queue of the vCPU's current mode, page by page; without NPT, all. */
export function kvmHvVcpuFlushTlb(kvm: Kvm, vcpu: Vcpu): void {
  if (vcpu.hyperV === null) return;
  const entries = vcpu.hyperV[servedQueue(kvm, vcpu)].splice(0);
  if (kvm.nptEnabled && entries.length === 0) return;
  if (!kvm.nptEnabled || entries.includes('all')) {
    kvmVcpuFlushTlbGuest(kvm, vcpu, addReason(0, 'guestFlush'));
    return;
  }
  for (const page of entries) if (page !== 'all') svmFlushTlbGva(kvm, vcpu, page);
}

/** The queue that an entry serves. */
function servedQueue(kvm: Kvm, { guestMode }: Vcpu): 'l1' | 'l2' {
  const { hyperVQueue } = kvm.behaviour;
  switch (hyperVQueue) {
    case 'current-mode':
      return guestMode ? 'l2' : 'l1';
    case 'other-mode':
      return guestMode ? 'l1' : 'l2';
    default:
      return hyperVQueue satisfies never;
  }
}

/**
 * record_steal_time(): KVM's own paravirtual flush. A vCPU that was not running had a flush left in
 * its steal-time record; it is served in whatever mode the vCPU is in. True if there was one.
 */
export function recordStealTime(kvm: Kvm, vcpu: Vcpu): boolean {
  if (!vcpu.pvFlushPending) return false;
  vcpu.pvFlushPending = false;
  const reason = addReason(0, 'pvFlush');
  kvmVcpuFlushTlbGuest(kvm, vcpu, reason);
  const { pvFlushScope } = kvm.behaviour;
  switch (pvFlushScope) {
    case 'current-mode':
      break;
    case 'both-asids':
      svmFlushTlbAsid(kvm, vcpu, vcpu.vmcb01, reason);
      svmFlushTlbL2(kvm, vcpu, reason);
      break;
    default:
      pvFlushScope satisfies never;
  }
  return true;
}
