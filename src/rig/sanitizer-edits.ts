import type { SourceEdit } from './source-edit.ts';

const EXCP = 'target/i386/tcg/sysemu/excp_helper.c';
const SVM = 'target/i386/tcg/sysemu/svm_helper.c';
const MISC = 'target/i386/tcg/sysemu/misc_helper.c';
const TRANSLATE_ALL = 'accel/tcg/translate-all.c';
const HEADER = '#include "asidbench/tlbsan.h"';

/** Calls of the sanitizer in QEMU 7.2: fills, faults, world switches, and instructions that flush. */
export const SANITIZER_EDITS: readonly SourceEdit[] = [
  { file: EXCP, at: 'includes', text: HEADER },
  // The guest's half of a translation, which the merge with the nested half overwrites.
  { file: EXCP, at: 'end', in: 'TranslateResult', text: 'SanPage san;' },
  {
    file: EXCP,
    at: 'start',
    in: 'get_physical_address',
    text: 'out->san = san_unpaged(addr);',
  },
  {
    file: EXCP,
    at: 'before',
    in: 'mmu_translate',
    from: 'PG_PKRU_BIT',
    word: 'MMU_DATA_STORE',
    text: 'out->san = san_paged(addr, ptep, pte, page_size, access_type == MMU_DATA_STORE);',
  },
  {
    file: EXCP,
    at: 'before',
    in: 'mmu_translate',
    from: 'S2_GPA',
    word: 'prot',
    text: 'san_nested(&out->san, full->prot);',
  },
  {
    file: EXCP,
    at: 'before',
    in: 'x86_cpu_tlb_fill',
    word: 'assert',
    text: `if (unlikely(san_on)) {
    san_fill(env, addr, access_type, mmu_idx, out.paddr, &out.san, retaddr);
}`,
  },
  {
    file: EXCP,
    at: 'before',
    in: 'x86_cpu_tlb_fill',
    word: 'S2_NONE',
    text: `if (unlikely(san_on)) {
    san_fault(env, addr, access_type, mmu_idx, err.stage2 != S2_NONE,
              err.error_code & PG_ERROR_PK_MASK, err.cr2, retaddr);
}`,
  },
  { file: SVM, at: 'includes', text: HEADER },
  { file: SVM, at: 'file end', text: '#include "asidbench/tlbsan.c.inc"' },
  {
    file: SVM,
    at: 'before',
    in: 'helper_vmrun',
    word: 'SVM_EVTINJ_VALID',
    text: `if (unlikely(san_on)) {
    san_vmrun(env);
}`,
  },
  {
    file: SVM,
    at: 'start',
    in: 'do_vmexit',
    text: `if (unlikely(san_on)) {
    san_vmexit(env);
}`,
  },
  { file: MISC, at: 'includes', text: HEADER },
  {
    file: MISC,
    at: 'start',
    in: 'helper_flush_page',
    text: `if (unlikely(san_on)) {
    san_invlpg(env, addr);
}`,
  },
  {
    file: MISC,
    at: 'start',
    in: 'helper_write_crN',
    text: `if (unlikely(san_on)) {
    san_cr(env, reg, t0);
}`,
  },
  { file: TRANSLATE_ALL, at: 'includes', text: HEADER },
  { file: TRANSLATE_ALL, at: 'file end', text: '#include "asidbench/tlbsan-unwind.c.inc"' },
];
