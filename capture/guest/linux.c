/* SPDX-License-Identifier: Apache-2.0 */
/* Boots vmlinux by its 64-bit entry; of the bzImage only the setup header is used. */
#include "vmm.h"

#include <asm/bootparam.h>
#include <elf.h>
#include <signal.h>

#define BOOT_PARAMS 0x20000
#define COMMAND_LINE 0x30000
#define STACK 0x90000
#define LOW_MEMORY_END 0x9fc00
#define HIGH_MEMORY 0x100000

static uint64_t load_vmlinux(struct vm *vm, const char *path)
{
    size_t size;
    uint8_t *image = load_file(path, &size);
    Elf64_Ehdr *head = (void *)image;
    Elf64_Phdr *part = (void *)(image + head->e_phoff);
    uint64_t entry = head->e_entry;
    int i;

    for (i = 0; i < head->e_phnum; i++) {
        if (part[i].p_type == PT_LOAD) {
            memcpy(vm->memory + part[i].p_paddr, image + part[i].p_offset, part[i].p_filesz);
        }
    }
    free(image);
    return entry;
}

static void fill_boot_params(struct vm *vm, const char *bzimage)
{
    struct boot_params *params = (void *)(vm->memory + BOOT_PARAMS);
    size_t size;
    uint8_t *image = load_file(bzimage, &size);

    memcpy(&params->hdr, image + 0x1f1, 0x202 + image[0x201] - 0x1f1);
    free(image);
    params->hdr.type_of_loader = 0xff;
    params->hdr.loadflags |= LOADED_HIGH;
    params->hdr.cmd_line_ptr = COMMAND_LINE;
    params->e820_entries = 2;
    params->e820_table[0] = (struct boot_e820_entry){ 0, LOW_MEMORY_END, 1 };
    params->e820_table[1] = (struct boot_e820_entry){ HIGH_MEMORY, vm->size - HIGH_MEMORY, 1 };
}

static void load_initrd(struct vm *vm, const char *path)
{
    struct boot_params *params = (void *)(vm->memory + BOOT_PARAMS);
    size_t size, start;
    void *image = load_file(path, &size);

    start = (vm->size - size) & ~(size_t)0xfff;
    memcpy(vm->memory + start, image, size);
    free(image);
    params->hdr.ramdisk_image = start;
    params->hdr.ramdisk_size = size;
}

/*
 * What a host does to memory that it swaps out, moves or merges: no access, then access to the same
 * bytes again. KVM hears of it by its MMU notifier.
 */
static struct vm *reclaimed;
static void reclaim(int signal)
{
    (void)signal;
    mprotect(reclaimed->memory, reclaimed->size, PROT_NONE);
    mprotect(reclaimed->memory, reclaimed->size, PROT_READ | PROT_WRITE);
}

/* [vcpus=N] BZIMAGE VMLINUX INITRD MEGABYTES COMMAND_LINE */
int boot_linux(int argc, char **argv)
{
    const struct sigaction on_signal = { .sa_handler = reclaim };
    struct vm vm = { 0 };
    uint64_t entry;
    int vcpus = 1;

    if (argc > 0 && !strncmp(argv[0], "vcpus=", 6)) {
        vcpus = atoi(argv[0] + 6);
        argc--;
        argv++;
    }
    if (argc != 5 || vcpus < 1 || vcpus > MAX_VCPUS) {
        return 1;
    }
    create_vm(&vm, (size_t)atoi(argv[3]) << 20, vcpus);
    entry = load_vmlinux(&vm, argv[1]);
    fill_boot_params(&vm, argv[0]);
    load_initrd(&vm, argv[2]);
    strcpy((char *)vm.memory + COMMAND_LINE, argv[4]);
    set_long_mode(&vm, 0, 0, entry, STACK, BOOT_PARAMS);
    reclaimed = &vm;
    sigaction(SIGUSR1, &on_signal, NULL);
    if (vcpus > 1) {
        write_mp_table(&vm);
    }
    start_other_vcpus(&vm);
    return run_vcpu(&vm, 0);
}
