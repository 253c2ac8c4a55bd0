import type { SourceEdit } from '../rig/source-edit.ts';

/** The stock kernel without one of its flushes: the sanitizer must notice. */
export interface Variant {
  readonly id: string;
  /** What no longer happens, as the end of "KVM no longer …". */
  readonly removes: string;
  /** Changes of Linux 6.12's arch/x86/kvm and virt/kvm, anchored on names. */
  readonly edits: readonly SourceEdit[];
  /** Runs in which it must be seen, the cheapest first; ids of `SANITIZER_RUNS`. */
  readonly seenIn: readonly string[];
}

const KVM = 'arch/x86/kvm';
const NESTED = `${KVM}/svm/nested.c`;
const SVM = `${KVM}/svm/svm.c`;
const X86 = `${KVM}/x86.c`;
const NOTHING = '(void)vcpu';
/** Before a statement: it is compiled, and never carried out. */
const NEVER = 'if (0)';

/** The first two test the sanitizer itself before it says "clean". */
export const VARIANTS: readonly Variant[] = [
  {
    id: 'transition-flush',
    removes: 'flushes when a vCPU goes from L1 to L2 or back',
    edits: [
      {
        file: NESTED,
        at: 'call',
        in: 'nested_svm_transition_tlb_flush',
        from: 'KVM_REQ_MMU_SYNC',
        word: 'kvm_make_request',
        text: NOTHING,
      },
    ],
    seenIn: ['nest', 'loops'],
  },
  {
    id: 'remote-flush',
    removes: 'flushes a vCPU that a remote flush has asked to',
    edits: [
      { file: SVM, at: 'call', in: 'svm_flush_tlb_all', word: 'svm_flush_tlb_asid', text: NOTHING },
    ],
    seenIn: ['flat', 'loops'],
  },
  {
    id: 'entry-flush',
    removes: 'flushes or syncs on a nested VMRUN',
    edits: [
      {
        file: NESTED,
        at: 'call',
        in: 'nested_vmcb02_prepare_control',
        word: 'nested_svm_transition_tlb_flush',
        text: NOTHING,
      },
    ],
    seenIn: ['nest', 'loops'],
  },
  {
    id: 'exit-flush',
    removes: 'flushes or syncs on a nested #VMEXIT',
    edits: [
      {
        file: NESTED,
        at: 'call',
        in: 'nested_svm_vmexit',
        word: 'nested_svm_transition_tlb_flush',
        text: NOTHING,
      },
    ],
    seenIn: ['nest', 'loops'],
  },
  {
    id: 'transition-sync',
    removes: "syncs its copy of L1's nested tables on a transition",
    edits: [
      {
        file: NESTED,
        at: 'call',
        in: 'nested_svm_transition_tlb_flush',
        from: 'kvm_hv_nested_transtion_tlb_flush',
        word: 'kvm_make_request',
        text: NOTHING,
      },
    ],
    seenIn: ['nest'],
  },
  {
    id: 'remote-request',
    removes: 'asks vCPUs to flush in kvm_flush_remote_tlbs()',
    edits: [
      {
        file: 'virt/kvm/kvm_main.c',
        at: 'call',
        in: 'kvm_flush_remote_tlbs',
        word: 'kvm_make_all_cpus_request',
        text: 'false',
      },
    ],
    seenIn: ['flat', 'loops'],
  },
  {
    id: 'notifier-flush',
    removes: 'flushes remotely when the host takes memory back',
    edits: [
      {
        file: 'virt/kvm/kvm_main.c',
        at: 'call',
        in: '__kvm_handle_hva_range',
        word: 'kvm_flush_remote_tlbs',
        text: '(void)kvm',
      },
    ],
    seenIn: ['flat', 'loops'],
  },
  {
    id: 'new-pcpu',
    removes: 'gives a vCPU a new ASID on another pCPU',
    edits: [
      { file: SVM, at: 'before', in: 'pre_svm_run', word: 'vmcb01', text: NEVER },
      { file: SVM, at: 'before', in: 'pre_svm_run', word: 'vmcb02', text: NEVER },
    ],
    seenIn: ['moves'],
  },
  {
    id: 'new-pcpu-one-vmcb',
    removes: 'resets the generation of the other VMCB, too, on another pCPU (finding 1)',
    edits: [
      {
        file: SVM,
        at: 'before',
        in: 'pre_svm_run',
        word: 'vmcb01',
        text: 'if (svm->current_vmcb == &svm->vmcb01)',
      },
      {
        file: SVM,
        at: 'before',
        in: 'pre_svm_run',
        word: 'vmcb02',
        text: 'if (svm->current_vmcb != &svm->vmcb01)',
      },
    ],
    seenIn: ['moves-apart'],
  },
  {
    id: 'generation-restart',
    removes: 'goes on with its ASID generations when a pCPU comes on line again (finding 14)',
    edits: [
      {
        file: SVM,
        at: 'word',
        in: 'svm_enable_virtualization_cpu',
        word: 'asid_generation',
        text: '$& = 0, sd->$&',
      },
    ],
    seenIn: ['off-line'],
  },
  {
    id: 'refused-flush',
    removes: 'keeps the flush of a VMRUN that the CPU refused (finding 19)',
    edits: [
      {
        file: SVM,
        at: 'word',
        in: 'svm_vcpu_run',
        from: 'nested_run',
        word: 'SVM_EXIT_ERR',
        text: '$& + 1',
      },
    ],
    seenIn: ['refused'],
  },
  {
    id: 'one-number',
    removes: 'gives each VM an ASID of its own',
    edits: [
      { file: SVM, at: 'after', in: 'new_asid', word: 'asid', text: 'svm->asid = sd->min_asid;' },
    ],
    seenIn: ['pair'],
  },
  {
    id: 'roll-over',
    removes: 'flushes all ASIDs when their numbers start again',
    edits: [{ file: SVM, at: 'before', in: 'new_asid', word: 'flush_all_asids', text: NEVER }],
    seenIn: ['few-asids'],
  },
  {
    id: 'no-flushbyasid',
    removes: 'takes a new ASID instead of a flush on a CPU without FLUSHBYASID',
    edits: [
      {
        file: SVM,
        at: 'word',
        in: 'svm_flush_tlb_asid',
        word: 'asid_generation',
        text: '$& += 1, svm->current_vmcb->$&',
      },
    ],
    seenIn: ['no-flushbyasid'],
  },
  {
    id: 'invlpga',
    removes: "flushes the page of L1's INVLPGA",
    edits: [
      { file: SVM, at: 'call', in: 'invlpga_interception', word: 'kvm_mmu_invlpg', text: NOTHING },
    ],
    seenIn: ['nest'],
  },
  {
    id: 'cr4-pge',
    removes: 'flushes when a guest switches CR4.PGE',
    edits: [
      { file: SVM, at: 'call', in: 'svm_set_cr4', word: 'svm_flush_tlb_current', text: NOTHING },
      {
        file: `${KVM}/regs.c`,
        at: 'call',
        in: 'kvm_post_set_cr4',
        from: 'X86_CR4_PGE',
        word: 'kvm_make_request',
        text: NOTHING,
      },
    ],
    seenIn: ['loops'],
  },
  {
    id: 'guest-flush',
    removes: 'flushes for KVM_REQ_TLB_FLUSH_GUEST',
    edits: [
      {
        file: X86,
        at: 'before',
        in: 'kvm_vcpu_flush_tlb_guest',
        word: 'flush_tlb_guest',
        text: NEVER,
      },
    ],
    seenIn: ['l0-shadow'],
  },
  {
    id: 'mov-cr3',
    removes: 'flushes on a MOV CR3 that it intercepts',
    edits: [
      {
        file: X86,
        at: 'before',
        in: 'kvm_invalidate_pcid',
        word: 'KVM_REQ_TLB_FLUSH_CURRENT',
        text: NEVER,
      },
    ],
    seenIn: ['flat-shadow', 'l0-shadow'],
  },
];

/** What the sanitizer must find before it may say "clean". */
export const SELF_TESTS: readonly Variant[] = VARIANTS.slice(0, 2);
