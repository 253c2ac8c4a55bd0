/* SPDX-License-Identifier: Apache-2.0 */
#include "vmm.h"

#include <sys/io.h>

/* Executes the mark `number` with `kind` in EBX: capture/guest/flat.h says what marks are. */
static int mark(int number, uint32_t kind)
{
    uint8_t code[] = { 0x0f, 0x1f, 0x80, number, 0x42, 0x53, 0x41, 0xc3 };
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
                      -1, 0);

    if (page == MAP_FAILED) {
        die("mmap");
    }
    memcpy(page, code, sizeof(code));
    asm volatile("call *%0" ::"r"(page), "b"(kind) : "memory");
    return 0;
}

/* Copies standard input to the port that the emulator writes to a file. */
static int copy_to_port(void)
{
    static char buffer[65536];
    ssize_t n;

    if (ioperm(0xe9, 1, 1)) {
        die("ioperm");
    }
    while ((n = read(0, buffer, sizeof(buffer))) > 0) {
        outsb(0xe9, buffer, n);
    }
    return 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";

    if (!strcmp(what, "linux") && argc >= 7) {
        return boot_linux(argc - 2, argv + 2);
    }
    if (!strcmp(what, "flat") && argc > 2) {
        return run_flat(argc - 2, argv + 2);
    }
    if (!strcmp(what, "mark") && argc > 2) {
        return mark(atoi(argv[2]), argc > 3 ? atoi(argv[3]) : 0);
    }
    if (!strcmp(what, "port")) {
        return copy_to_port();
    }
    fprintf(stderr, "usage: vmm linux [vcpus=N] BZIMAGE VMLINUX INITRD MEGABYTES COMMAND_LINE\n"
                    "       vmm flat PROGRAM [yield] [handover] [together] [apart] [interrupt] [vcpus=N] NUMBER...\n"
                    "       vmm mark NUMBER [KIND]\n"
                    "       vmm port < TEXT\n");
    return 1;
}
