import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { PageTraceEncoder } from '../../src/inputs/page-trace-encoder.ts';

/** A good input, from which the fuzzer makes bad ones. */
export interface Sample {
  readonly name: string;
  readonly bytes: Buffer;
}

const MOST_BYTES = 6000;

const SAMPLES = 'test/fixtures/formats';

/** The files of test/fixtures/formats: layouts that tools were seen to print, with right values there. */
export function toolSamples(): Sample[] {
  return readdirSync(SAMPLES)
    .filter((name) => name !== 'INDEX.md')
    .map((name) => ({ name, bytes: readFileSync(`${SAMPLES}/${name}`) }));
}

/** The captured files, cut to their first lines, and small files of each format. */
export function corpus(): Sample[] {
  const captured = ['ftrace', 'stats'].flatMap((folder) => {
    const path = `data/nested-kvm/${folder}`;
    return readdirSync(path).map((name): Sample => {
      const bytes = readFileSync(`${path}/${name}`);
      const plain = name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
      return { name, bytes: wholeLines(plain) };
    });
  });
  const texts = Object.entries(TEXTS).map(([name, text]) => ({ name, bytes: Buffer.from(text) }));
  return [
    ...captured,
    ...toolSamples(),
    ...texts,
    { name: 'drmemtrace', bytes: drmemtrace() },
    champSim(),
    pageTrace(),
  ];
}

function wholeLines(bytes: Buffer): Buffer {
  const head = bytes.subarray(0, MOST_BYTES);
  return Buffer.from(head.subarray(0, head.lastIndexOf(10) + 1));
}

const KVM = 'vcpu 0 reason';
const PERF = ' CPU 0/KVM  5046 [001]  3410.00561';

const TEXTS: Readonly<Record<string, string>> = {
  'perf-script': [
    `${PERF}0: kvm:kvm_exit: ${KVM} cpuid rip 0x401136 info1 0x0 info2 0x0`,
    `${PERF}1: kvm:kvm_nested_vmexit: ${KVM} cpuid rip 0x401136 info1 0x0 info2 0x0`,
    `${PERF}2: kvm:kvm_nested_vmexit_inject: reason: cpuid ext_inf1: 0x0 ext_inf2: 0x0`,
    `${PERF}3: kvm:kvm_entry: vcpu 0, rip 0xffffffff8103f0a2`,
    `${PERF}4: kvm:kvm_exit: ${KVM} vmrun rip 0xffffffff8103f09f info1 0x0 info2 0x0`,
    `${PERF}5: kvm:kvm_nested_vmenter: rip: 0x1 vmcb: 0x2000 nested_npt=y nested_cr3: 0x3000`,
    `${PERF}6: kvm:kvm_entry: vcpu 0, rip 0x401138`,
    '',
  ].join('\n'),
  'trace-cmd': [
    'cpus=4',
    ' qemu-system-x86-1234  [003]   512.100001: kvm_exit: reason EXIT_NPF rip 0xf info 2 1ab000',
    ' qemu-system-x86-1234  [003]   512.100002: kvm_nested_vmexit_inject: reason EXIT_NPF info1 2',
    'CPU:3 [12 EVENTS DROPPED]',
    ' qemu-system-x86-1234  [003] d..1.   512.100009: kvm_nested_vmrun: rip: 0x1 vmcb: 0x2 npt: on',
    '',
  ].join('\n'),
  'perf-kvm-old': [
    'Analyze events for all VMs, all VCPUs:',
    '             VM-EXIT    Samples  Samples%     Time%    Min Time    Max Time   Avg time',
    '               vmrun      81234    61.01%    55.10%      1.21us     98.40us      3.30us',
    '                 npf       9120     6.85%     5.02%      0.80us    401.70us      2.68us',
    'Total Samples:90354, Total events handled time:486210.55us.',
    '',
  ].join('\n'),
  'perf-kvm-new': [
    'Event name     Samples   Sample%    Time (ns)     Time%   Max Time (ns)',
    'io                 600    60.00%    267801200     55.00%       98400',
    'PF excp            400    40.00%    267801200     55.00%       98400',
    '',
  ].join('\n'),
  'kvm-stat': [
    'kvm statistics - summary',
    ' Event                                         Total %Total CurAvg/s',
    ' kvm_exit                                      13988   16.4    66300',
    '   kvm_exit(VMRUN)                               400    2.9    20000',
    '   kvm_exit(HLT)                                 501    3.6     2374',
    '',
  ].join('\n'),
  'kvm-stat-log': '     exits nested_ru tlb_flush\n       100        20        40\n',
  'kvm-stat-csv': 'Timestamp,exits,nested_run\n2026-01-01 00:00:00,100,20\n',
  'perf-stat': [
    '# started on Tue Nov 24 22:00:00 2026',
    '1964145726,,cycles,976535914,100.00,,',
    '<not supported>,,ls_tlb_flush.all,0,0.00,,',
    '     1.000146536,CPU0,12,,cpu/event=0x78,umask=0xff/G,976546554,74.00,,',
    '',
  ].join('\n'),
  'perf-stat-json':
    '{"interval" : 1.5, "counter-value" : "50.0", "unit" : "", "event" : "x.y", "event-runtime" : 1, "pcnt-running" : 50.00}\n',
  domstats: "Domain: 'l1'\n  vcpu.current=2\n  vcpu.0.exits.sum=500\n  vcpu.0.nested_run.sum=90\n",
  tail: '==> 12-9/exits <==\n100\n\n==> 12-9/nested_run <==\n25\n\n',
  lackey: '==1== Lackey\nI  0401ab70,3\n L 1fff000768,8\n S 1fff000760,8\n M 1fff000760,8\n',
  pin: '0x401136: R 0x7ffc1000\n0x40113a: W 0x7ffc2000\n#eof\n',
  'drmemtrace-view': [
    'Output format:',
    '<--record#-> <--instr#->: <---tid---> <record details>',
    '------------------------------------------------------------',
    '           1           0:     1134887 <marker: version 4>',
    '           2           1:     1134887 ifetch       3 byte(s) @ 0x00007f7a0ae09450 48 89 e7',
    '           3           1:     1134887 write        8 byte(s) @ 0x00007ffc0ae52c98 by PC 0x1',
    'View tool results:',
    '               1 : total instructions',
    '',
  ].join('\n'),
};

