import { TLB_CONTROL } from '../hardware/tlb-control.ts';
import { vmxVcpuLoadVmcs } from './asid.ts';
import { hasDynamicAsid, staticAsidOf } from './asid-of.ts';
import { kvmVcpuUpdateApicv, usesAvic } from './avic.ts';
import { kvmServiceLocalTlbFlushRequests } from './guest-flush.ts';
import { exchangeAsid12, exchangeAsid12OfVm, flushOtherSlots, l2VmcbFor } from './l2-asid-cache.ts';
import { kvmMmuNewPgd, L1_ROOT } from './mmu.ts';
import { addReason, KVM_REQ } from './requests.ts';
import { type Kvm, NO_CPU, type Vcpu, type Vmcb, type Vmcb12 } from './state.ts';
import { chargeServedRequests, kvmMakeRequest, svmFlushTlbCurrent } from './tlb-requests.ts';
import { freeNestedTags, kvmFreeTlbTag, tagOrFallback } from './tlb-tags.ts';

/**
 * svm_allocate_nested(), on EFER.SVME 0 to 1: a zeroed page for vmcb02, and a number for L2 where it
 * has one. What KVM keeps beside the page is as it was: the generation, and in v6.14 the pCPU.
 */
export function svmAllocateNested(kvm: Kvm, vcpu: Vcpu): void {
  if (vcpu.vmcb02 !== null) return;
  vcpu.vmcb02 = vcpu.nestedVmcb;
  vcpu.vmcb02.tlbControl = TLB_CONTROL.doNothing;
  vcpu.vmcb02.flushReasons = 0;
  // A number from a counter is kept beside the page, in kvm_vmcb_info, like its generation.
  if (kvm.behaviour.l2Asid !== 'per-vmcb-generation') vcpu.vmcb02.asid = 0;
  vcpu.vmcb02.isClean = false;
  const { l2Asid, vmcb02Cpu } = kvm.behaviour;
  switch (vmcb02Cpu) {
    case 'kept':
      break;
    case 'none':
      vcpu.vmcb02.cpu = NO_CPU;
      break;
    default:
      vmcb02Cpu satisfies never;
  }
  const { vm } = vcpu;
  if (l2Asid === 'per-vm-static' && vm.nestedAsid === 0) vm.nestedAsid = tagOrFallback(kvm);
  if (l2Asid === 'per-vcpu-static' && vcpu.nestedAsid === 0) vcpu.nestedAsid = tagOrFallback(kvm);
}

/** svm_free_nested(), on EFER.SVME 1 to 0: leaves L2 first; L2's number may go with it. */
export function svmFreeNested(kvm: Kvm, vcpu: Vcpu): void {
  svmLeaveNested(kvm, vcpu);
  vcpu.vmcb02 = null;
  const { nestedTagLife } = kvm.behaviour;
  switch (nestedTagLife) {
    case 'until-vm-dies':
      return;
    case 'until-svme-clears':
      giveBackNestedTags(kvm, vcpu);
      // The first entry after EFER.SVME was set again must look like a change of ASID.
      vcpu.lastAsid12 = 0;
      return;
    case 'until-svme-clears-without-first-use-flush':
      giveBackNestedTags(kvm, vcpu);
      return;
    default:
      nestedTagLife satisfies never;
  }
}

/** The numbers for L2 of a vCPU, and that of the VM once none of its vCPUs has EFER.SVME set. */
function giveBackNestedTags(kvm: Kvm, vcpu: Vcpu): void {
  freeNestedTags(kvm, vcpu);
  const { vm } = vcpu;
  if (vm.vcpus.every((each) => each.vmcb02 === null)) {
    kvmFreeTlbTag(kvm, vm.nestedAsid);
    vm.nestedAsid = 0;
  }
}

/** svm_switch_vmcb() */
function svmSwitchVmcb(kvm: Kvm, vcpu: Vcpu, target: Vmcb): void {
  const { localRequestsBeforeSwitch } = kvm.behaviour;
  switch (localRequestsBeforeSwitch) {
    case 'left-pending':
      break;
    case 'served-first':
      if (kvmServiceLocalTlbFlushRequests(kvm, vcpu)) chargeServedRequests(kvm);
      break;
    default:
      localRequestsBeforeSwitch satisfies never;
  }
  vcpu.current = target;
  vmxVcpuLoadVmcs(kvm, vcpu);
}

