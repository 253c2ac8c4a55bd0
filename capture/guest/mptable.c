/* SPDX-License-Identifier: Apache-2.0 */
/* The table of Intel's MultiProcessor Specification 1.4, by which Linux finds CPUs where there is no ACPI. */
#include "vmm.h"

#define TABLE 0x9fc00           /* behind the last of low memory, where Linux looks first */
#define LOCAL_APIC 0xfee00000
#define IO_APIC 0xfec00000
#define VERSION 0x14
#define ALL_APICS 0xff
#define ISA_IRQS 16

enum { PROCESSOR, BUS, IOAPIC, INTERRUPT, LOCAL_INTERRUPT };
enum { INT = 0, NMI = 1, EXTINT = 3 };

struct floating {
    char signature[4];
    uint32_t table;
    uint8_t length, revision, checksum, features[5];
};

struct header {
    char signature[4];
    uint16_t length;
    uint8_t revision, checksum;
    char maker[20];
    uint32_t own_table;
    uint16_t own_size, entries;
    uint32_t local_apic, reserved;
};

struct processor {
    uint8_t type, apic, version, flags;
    uint32_t signature, features, reserved[2];
};

static uint8_t checksum(const void *bytes, size_t size)
{
    uint8_t sum = 0;

    while (size--) {
        sum -= ((const uint8_t *)bytes)[size];
    }
    return sum;
}

/* Entries of 8 bytes: the type, and seven more or six with a 16-bit field of flags. */
static uint8_t *entry(struct header *header, uint8_t *at, const uint8_t bytes[8])
{
    memcpy(at, bytes, 8);
    header->entries++;
    return at + 8;
}

void write_mp_table(struct vm *vm)
{
    const uint8_t isa = 0, io_apic = vm->vcpus;
    struct floating *floating = (void *)(vm->memory + TABLE);
    struct header *header = (void *)(floating + 1);
    uint8_t *at = (void *)(header + 1);
    int i;

    *floating = (struct floating){ "_MP_", TABLE + sizeof(*floating), 1, 4 };
    floating->checksum = checksum(floating, sizeof(*floating));
    *header = (struct header){ "PCMP", .revision = 4, .local_apic = LOCAL_APIC };
    for (i = 0; i < vm->vcpus; i++) {
        struct processor processor = { PROCESSOR, i, VERSION, i ? 1 : 3 /* enabled, boots */ };

        memcpy(at, &processor, sizeof(processor));
        header->entries++;
        at += sizeof(processor);
    }
    at = entry(header, at, (uint8_t[8]){ BUS, isa, 'I', 'S', 'A', ' ', ' ', ' ' });
    at = entry(header, at, (uint8_t[8]){ IOAPIC, io_apic, VERSION, 1, 0, 0, IO_APIC >> 16 & 0xff, IO_APIC >> 24 });
    for (i = 0; i < ISA_IRQS; i++) {
        if (i != 2) {           /* the cascade's pin is the timer's */
            at = entry(header, at, (uint8_t[8]){ INTERRUPT, INT, 0, 0, isa, i, io_apic, i ? i : 2 });
        }
    }
    at = entry(header, at, (uint8_t[8]){ LOCAL_INTERRUPT, EXTINT, 0, 0, isa, 0, 0, 0 });
    at = entry(header, at, (uint8_t[8]){ LOCAL_INTERRUPT, NMI, 0, 0, isa, 0, ALL_APICS, 1 });
    header->length = at - (uint8_t *)header;
    header->checksum = checksum(header, header->length);
}