/** A header, a thread, a process, a few instructions and accesses, a footer. */
function drmemtrace(): Buffer {
  const record = (type: number, size: number, address: bigint): Buffer => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt16LE(type, 0);
    bytes.writeUInt16LE(size, 2);
    bytes.writeBigUInt64LE(address, 4);
    return bytes;
  };
  return Buffer.concat([
    record(25, 0, 7n),
    record(28, 12, 7n),
    record(22, 0, 1234n),
    record(24, 0, 1233n),
    record(10, 4, 0x401136n),
    record(0, 8, 0x7ffc_1000n),
    record(10, 3, 0x40113an),
    record(1, 8, 0x7ffc_2000n),
    record(26, 0, 0n),
  ]);
}

function pageTrace(): Sample {
  const index: Uint8Array[] = [];
  const clock: Uint8Array[] = [];
  const encoder = new PageTraceEncoder({
    index: (bytes) => index.push(bytes),
    clock: (bytes) => clock.push(bytes),
  });
  for (let move = 0; move < 40; move += 1) {
    encoder.record(0x401 + (move % 7) * 300, move % 3 !== 0, 1 + (move % 5) * 90);
  }
  const head = encoder.finish({ name: 'sample', source: 'made here', instructions: 9000 });
  return { name: 'page-trace', bytes: Buffer.concat([head, ...index, ...clock]) };
}

function champSim(): Sample {
  const records = Array.from({ length: 16 }, (_, index) => {
    const bytes = Buffer.alloc(64);
    bytes.writeBigUInt64LE(0x401136n + BigInt(4 * index), 0);
    bytes.writeBigUInt64LE(0x7ffc_1000n + BigInt(512 * index), 32);
    return bytes;
  });
  return { name: 'champsim', bytes: Buffer.concat(records) };
}