/** svm_set_cr4(): with nested paging, a change of CR4.PGE flushes the active ASID by itself. */
export function svmSetCr4(kvm: Kvm, vcpu: Vcpu, pge: boolean): void {
  if (kvm.nptEnabled && vcpu.cr4Pge !== pge) {
    svmFlushTlbCurrent(kvm, vcpu, addReason(0, 'cr4Pge'));
  }
  vcpu.cr4Pge = pge;
}

/** nested_svm_transition_tlb_flush(), v6.14: the same on entry and exit. */
function nestedSvmTransitionTlbFlush(kvm: Kvm, vcpu: Vcpu, way: 'entry' | 'exit'): void {
  // kvm_hv_nested_transtion_tlb_flush(): the queue of the mode that is entered must be looked at.
  if (vcpu.hyperV !== null && kvm.nptEnabled) kvmMakeRequest(vcpu, KVM_REQ.hvTlbFlush, null);
  const { nestedTransition } = kvm.behaviour;
  switch (nestedTransition) {
    case 'as-needed':
      return;
    case 'flush-and-sync':
      flushAndSync(vcpu);
      return;
    case 'flush-and-sync-on-entry-only':
      if (way === 'entry') flushAndSync(vcpu);
      return;
    case 'flush-and-sync-on-exit-only':
      if (way === 'exit') flushAndSync(vcpu);
      return;
    case 'flush-only':
      kvmMakeRequest(vcpu, KVM_REQ.tlbFlushCurrent, 'nestedTransition');
      return;
    default:
      nestedTransition satisfies never;
  }
}

/** What v6.14 does at every nested transition. */
function flushAndSync(vcpu: Vcpu): void {
  kvmMakeRequest(vcpu, KVM_REQ.mmuSync, null);
  kvmMakeRequest(vcpu, KVM_REQ.tlbFlushCurrent, 'nestedTransition');
}

/** nested_svm_entry_tlb_flush(): what L1 asked for through vmcb12. */
function nestedSvmEntryTlbFlush(kvm: Kvm, vcpu: Vcpu, vmcb12: Vmcb12): void {
  const { vmcb12TlbControl } = kvm.behaviour;
  if (isEntryFlushHonoured(kvm, vmcb12)) {
    const syncs = vmcb12.nestedPaging && vmcb12TlbControl !== 'honoured-without-sync';
    if (syncs) kvmMakeRequest(vcpu, KVM_REQ.mmuSync, null);
    kvmMakeRequest(vcpu, KVM_REQ.tlbFlushGuest, 'vmcb12TlbControl');
    flushOtherSlots(kvm, vcpu, vmcb12);
  }
  flushForAsid12(kvm, vcpu, vmcb12);
  nestedSvmTransitionTlbFlush(kvm, vcpu, 'entry');
}

/** What another ASID in vmcb12 than at the last nested VMRUN means; the new one is remembered. */
function flushForAsid12(kvm: Kvm, vcpu: Vcpu, vmcb12: Vmcb12): void {
  const { vmcb12AsidChange } = kvm.behaviour;
  const isOtherVmcb12 = vcpu.lastVmcb12Gpa !== vmcb12.gpa;
  vcpu.lastVmcb12Gpa = vmcb12.gpa;
  switch (vmcb12AsidChange) {
    case 'ignored':
      exchangeAsid12(vcpu, vmcb12);
      return;
    case 'flush-by-vmcb12-address':
      vcpu.lastAsid12 = vmcb12.asid;
      if (isOtherVmcb12) kvmMakeRequest(vcpu, KVM_REQ.tlbFlushGuest, 'vmcb12AsidChange');
      return;
    case 'flush-by-vm-wide-memory':
      exchangeAsid12(vcpu, vmcb12);
      if (exchangeAsid12OfVm(vcpu, vmcb12) === vmcb12.asid) return;
      kvmMakeRequest(vcpu, KVM_REQ.tlbFlushGuest, 'vmcb12AsidChange');
      return;
    case 'flush':
      if (exchangeAsid12(vcpu, vmcb12) === vmcb12.asid) return;
      kvmMakeRequest(vcpu, KVM_REQ.tlbFlushGuest, 'vmcb12AsidChange');
      return;
    case 'flush-and-sync':
      if (exchangeAsid12(vcpu, vmcb12) === vmcb12.asid) return;
      kvmMakeRequest(vcpu, KVM_REQ.mmuSync, null);
      kvmMakeRequest(vcpu, KVM_REQ.tlbFlushGuest, 'vmcb12AsidChange');
      return;
    default:
      vmcb12AsidChange satisfies never;
  }
}

