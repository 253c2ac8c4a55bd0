import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../src/rig/source-edit.ts';
import { SANITIZER_RUNS } from '../../src/sanitizer/runs.ts';
import { SELF_TESTS, VARIANTS, type Variant } from '../../src/sanitizer/variants.ts';

/** Functions as short as the edits allow, with the names that the kernel's have. */
const SOURCES: Readonly<Record<string, string>> = {
  'arch/x86/kvm/svm/nested.c': `
static void nested_svm_transition_tlb_flush(struct kvm_vcpu *vcpu)
{
	kvm_hv_nested_transtion_tlb_flush(vcpu, npt_enabled);
	/* kvm_make_request(KVM_REQ_MMU_SYNC, vcpu) in a comment counts for nothing */
	kvm_make_request(KVM_REQ_MMU_SYNC, vcpu);
	kvm_make_request(KVM_REQ_TLB_FLUSH_CURRENT, vcpu);
}
static void nested_vmcb02_prepare_control(struct vcpu_svm *svm)
{
	nested_svm_transition_tlb_flush(vcpu);
}
int nested_svm_vmexit(struct vcpu_svm *svm)
{
	nested_svm_transition_tlb_flush(vcpu);
	return 0;
}
`,
  'arch/x86/kvm/svm/svm.c': `
static void new_asid(struct vcpu_svm *svm, struct svm_cpu_data *sd)
{
	if (sd->next_asid > sd->max_asid) {
		sd->flush_all_asids = true;
	}
	svm->asid = sd->next_asid++;
}
void svm_set_cr4(struct kvm_vcpu *vcpu, unsigned long cr4)
{
	if (changed)
		svm_flush_tlb_current(vcpu);
}
static int invlpga_interception(struct kvm_vcpu *vcpu)
{
	kvm_mmu_invlpg(vcpu, gva);
	return 1;
}
static void pre_svm_run(struct kvm_vcpu *vcpu)
{
	if (moved) {
		svm->vmcb01.asid_generation = 0;
		svm->nested.vmcb02.asid_generation = 0;
	}
}
static int svm_enable_virtualization_cpu(void)
{
	sd->asid_generation++;
	return 0;
}
static fastpath_t svm_vcpu_run(struct kvm_vcpu *vcpu)
{
	if (nested && svm->vmcb->control.exit_code != SVM_EXIT_ERR)
		++vcpu->stat.nested_run;
	if (svm->vmcb->control.exit_code != SVM_EXIT_ERR)
		svm->vmcb->control.tlb_ctl = TLB_CONTROL_DO_NOTHING;
	return 0;
}
static void svm_flush_tlb_asid(struct kvm_vcpu *vcpu)
{
	if (has_flushbyasid)
		svm->vmcb->control.tlb_ctl = TLB_CONTROL_FLUSH_ASID;
	else
		svm->current_vmcb->asid_generation--;
}
static void svm_flush_tlb_all(struct kvm_vcpu *vcpu)
{
	svm_flush_tlb_asid(vcpu);
}
`,
  'arch/x86/kvm/x86.c': `
static void kvm_vcpu_flush_tlb_guest(struct kvm_vcpu *vcpu)
{
	kvm_x86_call(flush_tlb_guest)(vcpu);
}
void kvm_invalidate_pcid(struct kvm_vcpu *vcpu, unsigned long pcid)
{
	if (active) {
		kvm_make_request(KVM_REQ_TLB_FLUSH_CURRENT, vcpu);
	}
}
`,
  'arch/x86/kvm/regs.c': `
void kvm_post_set_cr4(struct kvm_vcpu *vcpu, unsigned long old_cr4, unsigned long cr4)
{
	if ((cr4 ^ old_cr4) & X86_CR4_PGE)
		kvm_make_request(KVM_REQ_TLB_FLUSH_GUEST, vcpu);
}
`,
  'virt/kvm/kvm_main.c': `
void kvm_flush_remote_tlbs(struct kvm *kvm)
{
	if (kvm_make_all_cpus_request(kvm, KVM_REQ_TLB_FLUSH))
		count++;
}
static int __kvm_handle_hva_range(struct kvm *kvm)
{
	if (flush)
		kvm_flush_remote_tlbs(kvm);
	return 0;
}
`,
};

