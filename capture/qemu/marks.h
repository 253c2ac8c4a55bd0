/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Marks in the translator: nopl 0x415342NN(%rax) is the mark NN. */
#ifndef ASIDBENCH_MARKS_H
#define ASIDBENCH_MARKS_H

#define AB_MARK_MAGIC 0x415342

/* What a multi-byte NOP names, after a mark has called its helper. */
static AddressParts ab_gen_mark(DisasContext *s, AddressParts nop)
{
    if (((uint64_t)nop.disp & 0xffffffff) >> 8 == AB_MARK_MAGIC) {
        gen_update_cc_op(s);
        gen_update_eip_cur(s);
        gen_helper_ab_mark(cpu_env, tcg_constant_i32(nop.disp & 0xff));
        s->base.is_jmp = DISAS_EOB_NEXT;
    }
    return nop;
}

#endif
