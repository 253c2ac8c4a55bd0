/* SPDX-License-Identifier: Apache-2.0 */
/* Entry of a flat guest: the VMM has set the stack, and RSI to the block of arguments. */
    .globl _start
_start:
    mov %rsi, %rdi
    call start_c
1:  hlt
    jmp 1b
