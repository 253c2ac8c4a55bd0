/** A scenario that somebody else wrote, told again in events of the checker. */
export interface AcceptanceCase {
  readonly id: string;
  readonly source: string;
  /** What the source demands, in its own terms. */
  readonly demand: string;
  readonly world: string;
  readonly transcript: string;
  /**
   * A single change of behaviour under which the demand is not met: the case can fail. `null` where
   * KVM has no part in it; then `lastTouch` says what the last access does.
   */
  readonly fault: string | null;
  /** `hits` an entry, old as it may be, or `walks`. */
  readonly lastTouch?: 'hits' | 'walks';
  /** Strategy that the fault is made in. */
  readonly faultIn: 'kvm-6.14' | 'rfc-2026-06';
}

const UNIT_TESTS = 'kvm-unit-tests x86';
const HYPERV = 'Linux selftests/kvm/x86/hyperv_tlb_flush.c';
const TRANSFORM = 'TransForm ELT suite for x86t_elt (Hossain, Trippel, Martonosi, ISCA 2020)';
const HERD = 'herdtools7 catalogue/aarch64-VMSA, shoot…TLBI…IS family';

/** L2 under asid12 1 has used page 0, and its exit went to L1, which runs. */
const L2_RAN = `v0 load p0
  v0 enter
  v0 vmrun asid=1 tlb=0
  v0 enter
  v0 touch page=0
  v0 reflected-exit
  v0 enter`;

/** Once more round, so that kvm-6.14 has settled on one number too. */
const L2_RAN_TWICE = `${L2_RAN}
  v0 vmrun asid=1 tlb=0
  v0 enter
  v0 touch page=0
  v0 reflected-exit
  v0 enter`;

/** L1 edits a page-table entry of L2 and then flushes by one of its means. */
function l1Flushes(means: string): string {
  return `${L2_RAN_TWICE}
  v0 changes-l2-pte page=0 asid=1
  ${means}
  v0 enter
  v0 touch page=0`;
}

