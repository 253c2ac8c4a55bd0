/** Switches between L1 and L2, what L1 asks for, and what other guests' interfaces ask for. */
export const NESTED_BEHAVIOURS = {
  nestedTransition: {
    what: 'What each switch between L1 and L2 flushes.',
    source: 'nested_svm_transition_tlb_flush() in v6.14; RFC 20250326194423.3717668-5',
    values: {
      'flush-and-sync': 'MMU_SYNC and TLB_FLUSH_CURRENT on every nested entry and exit.',
      'flush-only': 'Fault: TLB_FLUSH_CURRENT without MMU_SYNC.',
      'flush-and-sync-on-entry-only': 'Fault: both, but on entry only.',
      'flush-and-sync-on-exit-only': 'Fault: both, but on exit only.',
      'as-needed': 'Only what L1 asked for.',
    },
  },
  vmcb12TlbControl: {
    what: "What L0 does with TLB_CONTROL of L1's vmcb12.",
    source: 'nested_svm_vmrun() in v6.14; RFC 20250326194114.3716618-1',
    values: {
      ignored: 'Nothing.',
      honoured:
        "L2's ASID is flushed and the nested NPT synced; value 1 flushes L1's ASID at the exit too.",
      'honoured-without-sync': 'Fault: as honoured, but the nested NPT is not synced.',
      'honoured-on-entry-only': "Fault: as honoured, but value 1 does not reach L1's ASID.",
      'honoured-but-7-ignored': 'Fault: as honoured, but value 7 does nothing.',
      'copied-to-hardware':
        'Fault: vmcb02 gets the value, so that 1 flushes the host and all guests.',
    },
  },
  vmcb12AsidChange: {
    what: 'What L0 does when L1 runs L2 under another ASID than last time on this vCPU.',
    source: 'RFC 20250326194331.3717289-1; sync: RFC v2 19/25 of June 2026',
    values: {
      ignored: 'Nothing.',
      flush: "L2's ASID is flushed.",
      'flush-and-sync': "L2's ASID is flushed and the nested NPT synced.",
      'flush-by-vmcb12-address': "Fault: L2's ASID is flushed when the address of vmcb12 changes.",
      'flush-by-vm-wide-memory':
        "Fault: L2's ASID is flushed when the VM's last nested VMRUN, on any vCPU, had another.",
    },
  },
  vmcb02TlbControlOnEntry: {
    what: 'What nested VMRUN does with a flush still pending in vmcb02.',
    source: 'nested_vmcb02_prepare_control() in v6.14; RFC 20250326194423.3717668-1',
    values: { reset: 'It is wiped.', kept: 'It stays.' },
  },
  invlpga: {
    what: 'What an INVLPGA by L1 does.',
    source:
      'invlpga_interception() in v6.14; RFC 20250326194423.3717668-3; first version 20250205182402.2147495-8',
    values: {
      'as-invlpg': "It flushes the page in L1's current ASID; the ASID operand is ignored.",
      'on-l2-asid': "It flushes the page in L2's ASID when the operand is L2's last ASID.",
      'on-l2-asid-when-l1-shadows': 'As on-l2-asid, and nothing when L1 uses nested paging.',
      'on-both-asids': "As on-l2-asid, and the page in L1's ASID too.",
      'on-l1-asid': "Fault: it flushes the page in L1's ASID when the operand is L2's last ASID.",
    },
  },
  invlpgaPcpu: {
    what: 'What INVLPGA does when L2 last ran on another pCPU than the handler does.',
    source:
      'RFC 20250326194423.3717668-3; the same in nVMX: "Ensure INVVPID is emulated on the correct physical CPU" (2026)',
    values: {
      'handler-pcpu': 'It flushes where the handler runs.',
      'flush-when-l2-ran-elsewhere': 'The next nested VMRUN flushes all of L2.',
    },
  },
  forcedLeave: {
    what: 'What leaving L2 without a nested #VMEXIT flushes.',
    source: 'svm_leave_nested() in v6.14; fix: RFC v2 01/25 of June 2026',
    values: { 'no-flush': 'Nothing.', 'flush-and-sync': 'As a nested #VMEXIT of v6.14.' },
  },
  asidsShownToL1: {
    what: 'How many ASIDs CPUID tells L1 that it has; with few of them L1 flushes all ever so often.',
    source:
      '__do_cpuid_func() for CPUID 8000_000A in v6.14 (6.12.117: cpuid.c 1354); QEMU target/i386/cpu.c; RFC v2 02/25 of June 2026',
    values: {
      eight: '8, whatever the hardware has: what KVM offers to its VMM.',
      sixteen: '16: what QEMU writes in place of that.',
      'as-hardware': 'As many as the hardware has.',
    },
  },
  avic: {
    what: 'What AVIC adds to nested transitions, on a host whose guests use it.',
    source:
      'nested_svm_vmexit() (6.12.117: nested.c 1200), avic_activate_vmcb() (avic.c 102-140); the same before and after the series',
    values: {
      'not-in-use': 'Nothing: the host has none, or something inhibits it for the VM.',
      'reactivated-on-nested-exit':
        "L2 runs without it, and activating it again at the nested #VMEXIT flushes L1's ASID.",
    },
  },
  guestInvlpgb: {
    what: "What a guest's INVLPGB does.",
    source:
      'AMD APM vol. 3, INVLPGB; 75e45ec0-25da-45c5-827c-ee048c0ebd86@amd.com; Z8HdBg3wj8M7a4ts@google.com',
    values: {
      'not-offered': 'The guest has none: it sends interrupts.',
      'not-intercepted': "Hardware broadcasts it under the guest's current ASID.",
      emulated: 'It is intercepted, and every vCPU of the VM gets a guest flush.',
    },
  },
  pvFlushScope: {
    what: 'Which ASID a paravirtual flush of L1 reaches while its vCPU is in L2.',
    source: 'record_steal_time() in v6.14',
    values: {
      'current-mode': 'That of the mode the vCPU is in.',
      'both-asids': "L1's and L2's.",
    },
  },
  hyperVQueue: {
    what: 'Which queue of Hyper-V flushes is carried out at an entry.',
    source: 'kvm_hv_vcpu_flush_tlb() in v6.14',
    values: {
      'current-mode': 'That of the mode that is entered.',
      'other-mode': 'Fault: that of the other mode.',
    },
  },
  hyperVPurge: {
    what: 'Which queue of Hyper-V flushes a full flush makes redundant.',
    source:
      'kvm_hv_vcpu_purge_flush_tlb() in v6.14; RFC 20250326193619.3714986-13, review aFmpeqtEbVmTl5N-@google.com',
    values: {
      'current-mode': 'That of the current mode.',
      'named-mode': 'That of the mode whose ASID is flushed; the first call takes the request.',
      'both-modes': 'Fault: both, though one ASID is flushed.',
    },
  },
} as const;
