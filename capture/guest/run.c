/* SPDX-License-Identifier: Apache-2.0 */
#include "vmm.h"

#include <pthread.h>
#include <sched.h>

#define PORT_SERIAL 0x3f8
#define PORT_KEYBOARD 0x64
#define KEYBOARD_RESET 0xfe
/* As capture/guest/flat.h has them. */
#define PORT_PRINT 0xe9
#define PORT_DROP_PAGES 0xf1
#define PORT_LEAVE 0xf2
#define PORT_REFUSE 0xf3
#define PORT_END 0xf4
#define TEST_AREA 0x1000000
#define TEST_SIZE 0x100000

enum { GOES_ON = -1 };

static void leave_l2(struct vm *vm, int vcpu)
{
    /* As for SMM, reset or live migration. */
    struct kvm_nested_state none = { .flags = 1 << 8 /* GIF is set */,
                                     .format = KVM_STATE_NESTED_FORMAT_SVM,
                                     .size = sizeof(none) };

    printf("vmm: forced leave %d\n", ioctl(vm->vcpu[vcpu], KVM_SET_NESTED_STATE, &none));
    fflush(stdout);
}

static void drop_pages(struct vm *vm)
{
    madvise(vm->memory + TEST_AREA, TEST_SIZE, MADV_DONTNEED);
}

/*
 * Runs the vCPU with a code segment that is both 64 and 32 bits wide, which no CPU accepts, and mends it; the emulated CPU
 * has then put its own registers into the VMCB, too.
 */
static void be_refused(struct vm *vm, int vcpu, struct kvm_run *run)
{
    struct kvm_sregs right, wrong;
    struct kvm_regs regs;

    /* Completes the OUT, and goes no further. */
    run->immediate_exit = 1;
    ioctl(vm->vcpu[vcpu], KVM_RUN, 0);
    run->immediate_exit = 0;
    must(vm->vcpu[vcpu], KVM_GET_REGS, &regs, "KVM_GET_REGS");
    must(vm->vcpu[vcpu], KVM_GET_SREGS, &right, "KVM_GET_SREGS");
    wrong = right;
    wrong.cs.db = 1;
    must(vm->vcpu[vcpu], KVM_SET_SREGS, &wrong, "KVM_SET_SREGS");
    ioctl(vm->vcpu[vcpu], KVM_RUN, 0);
    printf("vmm: refused: exit %d\n", run->exit_reason);
    fflush(stdout);
    must(vm->vcpu[vcpu], KVM_SET_SREGS, &right, "KVM_SET_SREGS");
    must(vm->vcpu[vcpu], KVM_SET_REGS, &regs, "KVM_SET_REGS");
}

static int port_out(struct vm *vm, int vcpu, struct kvm_run *run, unsigned port, uint8_t value)
{
    if (port >= PORT_SERIAL && port < PORT_SERIAL + 8) {
        serial_out(vm, port - PORT_SERIAL, value);
        return GOES_ON;
    }
    switch (port) {
    case PORT_PRINT:
        putchar(value);
        if (value == '\n') {
            fflush(stdout);
        }
        break;
    case PORT_DROP_PAGES:
        drop_pages(vm);
        break;
    case PORT_REFUSE:
        drop_pages(vm);
        be_refused(vm, vcpu, run);
        break;
    case PORT_LEAVE:
        leave_l2(vm, vcpu);
        break;
    case PORT_END:
        return value;
    case PORT_KEYBOARD:
        return value == KEYBOARD_RESET ? 0 : GOES_ON;
    }
    return GOES_ON;
}

static uint8_t port_in(struct vm *vm, unsigned port)
{
    if (port >= PORT_SERIAL && port < PORT_SERIAL + 8) {
        return serial_in(vm, port - PORT_SERIAL);
    }
    return port == PORT_KEYBOARD ? 0 : 0xff;
}

