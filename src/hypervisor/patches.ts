import type { KvmBehaviour } from './behaviour.ts';
import { KVM_6_14 } from './kvm-behaviours.ts';

/** What a patch is to the series: `refactoring` changes nothing by itself. */
export type PatchKind = 'refactoring' | 'preparation' | 'behaviour' | 'optimisation';

/** A patch of "[RFC PATCH 00/24] KVM: SVM: Rework ASID management" as data. */
export interface Patch {
  readonly number: number;
  readonly subject: string;
  readonly kind: PatchKind;
  readonly what: string;
  /** Behaviours that it changes when it is applied in its place. */
  readonly changes: Partial<KvmBehaviour>;
  /** Patches that must be there for it to apply or to mean anything. */
  readonly needs: readonly number[];
  /**
   * What the full series does without it, where that is not just the older behaviour: later patches
   * build on what it brought.
   */
  readonly whenDropped?: Partial<KvmBehaviour>;
  /** Message-id of the posting. */
  readonly source: string;
}

/** The series was posted in four threads, the first with a cover letter, two of a single patch. */
const PARTS = [
  { first: 1, thread: '20250326193619.3714986', letters: 1 },
  { first: 18, thread: '20250326194114.3716618', letters: 0 },
  { first: 19, thread: '20250326194331.3717289', letters: 0 },
  { first: 20, thread: '20250326194423.3717668', letters: 0 },
] as const;

function messageId(number: number): string {
  const part = PARTS.findLast(({ first }) => number >= first)!;
  return `${part.thread}-${number - part.first + part.letters + 1}-yosry.ahmed@linux.dev`;
}