export const CASES: readonly AcceptanceCase[] = [
  {
    id: 'L1 intercepts INVLPG of L2 and flushes the ASID',
    source: `${UNIT_TESTS}/vmx_tests.c vmx_pf_invvpid_test, told for SVM: TLB_CONTROL 3`,
    demand: 'after the flush L2 sees the new PTE',
    world: 'one-vcpu',
    transcript: l1Flushes('v0 vmrun asid=1 tlb=3'),
    fault: 'vmcb12TlbControl=ignored',
    faultIn: 'rfc-2026-06',
  },
  {
    id: 'L1 intercepts INVLPG of L2 and does INVLPGA',
    source: `${UNIT_TESTS}/vmx_tests.c vmx_pf_invvpid_test, told for SVM: INVLPGA`,
    demand: 'after the flush L2 sees the new PTE',
    world: 'one-vcpu',
    transcript: l1Flushes('v0 invlpga page=0 asid=1\n  v0 enter\n  v0 vmrun asid=1 tlb=0'),
    fault: 'invlpga=as-invlpg',
    faultIn: 'rfc-2026-06',
  },
  {
    id: 'L1 takes a new ASID for L2 instead of flushing',
    source: `${UNIT_TESTS}/vmx_tests.c vmx_pf_vpid_test, told for SVM: another ASID, TLB_CONTROL 0`,
    demand: 'under the new ASID L2 sees the new PTE',
    world: 'one-vcpu',
    transcript: l1Flushes('v0 vmrun asid=2 tlb=0'),
    fault: 'vmcb12AsidChange=ignored',
    faultIn: 'rfc-2026-06',
  },
  {
    id: 'L1 has used up its ASIDs and flushes all of them',
    source: `${UNIT_TESTS}/vmx_tests.c vmx_pf_vpid_test (INVVPID all on wrap), told for SVM: TLB_CONTROL 1`,
    demand: 'after the wrap L2 sees the new PTE',
    world: 'one-vcpu',
    transcript: l1Flushes('v0 vmrun asid=1 tlb=1'),
    fault: 'vmcb12TlbControl=ignored',
    faultIn: 'rfc-2026-06',
  },
  {
    id: 'L1 flushes the non-global entries of the ASID',
    source: `${UNIT_TESTS}/access.c PTE permutations with TLB_CONTROL 7`,
    demand: 'after the flush L2 sees the new PTE',
    world: 'one-vcpu',
    transcript: l1Flushes('v0 vmrun asid=1 tlb=7'),
    fault: 'vmcb12TlbControl=honoured-but-7-ignored',
    faultIn: 'rfc-2026-06',
  },
  {
    id: 'L1 has no VPID: entries and exits flush',
    source: `${UNIT_TESTS}/vmx_tests.c vmx_pf_no_vpid_test, told for SVM: the transition flush of v6.14`,
    demand: 'L1 never uses what L2 cached',
    world: 'one-vcpu',
    transcript: `${L2_RAN_TWICE}
  v0 touch page=0`,
    fault: 'nestedTransition=flush-and-sync-on-entry-only',
    faultIn: 'kvm-6.14',
  },
  {
    id: 'L1 with shadow paging flushes the ASID',
    source: `${UNIT_TESTS}/access.c under npt=0 in L1, TLB_CONTROL 3`,
    demand: 'after the flush L2 sees the new PTE',
    world: 'l1-shadow',
    transcript: l1Flushes('v0 vmrun asid=1 tlb=3'),
    fault: 'vmcb12TlbControl=ignored',
    faultIn: 'rfc-2026-06',
  },
  {
    id: 'L1 with shadow paging does INVLPGA',
    source: `${UNIT_TESTS}/access.c under npt=0 in L1, INVLPGA`,
    demand: 'after the flush L2 sees the new PTE',
    world: 'l1-shadow',
    transcript: l1Flushes('v0 invlpga page=0 asid=1\n  v0 enter\n  v0 vmrun asid=1 tlb=0'),
    fault: 'invlpga=as-invlpg',
    faultIn: 'rfc-2026-06',
  },
  {
    id: 'L1 does not flush',
    source: `${UNIT_TESTS}/access.c: without a flush either value is accepted`,
    demand: 'L2 may see the old PTE',
    world: 'one-vcpu',
    transcript: l1Flushes('v0 vmrun asid=1 tlb=0'),
    fault: null,
    faultIn: 'rfc-2026-06',
  },
  {
    id: 'a Hyper-V flush of a page of L1',
    source: `${HYPERV}: HvFlushVirtualAddressList on the worker's vCPU`,
    demand: 'the targeted vCPU reads the new value',
    world: 'hyper-v',
    transcript: `v0 load p0
  v0 enter
  v0 exit
  v0 enter
  v0 touch page=0
  v0 changes-pte page=0
  v0 hv-flush-l1 page=0
  v0 enter
  v0 touch page=0`,
    fault: 'hyperVQueue=other-mode',
    faultIn: 'rfc-2026-06',
  },
  {
    id: 'a Hyper-V flush of a page of L2 while its vCPU is in L1',
    source: `${HYPERV}, with the L2 flush of hyperv_svm_test.c`,
    demand: 'the targeted vCPU reads the new value when L2 runs again',
    world: 'hyper-v',
    transcript: `${L2_RAN}
  v0 changes-l2-pte page=0 asid=1
  v0 hv-flush-l2 page=0
  v0 enter
  v0 vmrun asid=1 tlb=0
  v0 enter
  v0 touch page=0`,
    fault: 'hyperVQueue=other-mode',
    faultIn: 'rfc-2026-06',
  },
  {
    id: 'a vCPU moves away, remaps, and comes back',
    source:
      'kvm-unit-tests powerpc/mmu.c (TLBIEL against migration); 20250326193619.3714986-6-yosry.ahmed@linux.dev',
    demand: 'entries left behind are dead on return',
    world: 'moving',
    transcript: `v0 load p0
  v0 enter
  v0 touch page=0
  v0 load p1
  v0 enter
  v0 changes-pte page=0
  v0 invlpg page=0
  v0 load p0
  v0 enter
  v0 touch page=0`,
    fault: 'onPcpuChange=nothing',
    faultIn: 'rfc-2026-06',
  },
  {
    id: "L2's vCPU moves away, remaps, and comes back",
    source: 'kvm-unit-tests powerpc/mmu.c (TLBIEL against migration), one level down',
    demand: 'entries left behind are dead on return',
    world: 'moving',
    transcript: `v0 load p0
  v0 enter
  v0 vmrun asid=1 tlb=0
  v0 enter
  v0 touch page=0
  v0 load p1
  v0 enter
  v0 changes-pte page=0
  v0 invlpg page=0
  v0 load p0
  v0 enter
  v0 touch page=0`,
    fault: 'onPcpuChange=flush-vmcb01-only',
    faultIn: 'rfc-2026-06',
  },
  {
    id: 'WPTE; R: a read after a changed PTE without INVLPG',
    source: `${TRANSFORM}: permitted`,
    demand: 'the read may still use the old translation',
    world: 'one-vcpu',
    transcript: `v0 load p0
  v0 enter
  v0 touch page=0
  v0 changes-pte page=0
  v0 touch page=0`,
    fault: null,
    lastTouch: 'hits',
    faultIn: 'rfc-2026-06',
  },
  {
    id: 'WPTE; INVLPG; R on one core',
    source: `${TRANSFORM}: the read must walk`,
    demand: 'the read uses the new translation, also when L0 shadows and emulates the INVLPG',
    world: 'l0-shadow',
    transcript: `v0 load p0
  v0 enter
  v0 touch page=0
  v0 changes-pte page=0
  v0 enter
  v0 invlpg page=0
  v0 enter
  v0 touch page=0`,
    fault: null,
    lastTouch: 'walks',
    faultIn: 'rfc-2026-06',
  },
  {
    id: 'the host takes a page back while another vCPU runs',
    source: `${HERD}: P0 changes the PTE, shoots down and sets a flag; P1 reads the flag, then the page`,
    demand: 'P1 does not read through the old PTE',
    world: 'default',
    transcript: `v0 load p0
  v1 load p1
  v0 enter
  v1 enter
  v1 touch page=0
  vm0 host-unmaps page=0
  v1 enter
  v1 touch page=0`,
    fault: 'tlbControlCleanBit=cached',
    faultIn: 'rfc-2026-06',
  },
  {
    id: 'the host takes a page back that L2 of another vCPU uses, whose L1 runs',
    source: `${HERD}, with P1 at another level when the shootdown comes`,
    demand: 'P1 does not read through the old PTE',
    world: 'default',
    transcript: `v1 load p1
  v1 enter
  v1 vmrun asid=1 tlb=0
  v1 enter
  v1 touch page=0
  v1 reflected-exit
  v1 enter
  vm0 host-unmaps page=0
  v1 enter
  v1 vmrun asid=1 tlb=0
  v1 enter
  v1 touch page=0`,
    fault: 'flushRequestScope=current-vmcb',
    faultIn: 'rfc-2026-06',
  },
];
