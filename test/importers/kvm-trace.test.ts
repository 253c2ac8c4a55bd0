import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { kvmTraceImporter } from '../../src/importers/kvm-trace.ts';
import type { ImportedProfile } from '../../src/importers/profile.ts';
import { readDataBytes } from '../../src/inputs/load-data.ts';
import { contextOf, sourceOf } from './sources.ts';

async function read(
  text: Uint8Array | string,
  tscGhz: number | null = null,
): Promise<ImportedProfile> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  expect(kvmTraceImporter.detect(bytes.subarray(0, 65_536))?.confidence).toBe('certain');
  const imported = await kvmTraceImporter.import(sourceOf(bytes), contextOf('my.trace', tscGhz));
  if (imported.kind !== 'profile') throw new Error('no profile');
  return imported;
}

const captured = (name: string): Promise<ImportedProfile> =>
  read(readDataBytes(`data/nested-kvm/ftrace/${name}.trace.gz`));

/** Of data/nested-kvm/stats-delta.csv: counters of the same window, by column. */
function counted(workload: string): (column: string) => number {
  const [header = '', ...rows] = readFileSync('data/nested-kvm/stats-delta.csv', 'utf8').split(
    '\n',
  );
  const row = rows.find((each) => each.startsWith(`${workload},`))?.split(',') ?? [];
  return (column) => Number(row[header.split(',').indexOf(column)]);
}

/** Exits to L0, flush requests and those of svm_set_cr4() per reflected exit. */
function perTrip(profile: ImportedProfile): [number, number, number] {
  const trips = profile.reflectedExits ?? 0;
  return [profile.exits ?? 0, profile.flushes ?? -1, profile.flushesForCr4 ?? -1].map(
    (count) => Math.round((100 * count) / trips) / 100,
  ) as [number, number, number];
}

test.each([
  ['FULL.trace-a.l2flat-cpuid', 'trace-a.l2flat-cpuid'],
  ['FULL.l2linux-trace.l2linux-mmap', 'l2linux-trace.l2linux-mmap'],
])('%s counts what the counters of KVM counted', async (name, workload) => {
  const profile = await captured(name);
  const column = counted(workload);
  expect(profile.exits).toBe(column('exits'));
  // The counters were read one after the other, while L1 was going on.
  expect(Math.abs((profile.nestedRuns ?? 0) - column('nested_run'))).toBeLessThanOrEqual(1);
  expect(Math.abs((profile.flushes ?? 0) - column('tlb_flush'))).toBeLessThanOrEqual(1);
});

// Columns "L0 exits", "svm_flush_tlb_current + _all" and "of these from svm_set_cr4" of
// data/nested-kvm/METHOD.md, per reflected exit; the shipped files are excerpts of those windows.
test.each<[string, number, number, number]>([
  ['trace-a.l2flat-cpuid', 3.03, 2, 2],
  ['trace-a.l2flat-cpuid-huge', 3.02, 2, 2],
  ['trace-a.l2flat-pio', 3.03, 2, 2],
  ['trace-a.l2flat-npf32', 5.01, 2, 2],
  ['trace-a.l2shadow-cpuid', 3.04, 2, 2],
  ['trace-a.l2shadow-npf32', 3.02, 2, 2],
  ['trace-a.l2shadow-ptechurn64', 3.52, 2, 2],
])(
  '%s: exits and flushes per round trip are those of the tables',
  async (name, exits, flushes, cr4) => {
    const measured = perTrip(await captured(name));
    expect(measured[0] / exits).toBeGreaterThan(0.87);
    expect(measured[0] / exits).toBeLessThan(1.13);
    expect(Math.abs(measured[1] - flushes)).toBeLessThanOrEqual(0.05);
    expect(Math.abs(measured[2] - cr4)).toBeLessThanOrEqual(0.08);
  },
);

test('CR4.PGE that differs is said, because the series does not help there', async () => {
  const told = async (name: string): Promise<boolean> => {
    const { report } = await captured(name);
    return report.understood.some(({ text }) => text.startsWith('L1 and L2 differ in CR4.PGE'));
  };
  expect(await told('trace-a.l2flat-cpuid')).toBe(true);
  expect(await told('l2linux-trace.l2linux-cpuid')).toBe(false);
});

test('a Linux L2 has the same CR4.PGE as L1: svm_set_cr4() flushes nothing', async () => {
  const profile = await captured('l2linux-trace.l2linux-cpuid');
  expect(profile).toMatchObject({ nestedRuns: 45, exits: 171, flushes: 89, flushesForCr4: 0 });
  expect(profile).toMatchObject({ reflectedExits: 45, l2ExitsHandledByL0: 0, l2s: 1, vcpus: 1 });
});

