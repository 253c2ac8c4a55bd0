/* SPDX-License-Identifier: Apache-2.0 */
#include "vmm.h"

#define IRQ 4
#define IER_THRE 2
#define LCR_DLAB 0x80

static struct {
    uint8_t ier, lcr, scratch, divisor[2];
    int is_empty;               /* the transmitter: an interrupt is pending */
} uart;

static void update_irq(struct vm *vm)
{
    struct kvm_irq_level level = { .irq = IRQ, .level = (uart.ier & IER_THRE) && uart.is_empty };

    ioctl(vm->fd, KVM_IRQ_LINE, &level);
}

void serial_out(struct vm *vm, int reg, uint8_t value)
{
    if (reg < 2 && uart.lcr & LCR_DLAB) {
        uart.divisor[reg] = value;
    } else if (reg == 0) {
        putchar(value);
        if (value == '\n') {
            fflush(stdout);
        }
        uart.is_empty = 1;
        update_irq(vm);
    } else if (reg == 1) {
        uart.is_empty |= (value & IER_THRE) && !(uart.ier & IER_THRE);
        uart.ier = value & 0xf;
        update_irq(vm);
    } else if (reg == 3) {
        uart.lcr = value;
    } else if (reg == 7) {
        uart.scratch = value;
    }
}

uint8_t serial_in(struct vm *vm, int reg)
{
    switch (reg) {
    case 0:
        return uart.lcr & LCR_DLAB ? uart.divisor[0] : 0;
    case 1:
        return uart.lcr & LCR_DLAB ? uart.divisor[1] : uart.ier;
    case 2:
        if ((uart.ier & IER_THRE) && uart.is_empty) {
            uart.is_empty = 0;
            update_irq(vm);
            return 0x02;        /* the transmitter is empty */
        }
        return 0x01;
    case 3:
        return uart.lcr;
    case 5:
        return 0x60;            /* transmitter empty */
    case 6:
        return 0xb0;            /* carrier, data set ready, clear to send */
    case 7:
        return uart.scratch;
    }
    return 0;
}