/** What an edited file says in the lines that differ. */
function changedLines(variant: Variant): readonly string[] {
  return [...new Set(variant.edits.map((edit) => edit.file))].flatMap((file) => {
    const original = SOURCES[file] ?? '';
    const edits = variant.edits.filter((edit) => edit.file === file);
    const known = original.split('\n');
    return applyEdits(original, file, edits, 'x')
      .split('\n')
      .filter((line) => !known.includes(line))
      .map((line) => line.trim());
  });
}

describe('VARIANTS', () => {
  it.each([
    ['transition-flush', ['(void)vcpu;']],
    ['remote-flush', ['(void)vcpu;']],
    ['entry-flush', ['(void)vcpu;']],
    ['exit-flush', ['(void)vcpu;']],
    ['transition-sync', ['(void)vcpu;']],
    ['remote-request', ['if (false)']],
    ['notifier-flush', ['(void)kvm;']],
    ['new-pcpu', ['if (0)', 'if (0)']],
    [
      'new-pcpu-one-vmcb',
      ['if (svm->current_vmcb == &svm->vmcb01)', 'if (svm->current_vmcb != &svm->vmcb01)'],
    ],
    ['generation-restart', ['sd->asid_generation = 0, sd->asid_generation++;']],
    ['refused-flush', ['if (svm->vmcb->control.exit_code != SVM_EXIT_ERR + 1)']],
    ['one-number', ['svm->asid = sd->min_asid;']],
    ['roll-over', ['if (0)']],
    [
      'no-flushbyasid',
      ['svm->current_vmcb->asid_generation += 1, svm->current_vmcb->asid_generation--;'],
    ],
    ['invlpga', ['(void)vcpu;']],
    ['cr4-pge', ['(void)vcpu;', '(void)vcpu;']],
    ['guest-flush', ['if (0)']],
    ['mov-cr3', ['if (0)']],
  ])('%s takes out what it names and nothing else', (id, lines) => {
    expect(changedLines(VARIANTS.find((variant) => variant.id === id)!)).toEqual(lines);
  });

  it('leaves the sync where it takes the flush out, and the other way round', () => {
    const file = 'arch/x86/kvm/svm/nested.c';
    const edited = (id: string): string =>
      applyEdits(SOURCES[file]!, file, VARIANTS.find((each) => each.id === id)!.edits, 'x');
    expect(edited('transition-flush')).toContain('\tkvm_make_request(KVM_REQ_MMU_SYNC, vcpu);');
    expect(edited('transition-sync')).toContain('request(KVM_REQ_TLB_FLUSH_CURRENT, vcpu);');
  });

  it('says where a kernel does not have what an edit names', () => {
    const [variant] = VARIANTS;
    expect(() => applyEdits('int other;\n', 'nested.c', variant!.edits, 'Take Linux 6.12')).toThrow(
      'nested.c, nested_svm_transition_tlb_flush: it defines no "nested_svm_transition_tlb_flush". Take Linux 6.12.',
    );
  });

  it('has at least twelve, each with runs that there are', () => {
    const runs = SANITIZER_RUNS.map((run) => run.id);
    expect(VARIANTS.length).toBeGreaterThanOrEqual(12);
    expect(new Set(VARIANTS.map((variant) => variant.id)).size).toBe(VARIANTS.length);
    for (const variant of VARIANTS)
      expect(runs).toEqual(expect.arrayContaining([...variant.seenIn]));
  });

  it('tests the sanitizer by a transition flush and a remote flush', () => {
    expect(SELF_TESTS.map((variant) => variant.id)).toEqual(['transition-flush', 'remote-flush']);
  });
});
