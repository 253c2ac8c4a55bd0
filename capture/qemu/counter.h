/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ASIDBENCH_COUNTER_H
#define ASIDBENCH_COUNTER_H

/* Instructions that have begun, of all CPUs; one that faults or exits counts. */
extern uint64_t ab_icount;

/* The count up to the instruction at `host_pc`, a helper's GETPC(); of the block's end for 0. */
uint64_t ab_now(uintptr_t host_pc);

/* Divides what passes on the virtual clock by `factor`, from now on. */
void ab_set_slowness(int factor);

#endif
