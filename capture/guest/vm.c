/* SPDX-License-Identifier: Apache-2.0 */
#include "vmm.h"

#include <fcntl.h>
#include <sys/stat.h>

#define IDENTITY_MAP 0xfffbc000UL
#define TSS 0xfffbd000UL
#define HUGE_PAGE (2UL << 20)

#define GDT 0x800
#define PML4 0x1000
#define PDPT 0x2000
#define PAGE_DIRECTORIES 0x3000         /* four */
#define PAGE_TABLES 0x10000             /* sixteen */
#define CODE_SELECTOR 0x10
#define DATA_SELECTOR 0x18

void die(const char *what)
{
    fprintf(stderr, "vmm: %s: %s\n", what, strerror(errno));
    exit(1);
}

long must(int fd, unsigned long request, void *argument, const char *what)
{
    long result = ioctl(fd, request, argument);

    if (result < 0) {
        die(what);
    }
    return result;
}

void *load_file(const char *path, size_t *size)
{
    int fd = open(path, O_RDONLY);
    struct stat status;
    char *bytes;
    size_t done = 0;

    if (fd < 0 || fstat(fd, &status)) {
        die(path);
    }
    bytes = malloc(status.st_size);
    while (done < (size_t)status.st_size) {
        ssize_t n = read(fd, bytes + done, status.st_size - done);

        if (n <= 0) {
            die(path);
        }
        done += n;
    }
    close(fd);
    *size = done;
    return bytes;
}

static void allocate(struct vm *vm, size_t size)
{
    struct kvm_userspace_memory_region region = { 0 };
    void *memory = mmap(NULL, size + HUGE_PAGE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (memory == MAP_FAILED) {
        die("mmap");
    }
    vm->size = size;
    vm->memory = (uint8_t *)(((uintptr_t)memory + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1));
    region.memory_size = size;
    region.userspace_addr = (uintptr_t)vm->memory;
    must(vm->fd, KVM_SET_USER_MEMORY_REGION, &region, "KVM_SET_USER_MEMORY_REGION");
}

static void set_cpuid(struct vm *vm, int vcpu)
{
    struct {
        struct kvm_cpuid2 head;
        struct kvm_cpuid_entry2 entries[200];
    } cpuid = { .head.nent = 200 };
    unsigned i;

    must(vm->kvm, KVM_GET_SUPPORTED_CPUID, &cpuid, "KVM_GET_SUPPORTED_CPUID");
    for (i = 0; i < cpuid.head.nent; i++) {
        struct kvm_cpuid_entry2 *entry = &cpuid.entries[i];

        if (entry->function == 1) {
            entry->ebx = (entry->ebx & 0xffff) | 1 << 16 | vcpu << 24;
            entry->ecx |= 1u << 31 | 1u << 24;  /* hypervisor, TSC deadline timer */
        }
        if (entry->function == 0xb || entry->function == 0x1f) {
            entry->edx = vcpu;
        }
        if (entry->function == 0x8000001e) {
            entry->eax = vcpu;
        }
    }
    must(vm->vcpu[vcpu], KVM_SET_CPUID2, &cpuid, "KVM_SET_CPUID2");
}

void create_vm(struct vm *vm, size_t size, int vcpus)
{
    struct kvm_pit_config pit = { .flags = KVM_PIT_SPEAKER_DUMMY };
    uint64_t identity = IDENTITY_MAP;
    int i;

    vm->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    if (vm->kvm < 0) {
        die("/dev/kvm");
    }
    vm->fd = must(vm->kvm, KVM_CREATE_VM, 0, "KVM_CREATE_VM");
    must(vm->fd, KVM_SET_IDENTITY_MAP_ADDR, &identity, "KVM_SET_IDENTITY_MAP_ADDR");
    must(vm->fd, KVM_SET_TSS_ADDR, (void *)TSS, "KVM_SET_TSS_ADDR");
    must(vm->fd, KVM_CREATE_IRQCHIP, 0, "KVM_CREATE_IRQCHIP");
    must(vm->fd, KVM_CREATE_PIT2, &pit, "KVM_CREATE_PIT2");
    allocate(vm, size);
    vm->vcpus = vcpus;
    for (i = 0; i < vcpus; i++) {
        vm->vcpu[i] = must(vm->fd, KVM_CREATE_VCPU, (void *)(long)i, "KVM_CREATE_VCPU");
        set_cpuid(vm, i);
    }
}

static void map_memory(struct vm *vm, int fine)
{
    uint64_t *pml4 = (void *)(vm->memory + PML4), *pdpt = (void *)(vm->memory + PDPT);
    uint64_t *directories = (void *)(vm->memory + PAGE_DIRECTORIES);
    uint64_t *tables = (void *)(vm->memory + PAGE_TABLES);
    uint64_t i;

    pml4[0] = PDPT | 3;
    for (i = 0; i < 4; i++) {
        pdpt[i] = (PAGE_DIRECTORIES + i * 0x1000) | 3;
    }
    if (!fine) {
        for (i = 0; i < 4 * 512; i++) {
            directories[i] = i << 21 | 0x83;
        }
        return;
    }
    for (i = 0; i < 16; i++) {
        directories[i] = (PAGE_TABLES + i * 0x1000) | 3;
    }
    for (i = 0; i < 16 * 512; i++) {
        tables[i] = i << 12 | 3;
    }
}

void set_long_mode(struct vm *vm, int vcpu, int fine, uint64_t rip, uint64_t rsp, uint64_t rsi)
{
    const struct kvm_segment code = { .limit = 0xffffffff, .selector = CODE_SELECTOR, .type = 11,
                                      .present = 1, .s = 1, .l = 1, .g = 1 };
    const struct kvm_segment data = { .limit = 0xffffffff, .selector = DATA_SELECTOR, .type = 3,
                                      .present = 1, .s = 1, .db = 1, .g = 1 };
    uint64_t *gdt = (void *)(vm->memory + GDT);
    struct kvm_regs regs = { .rip = rip, .rsi = rsi, .rsp = rsp, .rflags = 2 };
    struct kvm_sregs sregs;

    gdt[CODE_SELECTOR / 8] = 0x00af9b000000ffffULL;
    gdt[DATA_SELECTOR / 8] = 0x00cf93000000ffffULL;
    map_memory(vm, fine);
    must(vm->vcpu[vcpu], KVM_GET_SREGS, &sregs, "KVM_GET_SREGS");
    sregs.cs = code;
    sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss = data;
    sregs.gdt.base = GDT;
    sregs.gdt.limit = 0x1f;
    sregs.cr3 = PML4;
    sregs.cr4 = 0x20;           /* PAE */
    sregs.cr0 = 0x80050033;     /* PG, AM, WP, NE, ET, MP, PE */
    sregs.efer = 0x500;         /* LMA, LME */
    must(vm->vcpu[vcpu], KVM_SET_SREGS, &sregs, "KVM_SET_SREGS");
    must(vm->vcpu[vcpu], KVM_SET_REGS, &regs, "KVM_SET_REGS");
}