static int handle_io(struct vm *vm, int vcpu, struct kvm_run *run)
{
    uint8_t *data = (uint8_t *)run + run->io.data_offset;
    /* A copy: what a port does may run the vCPU. */
    const unsigned count = run->io.count, size = run->io.size, port = run->io.port;
    const int is_out = run->io.direction == KVM_EXIT_IO_OUT;
    unsigned i;
    int status = GOES_ON;

    for (i = 0; i < count && status == GOES_ON; i++, data += size) {
        if (is_out) {
            status = port_out(vm, vcpu, run, port, *data);
        } else {
            memset(data, 0xff, size);
            *data = port_in(vm, port);
        }
    }
    return status;
}

static pthread_mutex_t turn_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn_changed = PTHREAD_COND_INITIALIZER;
static int turn;

static void wait_for_turn(int vcpu)
{
    pthread_mutex_lock(&turn_lock);
    while (turn != vcpu) {
        pthread_cond_wait(&turn_changed, &turn_lock);
    }
    pthread_mutex_unlock(&turn_lock);
}

static void hand_over(struct vm *vm, int vcpu)
{
    pthread_mutex_lock(&turn_lock);
    turn = (vcpu + 1) % vm->vcpus;
    pthread_cond_broadcast(&turn_changed);
    pthread_mutex_unlock(&turn_lock);
    wait_for_turn(vcpu);
}

static void place(struct vm *vm, int vcpu)
{
    cpu_set_t cpus;

    CPU_ZERO(&cpus);
    CPU_SET(vm->placing == APART ? vcpu : 0, &cpus);
    if (vm->placing != ANYWHERE && sched_setaffinity(0, sizeof(cpus), &cpus)) {
        die("sched_setaffinity");
    }
}

void start_thread(void *(*body)(void *), void *argument)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, body, argument)) {
        die("pthread_create");
    }
}

struct vcpu_thread {
    struct vm *vm;
    int vcpu;
};

static void *run_other_vcpu(void *argument)
{
    struct vcpu_thread *thread = argument;

    exit(run_vcpu(thread->vm, thread->vcpu));
}

void start_other_vcpus(struct vm *vm)
{
    static struct vcpu_thread others[MAX_VCPUS];
    int i;

    for (i = 1; i < vm->vcpus; i++) {
        others[i] = (struct vcpu_thread){ vm, i };
        start_thread(run_other_vcpu, &others[i]);
    }
}

int run_vcpu(struct vm *vm, int vcpu)
{
    int size = must(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0, "KVM_GET_VCPU_MMAP_SIZE");
    struct kvm_run *run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, vm->vcpu[vcpu], 0);
    int status = GOES_ON;

    if (run == MAP_FAILED) {
        die("mmap of kvm_run");
    }
    vm->threads[vcpu] = gettid();
    place(vm, vcpu);
    if (vm->hands_over) {
        wait_for_turn(vcpu);
    }
    while (status == GOES_ON) {
        if (ioctl(vm->vcpu[vcpu], KVM_RUN, 0) < 0) {
            if (errno == EAGAIN) {
                continue;       /* nobody has started this vCPU yet; it has no exit to tell */
            }
            if (errno != EINTR) {
                die("KVM_RUN");
            }
        }
        switch (run->exit_reason) {
        case KVM_EXIT_IO:
            status = handle_io(vm, vcpu, run);
            break;
        case KVM_EXIT_MMIO:
            if (!run->mmio.is_write) {
                memset(run->mmio.data, 0xff, sizeof(run->mmio.data));
            }
            break;
        case KVM_EXIT_INTR:
            break;
        case KVM_EXIT_HLT:
            status = 0;
            break;
        default:
            fprintf(stderr, "vmm: exit %d, suberror %d\n", run->exit_reason,
                    run->exit_reason == KVM_EXIT_INTERNAL_ERROR ? (int)run->internal.suberror : 0);
            status = 2;
        }
        if (vm->yields) {
            sched_yield();
        }
        if (vm->hands_over && status == GOES_ON) {
            hand_over(vm, vcpu);
        }
    }
    fflush(stdout);
    return status;
}
