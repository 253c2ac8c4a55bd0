import type { SourceEdit } from './source-edit.ts';

/**
 * What changes in QEMU 7.2 so that it logs what an SVM CPU sees. The functions called are those of
 * `capture/qemu`, which becomes `include/asidbench` of QEMU's tree.
 */
export const QEMU_EDITS: readonly SourceEdit[] = [
  ...instructionCounter(),
  ...slowedClock(),
  ...processor(),
  ...marks(),
  ...invalidations(),
  ...modeSwitches(),
  ...touches(),
  ...sequences(),
];

function instructionCounter(): readonly SourceEdit[] {
  const generator = 'include/exec/gen-icount.h';
  const translation = 'accel/tcg/translate-all.c';
  return [
    { file: generator, at: 'includes', text: '#include "asidbench/translate-counter.h"' },
    { file: generator, at: 'end', in: 'gen_tb_start', text: 'ab_gen_block_start();' },
    { file: generator, at: 'start', in: 'gen_tb_end', text: 'ab_gen_block_end(num_insns);' },
    { file: translation, at: 'includes', text: '#include "asidbench/counter.h"' },
    {
      file: translation,
      at: 'before',
      in: 'cpu_restore_state_from_tb',
      word: 'CF_USE_ICOUNT',
      text: 'ab_icount -= insns_left - 1;',
    },
    { file: translation, at: 'file end', text: '#include "asidbench/counter.c.inc"' },
  ];
}

/** Both of the host's clocks, wherever the virtual clock reads them. */
function slowedClock(): readonly SourceEdit[] {
  const file = 'softmmu/cpu-timers.c';
  const readers: readonly (readonly [reader: string, clock: string])[] = [
    ['cpu_get_ticks_locked', 'cpu_get_host_ticks'],
    ['cpu_get_clock_locked', 'get_clock'],
    ['cpu_enable_ticks', 'cpu_get_host_ticks'],
    ['cpu_enable_ticks', 'get_clock'],
    ['cpu_disable_ticks', 'cpu_get_host_ticks'],
  ];
  return [
    { file, at: 'includes', text: '#include "asidbench/clock.c.inc"' },
    ...readers.map(([reader, clock]): SourceEdit => {
      const text = clock === 'get_clock' ? 'ab_clock()' : 'ab_host_ticks()';
      return { file, at: 'call', in: reader, word: clock, text };
    }),
  ];
}

/** Features that TCG's processor gets, and how many ASIDs it has. */
function processor(): readonly SourceEdit[] {
  const file = 'target/i386/cpu.c';
  const features = ['NRIPSAVE', 'VMCBCLEAN', 'FLUSHASID', 'DECODEASSIST', 'V_VMSAVE_VMLOAD'];
  return [
    { file, at: 'includes', text: '#include "asidbench/hooks.h"' },
    {
      file,
      at: 'word',
      in: 'TCG_SVM_FEATURES',
      word: 'CPUID_SVM_NPT',
      text: ['$&', ...features.map((name) => `CPUID_SVM_${name}`)].join(' | '),
    },
    {
      file,
      at: 'after',
      in: 'cpu_x86_cpuid',
      word: 'FEAT_SVM',
      text: '*ebx = ab_asids();',
    },
  ];
}

function marks(): readonly SourceEdit[] {
  const file = 'target/i386/tcg/translate.c';
  return [
    {
      file: 'target/i386/helper.h',
      at: 'file end',
      text: 'DEF_HELPER_2(ab_mark, void, env, i32)\nDEF_HELPER_2(ab_invlpga, void, env, tl)',
    },
    { file, at: 'ahead', in: 'gen_nop_modrm', text: '#include "asidbench/marks.h"' },
    {
      file,
      at: 'call',
      in: 'gen_nop_modrm',
      word: 'gen_lea_modrm_0',
      text: 'ab_gen_mark(s, $&)',
    },
  ];
}

