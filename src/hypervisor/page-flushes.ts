import { asidOf } from './asid-of.ts';
import { addReason, KVM_REQ } from './requests.ts';
import type { Kvm, Vcpu, Vmcb } from './state.ts';
import { kvmMakeRequest, svmFlushTlbAsid, svmFlushTlbGva } from './tlb-requests.ts';

/** invlpga_interception(): L1 flushes one page of an ASID that it gave to an L2. */
export function invlpgaInterception(kvm: Kvm, vcpu: Vcpu, asid12: number, mapping: number): void {
  const { invlpga } = kvm.behaviour;
  if (invlpga === 'as-invlpg' || asid12 === 0) {
    svmFlushTlbGva(kvm, vcpu, mapping);
    return;
  }
  if (invlpga === 'on-both-asids') svmFlushTlbGva(kvm, vcpu, mapping);
  if (invlpga === 'on-l2-asid-when-l1-shadows' && vcpu.vmcb12?.nestedPaging === true) return;
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
  if (invlpgaPcpu === 'flush-when-l2-ran-elsewhere' && vmcb.cpu !== vcpu.pcpu) {
    // As nVMX does: the entries are not here, so the next nested VMRUN must flush as for a new ASID.
    const slot = vcpu.l2Slots.find((each) => each.vmcb === vmcb);
    if (slot === undefined) vcpu.lastAsid12 = 0;
    else svmFlushTlbAsid(kvm, vcpu, vmcb, addReason(0, 'guestFlush'));
    return;
  }
  const target = invlpga === 'on-l1-asid' ? vcpu.vmcb01 : vmcb;
  kvm.pcpus[vcpu.pcpu]!.cpu.invlpga(asidOf(kvm, vcpu, target), mapping);
}

/** invlpgb_interception(), which KVM has not: a broadcast becomes a guest flush of every vCPU. */
export function invlpgbInterception(vcpu: Vcpu): void {
  for (const each of vcpu.vm.vcpus) kvmMakeRequest(each, KVM_REQ.tlbFlushGuest, 'guestFlush');
}
