/** What a flush is, whom it reaches, and when it is carried out. */
export const FLUSH_BEHAVIOURS = {
  guestFlush: {
    what: "How KVM makes a guest's translations unusable.",
    source:
      'svm_flush_tlb_asid() in v6.14; vmx_flush_tlb_current(); Xen hvm_asid_flush_vcpu_asid() (from memory, not read again)',
    values: {
      'at-next-vmrun': 'TLB_CONTROL of a VMCB, carried out by its next VMRUN.',
      'at-once': 'INVVPID or INVEPT on the pCPU where the request is served.',
      'new-asid': 'The VMCB gives up its number; entries under the old one rot.',
    },
  },
  withoutFlushByAsid: {
    what: 'How one guest is flushed on a CPU without FLUSHBYASID.',
    source: 'svm_flush_tlb_asid() in v6.14; RFC 20250326193619.3714986-5',
    values: {
      'new-asid': 'The VMCB gives up its number and takes a new one.',
      'flush-all-asids': 'TLB_CONTROL 1: every ASID is flushed, the host included.',
      'flush-asid-anyway': 'Fault: TLB_CONTROL 3, which such a CPU does not know.',
    },
  },
  flushRequestScope: {
    what: 'Which VMCBs a KVM_REQ_TLB_FLUSH reaches.',
    source: 'svm_flush_tlb_all() in v6.14; RFC 20250326193619.3714986-18',
    values: {
      'current-vmcb': 'The one that is active.',
      'both-vmcbs': 'vmcb01 and vmcb02, and each of several ASIDs for L2s.',
    },
  },
  localFlushTarget: {
    what: 'Which VMCB a local flush (FLUSH_CURRENT, FLUSH_GUEST) marks.',
    source: 'svm_flush_tlb_asid() in v6.14; RFC 20250326193619.3714986-14',
    values: {
      'active-vmcb': 'The one that is loaded.',
      'by-guest-mode': 'vmcb02 in guest mode, else vmcb01; on a nested #VMEXIT they differ.',
      'other-level':
        'Fault: the one of the other level, as nVMX once did with INVEPT (1438921c6dc1).',
    },
  },
  localRequestsBeforeSwitch: {
    what: 'What happens to local flush requests when the vCPU switches between L1 and L2.',
    source: 'svm_switch_vmcb(); RFC 20250326194423.3717668-2',
    values: {
      'left-pending': 'They are served later, against the new VMCB.',
      'served-first': 'They are served before, while the old VMCB is loaded.',
    },
  },
  hostUnmap: {
    what: 'What taking a page back from a guest flushes.',
    source: 'kvm_unmap_gfn_range() and kvm_flush_remote_tlbs() in v6.14',
    values: {
      'flushes-all-vcpus': 'KVM_REQ_TLB_FLUSH on every vCPU of the VM, waited for.',
      'no-flush': 'Fault: nothing, as when a changed APIC mode went without one.',
    },
  },
  rootLoad: {
    what: 'What loading a page-table root that was not cached flushes.',
    source: 'kvm_mmu_load() in v6.14; comment quoted in ajMfH1kWnzFuHJoU@google.com',
    values: {
      'flush-current': 'The active ASID: freed roots may have left entries behind.',
      'flush-on-new-pcpu-only': 'Fault: the active ASID, if its VMCB last ran elsewhere.',
      'no-flush': 'Fault: nothing.',
    },
  },
  tlbControlCleared: {
    what: 'Where TLB_CONTROL is cleared after a VMRUN.',
    source: 'svm_vcpu_run() in v6.14',
    values: {
      'in-vmcb-that-ran': 'In the VMCB that ran.',
      'in-both-vmcbs': 'Fault: in vmcb01 and vmcb02.',
    },
  },
  abandonedEntry: {
    what: 'What becomes of a flush when an entry is given up after its requests were served.',
    source: 'vcpu_enter_guest() cancel_injection in v6.14',
    values: {
      'keeps-flush': 'It stays in the VMCB.',
      'drops-flush': 'Fault: it is cleared as after a VMRUN.',
    },
  },
  refusedVmrun: {
    what: 'What becomes of a flush when the CPU refuses the VMRUN that was to execute it.',
    source: 'svm_vcpu_run() in v6.14; in 6.12.117 (svm.c 4393, 4478), fix of CVE-2026-98715',
    values: {
      'drops-flush': 'It is cleared as after a VMRUN that ran.',
      'keeps-flush':
        'It waits for one that runs; that of a roll-over for the next one on the pCPU.',
    },
  },
  tlbControlCleanBit: {
    what: 'Whether hardware reads TLB_CONTROL anew at each VMRUN.',
    source: 'AMD APM vol. 2 15.15 lists no clean bit for it',
    values: {
      'always-read': 'It does.',
      cached: 'Fault: it takes the value that it has cached, unless the VMCB is all dirty.',
    },
  },
  everyVmrun: {
    what: 'Whether each VMRUN flushes, whoever asked.',
    source: 'bound of this suite; SVM before ASIDs were used',
    values: {
      'as-requested': 'Only on request.',
      flush: 'Its ASID, always: no translation survives an exit.',
      'flush-all-asids': 'Everything, the host included: hardware without tags.',
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
