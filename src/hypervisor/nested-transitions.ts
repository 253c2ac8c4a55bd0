import { TLB_CONTROL } from '../hardware/tlb-control.ts';
import { kvmAllocTlbTag, staticAsidOf } from './asid.ts';
import { kvmMmuNewPgd } from './mmu.ts';
import { addReason, KVM_REQ } from './requests.ts';
import type { Kvm, Vcpu, Vmcb, Vmcb12 } from './state.ts';
import {
  chargeServedRequests,
  kvmMakeRequest,
  kvmServiceLocalTlbFlushRequests,
  svmFlushTlbCurrent,
  svmFlushTlbGva,
} from './tlb-requests.ts';

/** L1's own root; no vmcb12 names it, because the role of a root says which level uses it. */
export const L1_ROOT = -1;

/**
 * svm_allocate_nested(), on EFER.SVME 0 to 1: a zeroed page for vmcb02, and a number for L2 where it
 * has one. What KVM keeps beside the page (pCPU, generation) is as it was.
 */
export function svmAllocateNested(kvm: Kvm, vcpu: Vcpu): void {
  if (vcpu.vmcb02 !== null) return;
  vcpu.vmcb02 = vcpu.nestedVmcb;
  vcpu.vmcb02.tlbControl = TLB_CONTROL.doNothing;
  vcpu.vmcb02.flushReasons = 0;
  vcpu.vmcb02.asid = 0;
  if (kvm.behaviour.l2Asid !== 'per-vm-static' || vcpu.vm.nestedAsid !== 0) return;
  const asid = kvmAllocTlbTag(kvm);
  vcpu.vm.nestedAsid = asid === 0 ? kvm.fallbackAsid : asid;
}

/** svm_free_nested(), on EFER.SVME 1 to 0: leaves L2 first; the number stays until the VM dies. */
export function svmFreeNested(kvm: Kvm, vcpu: Vcpu): void {
  svmLeaveNested(kvm, vcpu);
  vcpu.vmcb02 = null;
}

export function createVmcb(kind: Vmcb['kind']): Vmcb {
  return {
    kind,
    cpu: 0,
    asidGeneration: 0,
    asid: 0,
    tlbControl: TLB_CONTROL.doNothing,
    flushReasons: 0,
    isNewOnPcpu: true,
  };
}

/** svm_switch_vmcb() */
function svmSwitchVmcb(kvm: Kvm, vcpu: Vcpu, target: Vmcb): void {
  if (kvm.behaviour.localRequestsBeforeSwitch === 'served-first') {
    if (kvmServiceLocalTlbFlushRequests(kvm, vcpu)) chargeServedRequests(kvm);
  }
  vcpu.current = target;
}

/** svm_set_cr4(): with nested paging, a change of CR4.PGE flushes the active ASID by itself. */
export function svmSetCr4(kvm: Kvm, vcpu: Vcpu, pge: boolean): void {
  if (kvm.nptEnabled && vcpu.cr4Pge !== pge) {
    svmFlushTlbCurrent(kvm, vcpu, addReason(0, 'cr4Pge'));
  }
  vcpu.cr4Pge = pge;
}

/** nested_svm_transition_tlb_flush(), v6.14: the same on entry and exit. */
function nestedSvmTransitionTlbFlush(kvm: Kvm, vcpu: Vcpu): void {
  // kvm_hv_nested_transtion_tlb_flush(): the queue of the mode that is entered must be looked at.
  if (vcpu.hyperV !== null) kvmMakeRequest(vcpu, KVM_REQ.hvTlbFlush, null);
  if (kvm.behaviour.nestedTransition !== 'flush-and-sync') return;
  kvmMakeRequest(vcpu, KVM_REQ.mmuSync, null);
  kvmMakeRequest(vcpu, KVM_REQ.tlbFlushCurrent, 'nestedTransition');
}

/** nested_svm_entry_tlb_flush(): what L1 asked for through vmcb12. */
function nestedSvmEntryTlbFlush(kvm: Kvm, vcpu: Vcpu, vmcb12: Vmcb12): void {
  const { vmcb12TlbControl, vmcb12AsidChange } = kvm.behaviour;
  if (vmcb12TlbControl === 'honoured' && vmcb12.tlbControl !== TLB_CONTROL.doNothing) {
    if (vmcb12.nestedPaging) kvmMakeRequest(vcpu, KVM_REQ.mmuSync, null);
    kvmMakeRequest(vcpu, KVM_REQ.tlbFlushGuest, 'vmcb12TlbControl');
  }
  if (vmcb12AsidChange !== 'ignored' && vmcb12.asid !== vcpu.lastAsid12) {
    if (vmcb12AsidChange === 'flush-and-sync') kvmMakeRequest(vcpu, KVM_REQ.mmuSync, null);
    kvmMakeRequest(vcpu, KVM_REQ.tlbFlushGuest, 'vmcb12AsidChange');
  }
  vcpu.lastAsid12 = vmcb12.asid;
  nestedSvmTransitionTlbFlush(kvm, vcpu);
}