/** Whether TLB_CONTROL of vmcb12 becomes a flush of L2's ASID. */
function isEntryFlushHonoured(kvm: Kvm, vmcb12: Vmcb12): boolean {
  const { vmcb12TlbControl } = kvm.behaviour;
  switch (vmcb12TlbControl) {
    case 'ignored':
    case 'copied-to-hardware':
      return false;
    case 'honoured':
    case 'honoured-without-sync':
    case 'honoured-on-entry-only':
      return vmcb12.tlbControl !== TLB_CONTROL.doNothing;
    case 'honoured-but-7-ignored':
      return (
        vmcb12.tlbControl !== TLB_CONTROL.doNothing &&
        vmcb12.tlbControl !== TLB_CONTROL.flushAsidNonGlobal
      );
    default:
      return vmcb12TlbControl satisfies never;
  }
}

/** nested_svm_exit_tlb_flush(): TLB_CONTROL 1 in vmcb12 covers L1's own entries too. */
function nestedSvmExitTlbFlush(kvm: Kvm, vcpu: Vcpu): void {
  const { vmcb12 } = vcpu;
  const reachesL1 = kvm.behaviour.vmcb12TlbControl !== 'honoured-on-entry-only';
  if (
    vmcb12?.tlbControl === TLB_CONTROL.flushAllAsids &&
    reachesL1 &&
    isEntryFlushHonoured(kvm, vmcb12)
  ) {
    kvmMakeRequest(vcpu, KVM_REQ.tlbFlushGuest, 'vmcb12TlbControl');
  }
  nestedSvmTransitionTlbFlush(kvm, vcpu, 'exit');
}

/** nested_vmcb02_prepare_control() */
function nestedVmcb02PrepareControl(kvm: Kvm, vcpu: Vcpu, vmcb02: Vmcb, vmcb12: Vmcb12): void {
  const { vmcb02TlbControlOnEntry } = kvm.behaviour;
  switch (vmcb02TlbControlOnEntry) {
    case 'reset':
      vmcb02.tlbControl = TLB_CONTROL.doNothing;
      vmcb02.flushReasons = 0;
      break;
    case 'kept':
      break;
    default:
      vmcb02TlbControlOnEntry satisfies never;
  }
  if (kvm.behaviour.vmcb12TlbControl === 'copied-to-hardware' && vmcb12.tlbControl !== 0) {
    vmcb02.tlbControl = vmcb12.tlbControl;
  }
  if (!hasDynamicAsid(kvm, vmcb02)) vmcb02.asid = staticAsidOf(kvm, vcpu, vmcb02);
}

/**
 * nested_svm_vmrun() for a VMRUN that succeeds: switch to vmcb02, raise the flush requests, enter
 * guest mode, prepare vmcb02, switch the MMU. The requests stay pending until the next entry.
 */
export function nestedSvmVmrun(kvm: Kvm, vcpu: Vcpu, vmcb12: Vmcb12): void {
  if (vcpu.guestMode) throw new RangeError('nested VMRUN needs a vCPU in L1');
  enterSvmGuestMode(kvm, vcpu, vmcb12);
  vcpu.nestedRunPending = true;
  vcpu.l1Cr4Pge = vcpu.cr4Pge;
  svmSetCr4(kvm, vcpu, vmcb12.cr4Pge);
  loadNestedCr3(vcpu, vmcb12);
}