test('who handled an exit: each fresh page of npf32 faults once to L1 and once to L0', async () => {
  const profile = await captured('trace-a.l2flat-npf32');
  // The excerpt begins between an exit of L2 and its nested #VMEXIT, and ends between two as well.
  expect(profile.reflectedExits).toBe(29);
  const npf = profile.exitsByReason.filter((row) => row.reason === 'NPF');
  expect(npf).toEqual([
    { reason: 'NPF', from: 'L2', count: 57, reflected: 28 },
    { reason: 'NPF', from: 'L1', count: 29, reflected: 0 },
  ]);
  expect(profile.paging.l1).toBe('npt');
});

test('an exit that the end of the trace cuts off was handled by nobody knows whom', async () => {
  const cut = PERF_SCRIPT.split('\n').slice(0, -2).join('\n');
  expect(await read(`${cut}\n`)).toMatchObject({ exits: 3, l2ExitsHandledByL0: 0 });
});

test('L1 with shadow paging is seen, and its INVLPGAs are counted', async () => {
  const profile = await captured('trace-a.l2shadow-ptechurn64');
  expect(profile).toMatchObject({ invlpgas: 3, paging: { l1: 'shadow' } });
  const understood = profile.report.understood.map(({ text }) => text);
  expect(understood).toContain('L1 runs L2 on shadow page tables');
});

test('a clock in TSC cycles is no time until its frequency is given', async () => {
  const profile = await captured('trace-a.l2flat-cpuid');
  expect(profile.durationSeconds).toBeNull();
  expect(profile.report.unknown.map((each) => each.text).join()).toContain('--tsc-ghz');
  const bytes = readDataBytes('data/nested-kvm/ftrace/trace-a.l2flat-cpuid.trace.gz');
  expect((await read(bytes, 2)).durationSeconds).toBeGreaterThan(0);
});

const PERF_SCRIPT = `
 CPU 0/KVM  5046 [001]  3410.005610:                 kvm:kvm_exit: vcpu 0 reason cpuid rip 0x401136 info1 0x0 info2 0x0 intr_info 0x00000000 error_code 0x00000000 requests 0x0000000000000000
 CPU 0/KVM  5046 [001]  3410.005610:         kvm:kvm_nested_vmexit: vcpu 0 reason cpuid rip 0x401136 info1 0x0 info2 0x0 intr_info 0x00000000 error_code 0x00000000
 CPU 0/KVM  5046 [001]  3410.005610:  kvm:kvm_nested_vmexit_inject: reason: cpuid ext_inf1: 0x0 ext_inf2: 0x0 ext_int: 0x00000000 ext_int_err: 0x00000000
 CPU 0/KVM  5046 [001]  3410.005611:                kvm:kvm_entry: vcpu 0, rip 0xffffffff8103f0a2 intr_info 0x00000000 error_code 0x00000000
 CPU 0/KVM  5046 [002]  3410.005613:                 kvm:kvm_exit: vcpu 0 reason vmrun rip 0xffffffff8103f09f info1 0x0 info2 0x0 intr_info 0x00000000 error_code 0x00000000
 CPU 0/KVM  5046 [002]  3410.005613:       kvm:kvm_nested_vmenter: rip: 0xffffffff8103f09f vmcb: 0x0000000103a51000 nested_rip: 0x0000000000401138 int_ctl: 0x01000000 event_inj: 0x00000000 nested_npt=y nested_cr3: 0x0000000104b3e000
 CPU 0/KVM  5046 [002]  3410.005614:                kvm:kvm_entry: vcpu 0, rip 0x401138
 CPU 0/KVM  5046 [002]  3410.005618:                 kvm:kvm_exit: vcpu 0 reason npf rip 0x401138 info1 0x0 info2 0x0 intr_info 0x00000000 error_code 0x00000000
 CPU 0/KVM  5046 [002]  3410.005618:                kvm:kvm_entry: vcpu 0, rip 0x401138
`;

test('perf script: seconds, a vCPU that moved, L2 residency, an exit that L0 handled', async () => {
  const profile = await read(PERF_SCRIPT);
  expect(profile).toMatchObject({ exits: 3, nestedRuns: 1, reflectedExits: 1, migrations: 1 });
  expect(profile).toMatchObject({ l2ExitsHandledByL0: 1, vendor: 'svm', flushes: null });
  expect(profile.durationSeconds).toBeCloseTo(8e-6, 9);
  expect(profile.l2ResidencyNs).toBeCloseTo(4000, 0);
});