/** nested_svm_exit_tlb_flush(): TLB_CONTROL 1 in vmcb12 covers L1's own entries too. */
function nestedSvmExitTlbFlush(kvm: Kvm, vcpu: Vcpu): void {
  if (
    kvm.behaviour.vmcb12TlbControl === 'honoured' &&
    vcpu.vmcb12?.tlbControl === TLB_CONTROL.flushAllAsids
  ) {
    kvmMakeRequest(vcpu, KVM_REQ.tlbFlushGuest, 'vmcb12TlbControl');
  }
  nestedSvmTransitionTlbFlush(kvm, vcpu);
}

/** nested_vmcb02_prepare_control() */
function nestedVmcb02PrepareControl(kvm: Kvm, vcpu: Vcpu, vmcb02: Vmcb): void {
  if (kvm.behaviour.vmcb02TlbControlOnEntry === 'reset') {
    vmcb02.tlbControl = TLB_CONTROL.doNothing;
    vmcb02.flushReasons = 0;
  }
  if (kvm.behaviour.l1Asid === 'per-vm-static') vmcb02.asid = staticAsidOf(kvm, vcpu, vmcb02);
}

/**
 * nested_svm_vmrun() for a VMRUN that succeeds: switch to vmcb02, raise the flush requests, enter
 * guest mode, prepare vmcb02, switch the MMU. The requests stay pending until the next entry.
 */
export function nestedSvmVmrun(kvm: Kvm, vcpu: Vcpu, vmcb12: Vmcb12): void {
  const vmcb02 = vcpu.vmcb02;
  if (vmcb02 === null || vcpu.guestMode) {
    throw new RangeError('nested VMRUN needs EFER.SVME and a vCPU in L1');
  }
  if (vmcb12.asid === 0) throw new RangeError('a vmcb12 with ASID 0 fails VMRUN');
  vcpu.vmcb12 = vmcb12;
  svmSwitchVmcb(kvm, vcpu, vmcb02);
  nestedSvmEntryTlbFlush(kvm, vcpu, vmcb12);
  vcpu.guestMode = true;
  nestedVmcb02PrepareControl(kvm, vcpu, vmcb02);
  vcpu.l1Cr4Pge = vcpu.cr4Pge;
  svmSetCr4(kvm, vcpu, vmcb12.cr4Pge);
  vcpu.mmu = vmcb12.nestedPaging ? vcpu.guestMmu : vcpu.rootMmu;
  kvmMmuNewPgd(vcpu.mmu, vmcb12.root);
}

/** nested_svm_vmexit(): leave guest mode first, then switch to vmcb01 and raise the requests. */
export function nestedSvmVmexit(kvm: Kvm, vcpu: Vcpu): void {
  if (!vcpu.guestMode) throw new RangeError('nested #VMEXIT needs a vCPU in L2');
  vcpu.guestMode = false;
  svmSwitchVmcb(kvm, vcpu, vcpu.vmcb01);
  svmSetCr4(kvm, vcpu, vcpu.l1Cr4Pge);
  nestedSvmExitTlbFlush(kvm, vcpu);
  vcpu.mmu = vcpu.rootMmu;
  kvmMmuNewPgd(vcpu.mmu, L1_ROOT);
}

/** svm_leave_nested(): reset, SET_NESTED_STATE, EFER.SVME cleared. No exit rules. */
export function svmLeaveNested(kvm: Kvm, vcpu: Vcpu): void {
  if (!vcpu.guestMode) return;
  vcpu.guestMode = false;
  svmSwitchVmcb(kvm, vcpu, vcpu.vmcb01);
  vcpu.cr4Pge = vcpu.l1Cr4Pge;
  vcpu.mmu = vcpu.rootMmu;
  kvmMmuNewPgd(vcpu.mmu, L1_ROOT);
  if (kvm.behaviour.forcedLeave === 'flush-and-sync') {
    kvmMakeRequest(vcpu, KVM_REQ.mmuSync, null);
    kvmMakeRequest(vcpu, KVM_REQ.tlbFlushCurrent, 'nestedTransition');
  }
}

/** invlpga_interception(): L1 flushes one page of an ASID that it gave to an L2. */
export function invlpgaInterception(kvm: Kvm, vcpu: Vcpu, asid12: number, mapping: number): void {
  if (kvm.behaviour.invlpga === 'as-invlpg' || asid12 === 0) {
    svmFlushTlbGva(kvm, vcpu, mapping);
    return;
  }
  // Another ASID needs nothing: running under it flushes.
  if (asid12 !== vcpu.lastAsid12 || vcpu.vmcb02 === null) return;
  const asid =
    kvm.behaviour.l1Asid === 'per-vm-static'
      ? staticAsidOf(kvm, vcpu, vcpu.vmcb02)
      : vcpu.vmcb02.asid;
  kvm.pcpus[vcpu.pcpu]!.cpu.invlpga(asid, mapping);
}