/**
 * svm_set_nested_state(), a state in guest mode whose L2 has run: userspace puts the vCPU into L2,
 * leaving by force the one that it was in. CR4 was set before.
 */
export function svmSetNestedState(kvm: Kvm, vcpu: Vcpu, vmcb12: Vmcb12): void {
  svmLeaveNested(kvm, vcpu);
  enterSvmGuestMode(kvm, vcpu, vmcb12);
  loadNestedCr3(vcpu, vmcb12);
}

/** enter_svm_guest_mode(), what concerns the TLB. */
function enterSvmGuestMode(kvm: Kvm, vcpu: Vcpu, vmcb12: Vmcb12): void {
  if (vcpu.vmcb02 === null) throw new RangeError('L2 needs EFER.SVME');
  if (vmcb12.asid === 0) throw new RangeError('a vmcb12 with ASID 0 fails VMRUN');
  if (kvm.behaviour.l2Asid === 'cached-per-vcpu') vcpu.vmcb02 = l2VmcbFor(kvm, vcpu, vmcb12);
  const { vmcb02 } = vcpu;
  vcpu.vmcb12 = vmcb12;
  svmSwitchVmcb(kvm, vcpu, vmcb02);
  nestedSvmEntryTlbFlush(kvm, vcpu, vmcb12);
  vcpu.guestMode = true;
  nestedVmcb02PrepareControl(kvm, vcpu, vmcb02, vmcb12);
  if (vcpu.apicvActive) kvmMakeRequest(vcpu, KVM_REQ.apicvUpdate, null);
}

/** nested_svm_load_cr3() on the way into L2. */
function loadNestedCr3(vcpu: Vcpu, vmcb12: Vmcb12): void {
  vcpu.mmu = vmcb12.nestedPaging ? vcpu.guestMmu : vcpu.rootMmu;
  kvmMmuNewPgd(vcpu, vmcb12.root);
}

/**
 * svm_check_nested_events(): whether an event may make a nested #VMEXIT now. Not between L1's VMRUN
 * and L2's first instruction.
 */
export function svmNestedEventsAllowed(vcpu: Vcpu): boolean {
  return vcpu.guestMode && !vcpu.nestedRunPending;
}

/** nested_svm_vmexit(): leave guest mode first, then switch to vmcb01 and raise the requests. */
export function nestedSvmVmexit(kvm: Kvm, vcpu: Vcpu): void {
  if (!vcpu.guestMode) throw new RangeError('nested #VMEXIT needs a vCPU in L2');
  vcpu.nestedRunPending = false;
  vcpu.guestMode = false;
  svmSwitchVmcb(kvm, vcpu, vcpu.vmcb01);
  svmSetCr4(kvm, vcpu, vcpu.l1Cr4Pge);
  nestedSvmExitTlbFlush(kvm, vcpu);
  vcpu.mmu = vcpu.rootMmu;
  kvmMmuNewPgd(vcpu, L1_ROOT);
  kvmVcpuUpdateApicv(kvm, vcpu);
}

/**
 * svm_leave_nested() (nested.c 1269): reset, SET_NESTED_STATE, EFER.SVME cleared. No exit rules, and
 * CR4 stays L2's: whoever asked for it sets it.
 */
export function svmLeaveNested(kvm: Kvm, vcpu: Vcpu): void {
  if (!vcpu.guestMode) return;
  vcpu.nestedRunPending = false;
  vcpu.guestMode = false;
  svmSwitchVmcb(kvm, vcpu, vcpu.vmcb01);
  vcpu.mmu = vcpu.rootMmu;
  kvmMmuNewPgd(vcpu, L1_ROOT);
  if (usesAvic(kvm)) kvmMakeRequest(vcpu, KVM_REQ.apicvUpdate, null);
  const { forcedLeave } = kvm.behaviour;
  switch (forcedLeave) {
    case 'no-flush':
      return;
    case 'flush-and-sync':
      flushAndSync(vcpu);
      return;
    default:
      forcedLeave satisfies never;
  }
}
