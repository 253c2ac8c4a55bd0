import { addReason } from './requests.ts';
import type { Kvm, Vcpu, Vm } from './state.ts';
import { svmFlushTlbAsid } from './tlb-requests.ts';
import { kvmFreeTlbTag } from './tlb-tags.ts';

/**
 * sev_asid_new(): a SEV VM's static ASID, from the lower range with SEV-ES and the upper one without.
 * When none is free, those of dead VMs are reclaimed once for all: WBINVD on every pCPU, then
 * DF_FLUSH. False (EBUSY) when there is none to reclaim either.
 */
export function sevAsidNew(kvm: Kvm, vm: Vm, kind: 'sev' | 'sev-es' = 'sev'): boolean {
  const { sev } = kvm;
  const first = kind === 'sev' ? sev.minSev : sev.min;
  const last = kind === 'sev' ? sev.max : sev.minSev - 1;
  for (const retry of [false, true]) {
    if (retry) {
      if (![...sev.reclaimable].some((asid) => asid >= first && asid <= last)) return false;
      sev.cacheFlushes += 1;
      for (const asid of sev.reclaimable) sev.used.delete(asid);
      sev.reclaimable.clear();
    }
    for (let asid = first; asid <= last; asid += 1) {
      if (sev.used.has(asid)) continue;
      sev.used.add(asid);
      vm.sevAsid = asid;
      giveBackOrdinaryTag(kvm, vm);
      return true;
    }
  }
  return false;
}

/** With one allocator for all tags, a SEV guest needs no ordinary number beside its own. */
function giveBackOrdinaryTag(kvm: Kvm, vm: Vm): void {
  const { sevAsidPool } = kvm.behaviour;
  switch (sevAsidPool) {
    case 'own-bitmaps':
      return;
    case 'pending-tags':
      if (vm.asid !== kvm.fallbackAsid) kvmFreeTlbTag(kvm, vm.asid);
      vm.asid = 0;
      return;
    default:
      sevAsidPool satisfies never;
  }
}

/** sev_asid_free(): reclaimable later; no pCPU remembers a VMCB of it any more. */
export function sevAsidFree(kvm: Kvm, vm: Vm): void {
  kvm.sev.reclaimable.add(vm.sevAsid);
  for (const pcpu of kvm.pcpus) pcpu.sevVmcbs.delete(vm.sevAsid);
  vm.sevAsid = 0;
}

/**
 * pre_sev_run(): the VM's own ASID, flushed when another VMCB used it last on this pCPU or the vCPU
 * has moved. With tracking at load, the first test has been made there.
 */
export function preSevRun(kvm: Kvm, vcpu: Vcpu, hasMoved: boolean): void {
  const vmcb = vcpu.current;
  const { sevAsid } = vcpu.vm;
  vmcb.asid = sevAsid;
  const { sevAsidTracking } = kvm.behaviour;
  switch (sevAsidTracking) {
    case 'vmcb-at-run': {
      const { sevVmcbs } = kvm.pcpus[vcpu.pcpu]!;
      const isShared = sevVmcbs.get(sevAsid) !== vmcb;
      sevVmcbs.set(sevAsid, vmcb);
      if (isShared) svmFlushTlbAsid(kvm, vcpu, vmcb, addReason(0, 'sevAsidShared'));
      break;
    }
    case 'vcpu-at-load':
      break;
    default:
      sevAsidTracking satisfies never;
  }
  if (hasMoved) svmFlushTlbAsid(kvm, vcpu, vmcb, addReason(0, 'pcpuChange'));
}
