/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a flat program with a block of numbers as its arguments. */
#include "vmm.h"
#include "vector.h"

#include <time.h>

#define MEMORY (64UL << 20)
#define ENTRY 0x100000
#define ARGUMENTS 0x8000        /* of vCPU 0; the others' follow */
#define ARGUMENTS_SIZE 0x100
#define ARGUMENT_VCPU 4
#define STACK 0x90000
#define STACK_SIZE 0x4000
#define INTERRUPT_PAUSE_NS 2000000

/* Interrupts vCPU 0 from time to time, as a device would. */
static void *keep_interrupting(void *argument)
{
    struct vm *vm = argument;
    const struct timespec pause = { 0, INTERRUPT_PAUSE_NS };
    struct kvm_msi msi = { .address_lo = 0xfee00000, .data = INTERRUPT_VECTOR };

    for (;;) {
        nanosleep(&pause, NULL);
        must(vm->fd, KVM_SIGNAL_MSI, &msi, "KVM_SIGNAL_MSI");
    }
    return NULL;
}

/* PROGRAM [yield] [handover] [together] [apart] [interrupt] [vcpus=N] NUMBER... */
int run_flat(int argc, char **argv)
{
    struct kvm_mp_state runnable = { KVM_MP_STATE_RUNNABLE };
    struct vm vm = { 0 };
    int vcpus = 1, interrupts = 0, i, j, numbers = 1;
    size_t size;
    void *program;

    if (argc < 1) {
        return 1;
    }
    for (; numbers < argc && (argv[numbers][0] < '0' || argv[numbers][0] > '9'); numbers++) {
        const char *word = argv[numbers];

        vm.yields |= !strcmp(word, "yield");
        vm.hands_over |= !strcmp(word, "handover");
        vm.placing = !strcmp(word, "together") ? TOGETHER : !strcmp(word, "apart") ? APART : vm.placing;
        interrupts |= !strcmp(word, "interrupt");
        vcpus = strncmp(word, "vcpus=", 6) ? vcpus : atoi(word + 6);
    }
    create_vm(&vm, MEMORY, vcpus > MAX_VCPUS ? MAX_VCPUS : vcpus);
    madvise(vm.memory, vm.size, MADV_NOHUGEPAGE);
    program = load_file(argv[0], &size);
    memcpy(vm.memory + ENTRY, program, size);
    for (i = 0; i < vm.vcpus; i++) {
        uint64_t *arguments = (void *)(vm.memory + ARGUMENTS + i * ARGUMENTS_SIZE);

        for (j = numbers; j < argc; j++) {
            arguments[j - numbers] = strtoull(argv[j], NULL, 0);
        }
        arguments[ARGUMENT_VCPU] = i;
        set_long_mode(&vm, i, 1, ENTRY, STACK - i * STACK_SIZE,
                      ARGUMENTS + i * ARGUMENTS_SIZE);
    }
    for (i = 1; i < vm.vcpus; i++) {
        must(vm.vcpu[i], KVM_SET_MP_STATE, &runnable, "KVM_SET_MP_STATE");
    }
    start_other_vcpus(&vm);
    if (interrupts) {
        start_thread(keep_interrupting, &vm);
    }
    return run_vcpu(&vm, 0);
}
