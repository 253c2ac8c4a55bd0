/* SPDX-License-Identifier: Apache-2.0 */
/* The vector by which the VMM interrupts a flat guest. */
#ifndef VECTOR_H
#define VECTOR_H
#define INTERRUPT_VECTOR 0x40
#endif