/** The series, in order. */
export const PATCHES: readonly Patch[] = numbered([
  {
    subject: 'KVM: VMX: Generalize VPID allocation to be vendor-neutral',
    kind: 'refactoring',
    what: 'The allocator of VPIDs becomes common code. No number is handed out twice while in use.',
    changes: {},
    needs: [],
  },
  {
    subject: 'KVM: SVM: Use cached local variable in init_vmcb()',
    kind: 'refactoring',
    what: 'Cosmetic.',
    changes: {},
    needs: [],
  },
  {
    subject: 'KVM: SVM: Add helpers to set/clear ASID flush in VMCB',
    kind: 'refactoring',
    what: 'Helpers that write TLB_CONTROL.',
    changes: {},
    needs: [],
  },
  {
    subject: 'KVM: SVM: Flush everything if FLUSHBYASID is not available',
    kind: 'behaviour',
    what: 'Without FLUSHBYASID a flush is one of every ASID; before, the VMCB took a new number.',
    changes: { withoutFlushByAsid: 'flush-all-asids' },
    needs: [3],
    whenDropped: { withoutFlushByAsid: 'flush-asid-anyway' },
  },
  {
    subject: 'KVM: SVM: Flush the ASID when running on a new CPU',
    kind: 'behaviour',
    what: 'A VMCB on another pCPU flushes its ASID there; before, it took a new number.',
    changes: { onPcpuChange: 'flush-asid' },
    needs: [3, 4],
    whenDropped: { onPcpuChange: 'nothing' },
  },
  {
    subject: 'KVM: SEV: Track ASID->vCPU instead of ASID->VMCB',
    kind: 'preparation',
    what: 'The array of SEV ASIDs remembers vCPUs. The same for SEV, which has no nested guests.',
    changes: {},
    needs: [],
  },
  {
    subject: 'KVM: SEV: Track ASID->vCPU on vCPU load',
    kind: 'optimisation',
    what: 'Another use of a SEV ASID is looked for at vCPU load; before, at each VMRUN.',
    changes: { sevAsidTracking: 'vcpu-at-load' },
    needs: [6],
  },
  {
    subject: 'KVM: SEV: Drop pre_sev_run()',
    kind: 'refactoring',
    what: 'The rest of it moves to pre_svm_run().',
    changes: {},
    needs: [7],
  },
  {
    subject: 'KVM: SEV: Generalize tracking ASID->vCPU with xarrays',
    kind: 'preparation',
    what: 'Any ASID can be tracked, on each pCPU; guests without SEV are tracked from the next patch on.',
    changes: {},
    needs: [7],
    whenDropped: { asidOwnerTracking: 'untracked', sevAsidTracking: 'vmcb-at-run' },
  },
  {
    subject: 'KVM: SVM: Use a single ASID per VM',
    kind: 'behaviour',
    what: 'One static number for each VM, or a shared one that every VMRUN flushes; counters go.',
    changes: {
      l1Asid: 'per-vm-static',
      asidOwnerTracking: 'flush-when-owner-changes',
    },
    needs: [1, 4, 5, 9],
    whenDropped: {
      l1Asid: 'per-vcpu-static',
      l2Asid: 'per-vcpu-static',
      asidOwnerTracking: 'untracked',
    },
  },
  {
    subject: 'KVM: nSVM: Use a separate ASID for nested guests',
    kind: 'preparation',
    what: 'L2 has a number of its own in the code, which is still the one of L1.',
    changes: {},
    needs: [10],
    whenDropped: { l2Asid: 'shared-with-l1' },
  },
  {
    subject: 'KVM: x86: hyper-v: Pass is_guest_mode to kvm_hv_vcpu_purge_flush_tlb()',
    kind: 'preparation',
    what: "The purge of a queue of Hyper-V flushes takes the mode; before, the current one's went.",
    changes: { hyperVPurge: 'named-mode' },
    needs: [],
  },
  {
    subject: 'KVM: nSVM: Parameterize svm_flush_tlb_asid() by is_guest_mode',
    kind: 'preparation',
    what: 'A local flush marks the VMCB of the current mode; before, the one that is loaded.',
    changes: { localFlushTarget: 'by-guest-mode' },
    needs: [12],
    whenDropped: { localFlushTarget: 'active-vmcb', flushRequestScope: 'current-vmcb' },
  },
  {
    subject: 'KVM: nSVM: Split nested_svm_transition_tlb_flush() into entry/exit fns',
    kind: 'refactoring',
    what: 'One function becomes two.',
    changes: {},
    needs: [],
  },
  {
    subject: 'KVM: x86/mmu: rename __kvm_mmu_invalidate_addr()',
    kind: 'refactoring',
    what: 'A name.',
    changes: {},
    needs: [],
  },
  {
    subject: 'KVM: x86/mmu: Allow skipping the gva flush in kvm_mmu_invalidate_addr()',
    kind: 'preparation',
    what: "Shadow entries of an address can go without a page flush in L1's ASID.",
    changes: {},
    needs: [15],
    whenDropped: { invlpga: 'on-both-asids' },
  },
  {
    subject: 'KVM: nSVM: Flush both L1 and L2 ASIDs on KVM_REQ_TLB_FLUSH',
    kind: 'behaviour',
    what: "A flush of everything reaches vmcb02 too, where it waits for L2's next VMRUN.",
    changes: { flushRequestScope: 'both-vmcbs' },
    needs: [11, 13],
  },
  {
    subject: 'KVM: nSVM: Handle nested TLB flush requests through TLB_CONTROL',
    kind: 'behaviour',
    what: 'TLB_CONTROL in vmcb12 flushes L2 and syncs its nested NPT; 1 reaches L1 at the exit.',
    changes: { vmcb12TlbControl: 'honoured' },
    needs: [14],
  },
  {
    subject: "KVM: nSVM: Flush the TLB if L1 changes L2's ASID",
    kind: 'behaviour',
    what: 'Another ASID in vmcb12 than last time on this vCPU flushes L2.',
    changes: { vmcb12AsidChange: 'flush' },
    needs: [14],
  },
  {
    subject: 'KVM: nSVM: Do not reset TLB_CONTROL in VMCB02 on nested entry',
    kind: 'behaviour',
    what: 'A flush pending in vmcb02 survives nested VMRUN.',
    changes: { vmcb02TlbControlOnEntry: 'kept' },
    needs: [],
  },
  {
    subject: 'KVM: nSVM: Service local TLB flushes before nested transitions',
    kind: 'behaviour',
    what: 'Local flush requests are served before the VMCB is switched.',
    changes: { localRequestsBeforeSwitch: 'served-first' },
    needs: [],
  },
  {
    subject: 'KVM: nSVM: Handle INVLPGA interception correctly',
    kind: 'behaviour',
    what: "INVLPGA flushes the page under L2's number; before, under L1's.",
    changes: { invlpga: 'on-l2-asid' },
    needs: [11, 16, 19],
  },
  {
    subject: 'KVM: nSVM: Allocate a new ASID for nested guests',
    kind: 'behaviour',
    what: "L2's number becomes another one than L1's.",
    changes: { l2Asid: 'per-vm-static' },
    needs: [1, 11, 17, 18, 19, 20, 21, 22],
  },
  {
    subject: 'KVM: nSVM: Stop bombing the TLB on nested transitions',
    kind: 'optimisation',
    what: 'Nested transitions flush and sync only what was asked for.',
    changes: { nestedTransition: 'as-needed' },
    needs: [23],
  },
]);

function numbered(patches: readonly Omit<Patch, 'number' | 'source'>[]): readonly Patch[] {
  return patches.map((patch, at) => ({ number: at + 1, ...patch, source: messageId(at + 1) }));
}

export const LAST_PATCH = PATCHES.length;

/** Behaviours after the first `count` patches, 0 to 24. */
export function behaviourAfter(count: number): KvmBehaviour {
  return applied(PATCHES.slice(0, count));
}

function applied(patches: readonly Patch[]): KvmBehaviour {
  return Object.assign({}, KVM_6_14, ...patches.map((patch) => patch.changes)) as KvmBehaviour;
}

/** Behaviours of the full series without some of its patches, as later ones would then do. */
export function behaviourWithout(numbers: readonly number[]): KvmBehaviour {
  const isDropped = (patch: Patch) => numbers.includes(patch.number);
  const kept = applied(PATCHES.filter((patch) => !isDropped(patch)));
  const overrides = PATCHES.filter(isDropped).map((patch) => patch.whenDropped ?? {});
  return Object.assign({}, kept, ...overrides) as KvmBehaviour;
}
