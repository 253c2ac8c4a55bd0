import { addReason } from './requests.ts';
import type { Kvm, Vcpu, Vm } from './state.ts';
import { svmFlushTlbAsid } from './tlb-requests.ts';

/**
 * sev_asid_new(): a SEV VM's static ASID. When none is free, those of dead VMs are reclaimed once for
 * all: WBINVD on every pCPU, then DF_FLUSH. False (EBUSY) when there is none to reclaim either.
 */
export function sevAsidNew(kvm: Kvm, vm: Vm): boolean {
  const { sev } = kvm;
  for (const retry of [false, true]) {
    if (retry) {
      if (sev.reclaimable.size === 0) return false;
      sev.cacheFlushes += 1;
      for (const asid of sev.reclaimable) sev.used.delete(asid);
      sev.reclaimable.clear();
    }
    for (let asid = sev.min; asid <= sev.max; asid += 1) {
      if (sev.used.has(asid)) continue;
      sev.used.add(asid);
      vm.sevAsid = asid;
      return true;
    }
  }
  return false;
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
  const { sevVmcbs } = kvm.pcpus[vcpu.pcpu]!;
  vmcb.asid = sevAsid;
  if (kvm.behaviour.sevAsidTracking === 'vmcb-at-run') {
    const isShared = sevVmcbs.get(sevAsid) !== vmcb;
    sevVmcbs.set(sevAsid, vmcb);
    if (isShared) svmFlushTlbAsid(kvm, vmcb, addReason(0, 'sevAsidShared'));
  }
  if (hasMoved) svmFlushTlbAsid(kvm, vmcb, addReason(0, 'pcpuChange'));
}
