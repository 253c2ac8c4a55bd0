/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code for the counter at the start of each translation block; its length is known at the end. */
#ifndef ASIDBENCH_TRANSLATE_COUNTER_H
#define ASIDBENCH_TRANSLATE_COUNTER_H

#include "asidbench/counter.h"

static TCGOp *ab_add_insns;

static inline void ab_gen_block_start(void)
{
    TCGv_ptr counter = tcg_const_ptr(&ab_icount);
    TCGv_i64 count = tcg_temp_new_i64();

    tcg_gen_ld_i64(count, counter, 0);
    tcg_gen_add_i64(count, count, tcg_constant_i64(0));
    ab_add_insns = tcg_last_op();
    tcg_gen_st_i64(count, counter, 0);
    tcg_temp_free_i64(count);
    tcg_temp_free_ptr(counter);
}

static inline void ab_gen_block_end(int num_insns)
{
    tcg_set_insn_param(ab_add_insns, 2, tcgv_i64_arg(tcg_constant_i64(num_insns)));
}

#endif
