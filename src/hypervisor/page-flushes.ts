import { asidOf } from './asid-of.ts';
import { addReason, KVM_REQ } from './requests.ts';
import type { Kvm, Vcpu, Vmcb } from './state.ts';
import { kvmMakeRequest, svmFlushTlbAsid, svmFlushTlbGva } from './tlb-requests.ts';

/** invlpga_interception(): L1 flushes one page of an ASID that it gave to an L2. */
export function invlpgaInterception(kvm: Kvm, vcpu: Vcpu, asid12: number, mapping: number): void {
  const { invlpga } = kvm.behaviour;
  if (asid12 === 0) {
    svmFlushTlbGva(kvm, vcpu, mapping);
    return;
  }
  switch (invlpga) {
    case 'as-invlpg':
      svmFlushTlbGva(kvm, vcpu, mapping);
      return;
    case 'on-both-asids':
      svmFlushTlbGva(kvm, vcpu, mapping);
      flushPageOfL2s(kvm, vcpu, asid12, mapping);
      return;
    case 'on-l2-asid-when-l1-shadows':
      if (vcpu.vmcb12?.nestedPaging !== true) flushPageOfL2s(kvm, vcpu, asid12, mapping);
      return;
    case 'on-l2-asid':
    case 'on-l1-asid':
      flushPageOfL2s(kvm, vcpu, asid12, mapping);
      return;
    default:
      invlpga satisfies never;
  }
}

function flushPageOfL2s(kvm: Kvm, vcpu: Vcpu, asid12: number, mapping: number): void {
  for (const vmcb of vmcbsOfAsid12(vcpu, asid12)) flushPageOfL2(kvm, vcpu, vmcb, mapping);
}

/** Those that ran under an ASID of L1's. Any other needs nothing: running under it flushes. */
function vmcbsOfAsid12(vcpu: Vcpu, asid12: number): Vmcb[] {
  if (vcpu.l2Slots.length > 0) {
    return vcpu.l2Slots.filter((slot) => slot.asid12 === asid12).map((slot) => slot.vmcb);
  }
  return asid12 === vcpu.lastAsid12 && vcpu.vmcb02 !== null ? [vcpu.vmcb02] : [];
}

/** INVLPGA reaches this pCPU only. */
function flushPageOfL2(kvm: Kvm, vcpu: Vcpu, vmcb: Vmcb, mapping: number): void {
  const { invlpga, invlpgaPcpu } = kvm.behaviour;
  switch (invlpgaPcpu) {
    case 'handler-pcpu':
      break;
    case 'flush-when-l2-ran-elsewhere':
      if (vmcb.cpu === vcpu.pcpu) break;
      flushAtNextNestedVmrun(kvm, vcpu, vmcb);
      return;
    default:
      invlpgaPcpu satisfies never;
  }
  const target = invlpga === 'on-l1-asid' ? vcpu.vmcb01 : vmcb;
  kvm.pcpus[vcpu.pcpu]!.cpu.invlpga(asidOf(kvm, vcpu, target), mapping);
}

/** As nVMX does: the entries are not here, so the next nested VMRUN must flush as for a new ASID. */
function flushAtNextNestedVmrun(kvm: Kvm, vcpu: Vcpu, vmcb: Vmcb): void {
  const slot = vcpu.l2Slots.find((each) => each.vmcb === vmcb);
  if (slot === undefined) vcpu.lastAsid12 = 0;
  else svmFlushTlbAsid(kvm, vcpu, vmcb, addReason(0, 'guestFlush'));
}

/** invlpgb_interception(), which KVM has not: a broadcast becomes a guest flush of every vCPU. */
export function invlpgbInterception(vcpu: Vcpu): void {
  for (const each of vcpu.vm.vcpus) kvmMakeRequest(each, KVM_REQ.tlbFlushGuest, 'guestFlush');
}
