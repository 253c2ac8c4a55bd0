/**
 * What a KVM version does at each decision about ASIDs and TLB flushes, as named choices.
 * A strategy is one value for each key; functions with the kernel's names read them.
 * A patch is a change to these values; a refactoring patch changes none.
 */
export const BEHAVIOURS = {
  l1Asid: {
    what: 'Which ASID a vCPU runs L1 under.',
    source: 'arch/x86/kvm/svm/svm.c new_asid() in v6.14; RFC 20250326193619.3714986-11',
    values: {
      'per-vcpu-generation':
        'A number from a counter of the pCPU, valid for one generation of that counter.',
      'per-vm-static': 'One number for the life of the VM, shared by its vCPUs.',
    },
  },
  l2Asid: {
    what: 'Which ASID a vCPU runs L2 under.',
    source: 'RFC 20250326193619.3714986-12 and 20250326194423.3717668-4',
    values: {
      'shared-with-l1': 'The same number as L1.',
      'per-vm-static': 'A second number for the life of the VM, shared by its vCPUs.',
    },
  },
  onPcpuChange: {
    what: 'What happens when a VMCB runs on another pCPU than last time.',
    source: 'pre_svm_run() in v6.14; RFC 20250326193619.3714986-6',
    values: {
      'new-asid': 'It takes a new number from that pCPU.',
      'flush-asid': 'Its ASID is flushed at this VMRUN.',
      nothing: 'Entries left there by an earlier run stay usable.',
    },
  },
  secondVmcbOnPcpu: {
    what: 'What the first VMCB does after the other one has taken its own number on the same pCPU.',
    source:
      'captured on Linux 6.12.117: a start or a pCPU move takes three numbers; mechanism not traced',
    values: {
      'first-takes-another': 'It takes one more number at its next VMRUN; then both use that one.',
      'first-adopts': "It adopts the other's number at its next VMRUN.",
    },
  },
  asidOwnerTracking: {
    what: 'Whether a pCPU remembers which vCPU used an ASID last.',
    source: 'RFC 20250326193619.3714986-8, -10 and -11',
    values: {
      untracked: 'It does not.',
      'flush-when-owner-changes':
        'It does, and loading another vCPU with the same ASID requests a flush.',
    },
  },
  withoutFlushByAsid: {
    what: 'How one guest is flushed on a CPU without FLUSHBYASID.',
    source: 'svm_flush_tlb_asid() in v6.14; RFC 20250326193619.3714986-5',
    values: {
      'new-asid': 'The VMCB gives up its number and takes a new one.',
      'flush-all-asids': 'TLB_CONTROL 1: every ASID is flushed, the host included.',
    },
  },
  nestedTransition: {
    what: 'What each switch between L1 and L2 flushes.',
    source: 'nested_svm_transition_tlb_flush() in v6.14; RFC 20250326194423.3717668-5',
    values: {
      'flush-and-sync': 'MMU_SYNC and TLB_FLUSH_CURRENT on every nested entry and exit.',
      'as-needed': 'Only what L1 asked for.',
    },
  },
  localFlushTarget: {
    what: 'Which VMCB a local flush (FLUSH_CURRENT, FLUSH_GUEST) marks.',
    source: 'svm_flush_tlb_asid() in v6.14; RFC 20250326193619.3714986-14',
    values: {
      'active-vmcb': 'The one that is loaded.',
      'by-guest-mode': 'vmcb02 in guest mode, else vmcb01; on a nested #VMEXIT they differ.',
    },
  },
  flushRequestScope: {
    what: 'Which VMCBs a KVM_REQ_TLB_FLUSH reaches.',
    source: 'svm_flush_tlb_all() in v6.14; RFC 20250326193619.3714986-18',
    values: {
      'current-vmcb': 'The one that is active.',
      'both-vmcbs': 'vmcb01 and vmcb02.',
    },
  },
  vmcb12TlbControl: {
    what: "What L0 does with TLB_CONTROL of L1's vmcb12.",
    source: 'nested_svm_vmrun() in v6.14; RFC 20250326194114.3716618-1',
    values: {
      ignored: 'Nothing.',
      honoured:
        "L2's ASID is flushed and the nested NPT synced; value 1 flushes L1's ASID at the exit too.",
    },
  },
  vmcb12AsidChange: {
    what: 'What L0 does when L1 runs L2 under another ASID than last time on this vCPU.',
    source: 'RFC 20250326194331.3717289-1; sync: RFC v2 19/25 of June 2026',
    values: {
      ignored: 'Nothing.',
      flush: "L2's ASID is flushed.",
      'flush-and-sync': "L2's ASID is flushed and the nested NPT synced.",
    },
  },
  vmcb02TlbControlOnEntry: {
    what: 'What nested VMRUN does with a flush still pending in vmcb02.',
    source: 'nested_vmcb02_prepare_control() in v6.14; RFC 20250326194423.3717668-1',
    values: { reset: 'It is wiped.', kept: 'It stays.' },
  },
  localRequestsBeforeSwitch: {
    what: 'What happens to local flush requests when the vCPU switches between L1 and L2.',
    source: 'svm_switch_vmcb(); RFC 20250326194423.3717668-2',
    values: {
      'left-pending': 'They are served later, against the new VMCB.',
      'served-first': 'They are served before, against the old VMCB.',
    },
  },
  invlpga: {
    what: 'What an INVLPGA by L1 does.',
    source: 'invlpga_interception() in v6.14; RFC 20250326194423.3717668-3',
    values: {
      'as-invlpg': "It flushes the page in L1's current ASID; the ASID operand is ignored.",
      'on-l2-asid': "It flushes the page in L2's ASID when the operand is L2's last ASID.",
    },
  },
  forcedLeave: {
    what: 'What leaving L2 without a nested #VMEXIT flushes.',
    source: 'svm_leave_nested() in v6.14; fix: RFC v2 01/25 of June 2026',
    values: { 'no-flush': 'Nothing.', 'flush-and-sync': 'As a nested #VMEXIT of v6.14.' },
  },
  rootLoad: {
    what: 'What loading a page-table root that was not cached flushes.',
    source: 'kvm_mmu_load() in v6.14; comment quoted in ajMfH1kWnzFuHJoU@google.com',
    values: {
      'flush-current': 'The active ASID: freed roots may have left entries behind.',
      'no-flush': 'Nothing.',
    },
  },
  sevAsidTracking: {
    what: 'How a SEV guest is kept from entries that others left under its ASID.',
    source: 'pre_sev_run() in v6.14; RFC 20250326193619.3714986-7 to -10',
    values: {
      'vmcb-at-run': 'At each VMRUN: flush if another VMCB ran under the ASID here, or on a move.',
      'vcpu-at-load': 'At vCPU load, as for every ASID with owner tracking, and on a move.',
    },
  },
  everyVmrun: {
    what: 'Whether each VMRUN flushes its ASID, whoever asked.',
    source: 'bound of this suite',
    values: {
      'as-requested': 'Only on request.',
      flush: 'Always: no translation survives an exit.',
    },
  },
  staleEntries: {
    what: 'How entries become unusable.',
    source: 'bound of this suite',
    values: {
      'until-flushed': 'By a flush, as on hardware.',
      vanish: 'By magic: exactly the stale ones, at once and for free.',
    },
  },
} as const;

export type BehaviourKey = keyof typeof BEHAVIOURS;
/** One value for each key of BEHAVIOURS. */
export type KvmBehaviour = {
  readonly [K in BehaviourKey]: keyof (typeof BEHAVIOURS)[K]['values'] & string;
};

export const BEHAVIOUR_KEYS = Object.keys(BEHAVIOURS) as readonly BehaviourKey[];

/** The values a key may have, in the order of the table. */
export function behaviourValues(key: BehaviourKey): readonly string[] {
  return Object.keys(BEHAVIOURS[key].values);
}