const TRACE_CMD = `cpus=4
 qemu-system-x86-1234  [003]   512.100001: kvm_exit:             reason EXIT_NPF rip 0xfffff80002a info 200000006 1ab000
 qemu-system-x86-1234  [003]   512.100002: kvm_nested_vmexit:    vcpu 0 reason EXIT_NPF rip 0xfffff80002a info1 200000006 info2 1ab000 int_info 0 int_info_err 0
 qemu-system-x86-1234  [003]   512.100002: kvm_nested_vmexit_inject: reason EXIT_NPF info1 200000006 info2 1ab000 int_info 0 int_info_err 0
 qemu-system-x86-1234  [003]   512.100003: kvm_entry:            vcpu 0, rip 0xffffffffc0
CPU:3 [12 EVENTS DROPPED]
 qemu-system-x86-1234  [003] d..1.   512.100009: kvm_exit:             reason EXIT_VMRUN rip 0xffffffffc0 info 0 0
 qemu-system-x86-1234  [003] .....   512.100009: kvm_nested_vmrun:     rip: 0xffffffffc0 vmcb: 0x103a51000 nrip: 0x401138 int_ctl: 0x01000000 event_inj: 0x00000000 npt: off
 qemu-system-x86-1234  [003] d..1.   512.100010: kvm_entry:            vcpu 0, rip 0x401138
`;

test('trace-cmd report: the names of its plugin, an old nested VMRUN, lost events', async () => {
  const profile = await read(TRACE_CMD);
  expect(profile).toMatchObject({ exits: 2, reflectedExits: 1, nestedRuns: 1 });
  expect(profile.paging.l1).toBe('shadow');
  expect(profile.exitsByReason.map((row) => row.reason)).toEqual(['VMRUN', 'NPF']);
  expect(profile.report.unknown.map((each) => each.text).join()).toContain('12 events');
});

const VMX = `# tracer: nop
 CPU 0/KVM-5046    [001] d....  1.000001: kvm_exit: vcpu 0 reason VMRESUME rip 0x1 info1 0x0 info2 0x0 intr_info 0x0 error_code 0x0
 CPU 0/KVM-5046    [001] d....  1.000002: kvm_nested_vmenter: rip: 0x1 vmcs: 0x2000 nested_rip: 0x3 int_ctl: 0x0 event_inj: 0x0 nested_ept=y nested_eptp: 0x401e
`;

test("Intel's names are told from AMD's", async () => {
  expect(await read(VMX)).toMatchObject({ vendor: 'vmx', nestedRuns: 1, paging: { l1: 'npt' } });
});

const line = (time: string, rest: string): string => `  q-1 [000] d....  ${time}: ${rest}\n`;

test.each([
  [
    'half a line',
    `${line('1.0', 'kvm_entry: vcpu 0')}  q-1 [000] d.\n`,
    /line 2, column 1: "q-1 \[000\] d\."/,
  ],
  [
    'a clock that runs backwards',
    line('2.0', 'kvm_entry: x') + line('1.0', 'kvm_entry: x'),
    /line 2, column 1: the clock of CPU 0 runs backwards/,
  ],
  [
    'two traces in one file',
    line('2.0', 'kvm_entry: x') + line('3', 'kvm_entry: x'),
    /line 2.* seconds and raw clock values are mixed/,
  ],
  [
    'binary data inside',
    `${line('1.0', 'kvm_entry: x')}\u0001\n`,
    /line 2, column 1: this is binary data/,
  ],
  [
    'an exit without a reason',
    line('1.0', 'kvm_exit: vcpu 0'),
    /line 1.*an exit event without a reason/,
  ],
])('%s is an error with its place', async (_what, text, message) => {
  await expect(read(text)).rejects.toThrow(message);
});

test('a trace without KVM says how to record one', async () => {
  const text = `# tracer: nop\n${line('1.0', 'sched_switch: x')}`;
  await expect(read(text)).rejects.toThrow('the trace has no event of KVM');
});

test('the function_graph tracer is refused with the cure', async () => {
  const text = `# tracer: function_graph\n${line('1.0', 'kvm_entry: x')}`;
  await expect(read(text)).rejects.toThrow(/function_graph.*Record with the tracer "nop"/);
});

test('a trace that was cut at its end loses its last line, and says so', async () => {
  const whole = line('1.0', 'kvm_exit: vcpu 0 reason cpuid rip 0x1') + line('2.0', 'kvm_entry: x');
  const cut = await read(`${whole}${line('3.0', 'kvm_exit: vcpu 0 reason hlt').slice(0, -4)}`);
  const entire = await read(whole);
  expect(cut.events).toBe(entire.events);
  expect(cut.exitsByReason).toEqual(entire.exitsByReason);
  const unknown = cut.report.unknown.find(({ text }) => text.includes('torn'));
  expect(unknown?.text).toContain('1 line says that was passed over: torn at the end of the file');
  expect(unknown?.source).toMatchObject({ firstLine: 3, lastLine: 3 });
});