/** INVLPG, INVLPGA and MOV CR as executed; intercepts that QEMU lacks or tells too little of. */
function invalidations(): readonly SourceEdit[] {
  const translator = 'target/i386/tcg/translate.c';
  const helpers = 'target/i386/tcg/sysemu/misc_helper.c';
  const floatingPoint = 'target/i386/tcg/fpu_helper.c';
  return [
    // The helper checks instead, where the operand is known: the decode assist passes it on.
    {
      file: translator,
      at: 'call',
      in: 'disas_insn',
      word: 'gen_svm_check_intercept',
      with: 'SVM_EXIT_INVLPG',
      text: '',
    },
    {
      file: translator,
      at: 'call',
      in: 'disas_insn',
      word: 'gen_helper_flush_page',
      from: 'SVM_EXIT_INVLPGA',
      text: 'gen_helper_ab_invlpga($args)',
    },
    { file: helpers, at: 'includes', text: '#include "asidbench/hooks.h"' },
    {
      file: helpers,
      at: 'start',
      in: 'helper_flush_page',
      text:
        'cpu_svm_check_intercept_param(env, SVM_EXIT_INVLPG, addr, GETPC());\n' +
        'ab_log_invlpg(env, addr, GETPC());',
    },
    {
      file: helpers,
      at: 'start',
      in: 'helper_write_crN',
      text: 'ab_log_cr_write(env, reg, t0, GETPC());',
    },
    { file: floatingPoint, at: 'includes', text: '#include "asidbench/hooks.h"' },
    {
      file: floatingPoint,
      at: 'before',
      in: 'helper_xsetbv',
      word: 'CR4_OSXSAVE_MASK',
      text: 'cpu_svm_check_intercept_param(env, AB_EXIT_XSETBV, 0, GETPC());',
    },
  ];
}

function modeSwitches(): readonly SourceEdit[] {
  const file = 'target/i386/tcg/sysemu/svm_helper.c';
  return [
    {
      file,
      at: 'includes',
      text:
        '#include "asidbench/hooks.h"\n#include "asidbench/decode-assist.c.inc"\n' +
        '#include "asidbench/log.c.inc"',
    },
    { file, at: 'before', in: 'helper_vmrun', word: 'SVM_EVTINJ_VALID', text: 'ab_vmrun(env);' },
    {
      file,
      at: 'after',
      in: 'cpu_vmexit',
      word: 'cpu_restore_state',
      text: 'ab_decode_assist(env, exit_code, &exit_info_1);',
    },
    { file, at: 'before', in: 'do_vmexit', word: 'HF2_HIF_MASK', text: 'ab_vmexit(env);' },
  ];
}

/** Sizes of a page in the guest's tables and in the nested ones, on their way to the TLB's fill. */
function touches(): readonly SourceEdit[] {
  const file = 'target/i386/tcg/sysemu/excp_helper.c';
  const guestShift = 'out->ab_guest_shift = pg_mode & PG_MODE_PG ? ctz32(page_size) : 0;';
  return [
    { file, at: 'includes', text: '#include "asidbench/hooks.h"' },
    {
      file,
      at: 'end',
      in: 'TranslateResult',
      text: 'int ab_guest_shift, ab_nested_shift;',
    },
    // Before the larger of both becomes the size of the entry.
    {
      file,
      at: 'before',
      in: 'mmu_translate',
      word: 'probe_access_full',
      text: guestShift,
    },
    {
      file,
      at: 'after',
      in: 'mmu_translate',
      word: 'lg_page_size',
      text: 'out->ab_nested_shift = full->lg_page_size;',
    },
    {
      file,
      at: 'before',
      in: 'mmu_translate',
      word: 'x86_get_a20_mask',
      text:
        `if (in->ptw_idx != MMU_NESTED_IDX) {\n    ${guestShift}\n` +
        '    out->ab_nested_shift = 0;\n}',
    },
    {
      file,
      at: 'after',
      in: 'get_physical_address',
      word: 'TARGET_PAGE_SIZE',
      text: 'out->ab_guest_shift = out->ab_nested_shift = 0;',
    },
    {
      file,
      at: 'before',
      in: 'x86_cpu_tlb_fill',
      word: 'tlb_set_page_with_attrs',
      text:
        'ab_log_touch(env, addr, access_type, mmu_idx, out.ab_guest_shift,\n' +
        '             out.ab_nested_shift, retaddr);',
    },
  ];
}

/** Accesses and jumps to pages that TCG knows already, where a window wants each of them. */
function sequences(): readonly SourceEdit[] {
  const [tlb, memory, loop] = ['accel/tcg/cputlb.c', 'softmmu/physmem.c', 'accel/tcg/cpu-exec.c'];
  const header = '#include "asidbench/hooks.h"';
  const code = 'ab_log_code(pc, tb->size);';
  return [
    { file: tlb, at: 'includes', text: header },
    {
      file: tlb,
      at: 'call',
      in: 'tlb_set_page_full',
      word: 'cpu_watchpoint_address_matches',
      text: '($& | ab_watches(mmu_idx))',
    },
    { file: memory, at: 'includes', text: header },
    {
      file: memory,
      at: 'start',
      in: 'cpu_check_watchpoint',
      text: 'ab_log_access(addr, flags & BP_MEM_WRITE);',
    },
    { file: loop, at: 'includes', text: header },
    { file: loop, at: 'before', in: 'lookup_tb_ptr', word: 'tc', text: code },
    { file: loop, at: 'before', in: 'cpu_exec', word: 'cpu_loop_exec_tb', text: code },
  ];
}
