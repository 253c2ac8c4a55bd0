/** Which numbers VMCBs run under, and who may use entries that others left under them. */
export const ASID_BEHAVIOURS = {
  l1Asid: {
    what: 'Which ASID a vCPU runs L1 under.',
    source:
      'arch/x86/kvm/svm/svm.c new_asid() in v6.14; RFC 20250326193619.3714986-11; RFC v2 20260616004155.1435766-1',
    values: {
      'per-vcpu-generation':
        'A number from a counter of the pCPU, valid for one generation of that counter.',
      'per-vm-static': 'One number for the life of the VM, shared by its vCPUs.',
      'per-vcpu-static': 'One number for the life of the vCPU.',
    },
  },
  l2Asid: {
    what: 'Which ASID a vCPU runs L2 under.',
    source:
      'RFC 20250326193619.3714986-12 and 20250326194423.3717668-4; 20250205182402.2147495-2; RFC v2 20260616004155.1435766-1',
    values: {
      'shared-with-l1': 'The same number as L1.',
      'per-vmcb-generation': "A number of vmcb02's own from the counter of the pCPU.",
      'per-vm-static': 'A second number for the life of the VM, shared by its vCPUs.',
      'per-vcpu-static': 'A second number of the vCPU.',
      'cached-per-vcpu':
        'Several numbers of the vCPU, one for each L2 that L1 tells apart, reused by age.',
    },
  },
  l2AsidCacheSize: {
    what: 'How many ASIDs a vCPU keeps for L2s, where it keeps several.',
    source: 'this suite; not proposed upstream',
    values: { none: 'It keeps no several.', two: '2', four: '4', eight: '8', sixteen: '16' },
  },
  l2AsidCacheKey: {
    what: 'What tells two L2s apart, where a vCPU keeps several ASIDs for them.',
    source: 'this suite; not proposed upstream',
    values: {
      'asid12-and-nested-cr3': 'The ASID in vmcb12 and its nested CR3.',
      asid12: 'The ASID in vmcb12.',
      'nested-cr3': 'Its nested CR3; another ASID under the same one flushes.',
    },
  },
  nestedTagLife: {
    what: "How long L2's static number is kept.",
    source:
      'RFC 20250326194423.3717668-4, review 5f714d7fb68aef92f1bea58a10deb4de1a10a5b8.camel@redhat.com; "KVM: nVMX: Always flush vpid02 on first use" (2026)',
    values: {
      'until-vm-dies': 'From the first EFER.SVME to the death of the VM.',
      'until-svme-clears': 'While EFER.SVME is set; the first entry after it was set flushes.',
      'until-svme-clears-without-first-use-flush':
        'Fault: while EFER.SVME is set; a number taken anew is used as it is.',
    },
  },
  tagExhaustion: {
    what: 'What a VM or vCPU runs under when all static numbers are in use.',
    source: 'RFC 20250326193619.3714986-11; withdrawn series: Z9iQEV9SQYjtLT8V@google.com',
    values: {
      'shared-fallback': 'A number set aside for all that found none.',
      'asid-zero': 'ASID 0, with which VMRUN fails.',
    },
  },
  fallbackAsid: {
    what: 'How those who share the fallback number are kept apart.',
    source: 'pre_svm_run() in RFC 20250326193619.3714986-11',
    values: {
      'flushed-at-every-vmrun': 'Each VMRUN under it flushes.',
      'flushed-for-l1-only': 'Fault: only the VMRUNs of vmcb01 flush.',
      'not-flushed': 'Fault: not at all.',
    },
  },
  tagAllocation: {
    what: 'Which number the allocator hands out.',
    source: 'kvm_alloc_tlb_tag() in RFC 20250326193619.3714986-2',
    values: {
      unique: 'The lowest that is free, from the range for guests without SEV.',
      duplicates: 'Fault: the lowest beside the fallback, though it is in use.',
      'ignores-sev-range': "Fault: the lowest that is free, SEV's included.",
    },
  },
  tagFreed: {
    what: 'When the numbers of a dying VM are free for others.',
    source: 'svm_vm_destroy() in RFC 20250326193619.3714986-11',
    values: {
      'when-vm-is-gone': 'After its last vCPU has stopped.',
      'while-vcpus-run': 'Fault: as soon as its end begins.',
    },
  },
  onPcpuChange: {
    what: 'What happens when a VMCB runs on another pCPU than last time.',
    source:
      'pre_svm_run() in v6.14 and in 6.12.117 (svm.c 3709-3742); RFC 20250326193619.3714986-6; vmx_vcpu_load_vmcs()',
    values: {
      'new-asid': 'It takes a new number from that pCPU; the other VMCB adopts that.',
      'new-asid-for-both-vmcbs':
        'It takes a new number, and so does the other VMCB at its next VMRUN (CVE-2026-99346).',
      'flush-asid': 'Its ASID is flushed at this VMRUN.',
      'flush-at-load': "All of the vCPU's numbers are flushed when the VMCB is loaded there.",
      'flush-vmcb01-only': 'Fault: as flush-asid, but for vmcb01 only.',
      nothing: 'Entries left there by an earlier run stay usable.',
    },
  },
  vmcbCpuWritten: {
    what: 'When a VMCB is noted as belonging to a pCPU; whether it moved is asked before VMRUN.',
    source: 'pre_svm_run() in v6.14',
    values: {
      'at-vmrun': 'When the question is asked.',
      'at-load': 'Fault: at vCPU load, so that the answer is always no.',
    },
  },
  vmcb02Cpu: {
    what: 'On which pCPU vmcb02 counts as having run last, when EFER.SVME is set.',
    source: 'svm_allocate_nested() in v6.14 and in 6.12.117 (nested.c 1234)',
    values: {
      kept: 'Where it ran before EFER.SVME was cleared; pCPU 0 if it never ran.',
      none: 'On none: its first VMRUN is on a new pCPU.',
    },
  },
  vcpuReset: {
    what: 'Which VMCBs give up their numbers when a vCPU is created or reset.',
    source: 'init_vmcb() in v6.14; RFC 20250205182402.2147495-2',
    values: {
      'active-vmcb': 'The one that is loaded, which is vmcb01.',
      'both-vmcbs': 'vmcb01 and vmcb02.',
    },
  },
  asidRollover: {
    what: 'What happens when the counter of a pCPU has given out its last number.',
    source: 'new_asid() in v6.14',
    values: {
      'new-generation-and-flush': 'A new generation starts, and this VMRUN flushes every ASID.',
      'without-flush': 'Fault: a new generation starts; nothing is flushed.',
      'without-new-generation':
        'Fault: this VMRUN flushes every ASID, but older numbers stay valid beside the new ones.',
    },
  },
  cpuOnline: {
    what: 'What the counter of a pCPU does when the pCPU comes on line again.',
    source:
      'svm_hardware_enable() in v6.14; svm_enable_virtualization_cpu() in 6.12.117 (svm.c 629-637), commit 25f744ffa0c8',
    values: {
      'generation-restarts':
        'Its generation is 1 again, so that numbers given out before can pass for new ones.',
      'new-generation': 'A new generation starts; its first number flushes every ASID.',
    },
  },
  asidOwnerTracking: {
    what: 'Whether a pCPU remembers which vCPU used an ASID last.',
    source: 'RFC 20250326193619.3714986-8, -10 and -11',
    values: {
      untracked: 'It does not.',
      'flush-when-owner-changes':
        'It does, and loading another vCPU with the same ASID requests a flush.',
      'recorded-only': 'Fault: it does, and requests no flush.',
      'on-first-pcpu-only': 'Fault: only the first pCPU does.',
    },
  },
  wrongAsid: {
    what: 'What VMRUN does with a VMCB that holds another number than it should.',
    source: 'pre_svm_run() in RFC 20250326193619.3714986-11',
    values: {
      'fixed-and-flushed': 'It corrects the number and flushes.',
      'fixed-only': 'Fault: it corrects the number.',
    },
  },
  asidCleanBit: {
    what: 'Whether hardware is told that the ASID of a VMCB changed.',
    source: 'VMCB_ASID clean bit, AMD APM vol. 2 15.15; svm_vcpu_run() in v6.14',
    values: {
      dirtied: 'It is.',
      'left-clean': 'Fault: it is not, and goes on with the number that it has cached.',
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
  sevAsidPool: {
    what: 'Where the ASIDs of SEV guests come from, and where those of dead ones wait.',
    source: 'sev_asid_new() in v6.14; the plan in 20250326193619.3714986-1',
    values: {
      'own-bitmaps': 'From a bitmap of their own; a SEV guest keeps an ordinary number beside it.',
      'pending-tags':
        'From the allocator of all tags, where freed ones are pending until WBINVD and DF_FLUSH.',
    },
  },
} as const;
