import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { combine } from '../../src/importers/combine.ts';
import { importFile } from '../../src/importers/import-file.ts';
import type { Imported } from '../../src/importers/importer.ts';
import type { ImportedProfile } from '../../src/importers/profile.ts';
import { contextOf, sourceOf } from './sources.ts';

const STATS = 'data/nested-kvm/stats';

const read = (text: Uint8Array | string, name = 'my.txt'): Promise<Imported> =>
  importFile(sourceOf(text), contextOf(name), () => null);

async function profileOf(
  texts: readonly (Uint8Array | string)[],
  seconds: number | null = null,
): Promise<ImportedProfile> {
  const imported = await Promise.all(texts.map((text, at) => read(text, `file${at}.txt`)));
  const { profile } = combine(imported, seconds);
  if (profile === null) throw new Error('no profile');
  return profile;
}

const sentences = (profile: ImportedProfile, kind: 'understood' | 'unknown' | 'assumed'): string =>
  profile.report[kind].map((each) => each.text).join('\n');

const WORKLOADS = readdirSync(STATS)
  .filter((name) => name.endsWith('.before'))
  .map((name) => name.replace(/\.before$/, ''));

// Counters of data/nested-kvm/stats-delta.csv, which were made from the same snapshots in another way.
test.each(WORKLOADS)('%s: exits and flushes per round trip as the table has them', async (name) => {
  const pair = ['before', 'after'].map((when) => readFileSync(`${STATS}/${name}.${when}`));
  const profile = await profileOf(pair, 10);
  const [header = '', ...rows] = readFileSync('data/nested-kvm/stats-delta.csv', 'utf8').split(
    '\n',
  );
  const row = rows.find((each) => each.startsWith(`${name},`))?.split(',') ?? [];
  const column = (key: string): number => Number(row[header.split(',').indexOf(key)]);
  expect(profile.exits).toBe(column('exits'));
  expect(profile.nestedRuns).toBe(column('nested_run'));
  expect(profile.flushes).toBe(column('tlb_flush'));
  // Two flush requests per nested VMRUN: in each of these tables, up to ten that L0 itself wanted.
  const surplus = (profile.flushes ?? 0) - 2 * (profile.nestedRuns ?? 0);
  expect(surplus).toBeGreaterThanOrEqual(-1);
  expect(surplus).toBeLessThanOrEqual(10);
  expect(profile.level).toBe('L0');
});

test('the order of two snapshots does not matter', async () => {
  const [before, after] = ['before', 'after'].map((when) =>
    readFileSync(`${STATS}/trace-a.l2flat-cpuid.${when}`),
  );
  const there = await profileOf([before!, after!]);
  const back = await profileOf([after!, before!]);
  expect(back.exits).toBe(there.exits);
  expect(there.durationSeconds).toBeNull();
  expect(sentences(there, 'unknown')).toContain('--seconds');
});

test('one snapshot alone is an error that says what is missing', async () => {
  await expect(profileOf([readFileSync(`${STATS}/trace-a.l2flat-cpuid.before`)])).rejects.toThrow(
    /^file0\.txt: one snapshot holds sums since the host started/,
  );
});

test('snapshots of two hosts do not make a pair', async () => {
  const before = 'exits:10\nnested_run:5\ntlb_flush:9\n';
  const after = 'exits:20\nnested_run:3\ntlb_flush:19\n';
  await expect(profileOf([before, after])).rejects.toThrow(
    'file1.txt: the counter nested_run went back from 5 to 3 since file0.txt',
  );
});

test('counters as tail prints them, with folders of virtual machines', async () => {
  const at = (exits: number): string =>
    `==> 12-9/exits <==\n${exits}\n\n==> 12-9/nested_run <==\n${exits / 4}\n\n==> 14-9/exits <==\n6\n`;
  const profile = await profileOf([at(100), at(180)]);
  expect(profile).toMatchObject({ exits: 80, nestedRuns: 20, flushes: null });
  expect(sentences(profile, 'unknown')).toContain('which virtual machine');
});

test('virsh domstats sums the vCPUs of a domain', async () => {
  const at = (exits: number): string =>
    `Domain: 'l1'\n  vcpu.current=2\n  vcpu.0.exits.sum=${exits}\n  vcpu.1.exits.sum=${exits}\n  vcpu.0.nested_run.sum=${exits / 5}\n  vcpu.0.guest_mode.cur=no\n\n`;
  expect(await profileOf([at(500), at(1500)])).toMatchObject({ exits: 2000, nestedRuns: 200 });
});

const KVM_STAT = `kvm statistics - summary

 Event                                         Total %Total CurAvg/s
 kvm_exit                                      13988   16.4    66300
   kvm_exit(VMRUN)                               400    2.9    20000
   kvm_exit(HLT)                                 501    3.6     2374
 kvm_nested_vmexit_inject                        399    0.1    19990
 kvm_entry                                     13985   16.4    66300
 kvm_fpu                                           2    0.0
 Total                                         85000          400000
`;

test('the screen of kvm_stat: rates per second, reasons, nested VMRUNs from the exit of that name', async () => {
  const profile = await profileOf([KVM_STAT]);
  expect(profile).toMatchObject({ exits: 66300, nestedRuns: 20000, reflectedExits: 19990 });
  expect(profile).toMatchObject({ durationSeconds: 1, vendor: 'svm' });
  expect(profile.exitsByReason).toContainEqual({
    reason: 'HLT',
    from: 'unknown',
    count: 2374,
    reflected: null,
  });
});

test('the log and the CSV of kvm_stat add up over their rows', async () => {
  const log =
    '     exits nested_ru tlb_flush\n       100        20        40\n       200        40        80\n';
  expect(await profileOf([log])).toMatchObject({
    exits: 300,
    nestedRuns: 60,
    flushes: 120,
    durationSeconds: 2,
  });
  const csv = 'Timestamp,exits,nested_run\n2026-01-01 00:00:00,100,20\n2026-01-01 00:00:01,50,10\n';
  expect(await profileOf([csv])).toMatchObject({ exits: 150, nestedRuns: 30, flushes: null });
});

const PERF_KVM = `
Analyze events for all VMs, all VCPUs:

             VM-EXIT    Samples  Samples%     Time%    Min Time    Max Time         Avg time

               vmrun      81234    61.01%    55.10%      1.21us     98.40us      3.30us ( +-   0.40% )
                 msr      42798    32.14%     9.70%      0.60us     55.00us      1.18us ( +-   0.90% )
                 npf       9120     6.85%     5.02%      0.80us    401.70us      2.68us ( +-   1.30% )

Total Samples:133152, Total events handled time:486210.55us.

`;

const PERF_KVM_L1 = `Event name                Samples   Sample%    Time (ns)     Time%   Max Time (ns)   Min Time (ns)  Mean Time (ns)
io                          600    60.00%    267801200     55.00%       98400            1210           3297
PF excp                     400    40.00%    267801200     55.00%       98400            1210           3297
`;

test('perf kvm stat of L0, in the old layout', async () => {
  const profile = await profileOf([PERF_KVM], 2);
  expect(profile).toMatchObject({ level: 'L0', exits: 133152, nestedRuns: 81234, vendor: 'svm' });
  expect(profile.durationSeconds).toBe(2);
});

test('perf kvm stat of L1, in the new layout, is the mix of reflected exits', async () => {
  const profile = await profileOf([PERF_KVM_L1]);
  expect(profile).toMatchObject({ level: 'L1', exits: null, reflectedExits: 1000 });
  expect(profile.exitsByReason.map((row) => [row.reason, row.reflected])).toEqual([
    ['IOIO', 600],
    ['#PF', 400],
  ]);
});

test("L0's table with L1's: the reflected mix is L1's, at L0's number of round trips", async () => {
  const profile = await profileOf([PERF_KVM_L1, PERF_KVM]);
  expect(profile).toMatchObject({ level: 'L0', nestedRuns: 81234 });
  expect(profile.exitsByReason[0]).toEqual({
    reason: 'IOIO',
    from: 'L2',
    count: 48740,
    reflected: 48740,
  });
});

test('rows that do not add up to the total are an error', async () => {
  await expect(profileOf([PERF_KVM.replace('9120', '9121')])).rejects.toThrow(
    /line 10, column 1: Total Samples is 133152 but the rows add up to 133153/,
  );
});

const PERF_CSV = `# started on Tue Nov 24 22:00:00 2026

1964145726,,cycles,976535914,100.00,,
150396,,ls_l1_d_tlb_miss.all_l2_miss,976557104,74.00,,
<not supported>,,ls_tlb_flush.all,0,0.00,,
12,,cpu/event=0x78,umask=0xff/G,976546554,100.00,,
3000000000,ns,duration_time,3000000000,100.00,,
,,,,,12.5,K/sec
`;

test('perf stat: events that were never counted are bounded by their names, not by their rows', async () => {
  const counted = '1000,,cycles,1000,100.00,,\n';
  const rows = (count: number, name: (at: number) => string) =>
    Array.from({ length: count }, (_, at) => `<not counted>,,${name(at)},0,100.00,,\n`).join('');
  const one = await profileOf([counted + rows(100_001, () => 'instructions')]);
  expect(one.pmuEvents?.map(({ event }) => event)).toEqual(['cycles']);
  await expect(profileOf([counted + rows(100_001, (at) => `e${at}`)])).rejects.toThrow(
    'there are more than 100000 events',
  );
});

test('perf stat -x,: counts, a shared counter, an event that this CPU lacks, raw events', async () => {
  const profile = await profileOf([PERF_CSV]);
  expect(profile.pmuEvents).toEqual([
    { event: 'cycles', count: 1964145726, runningShare: 1 },
    { event: 'ls_l1_d_tlb_miss.all_l2_miss', count: 150396, runningShare: 0.74 },
    { event: 'cpu/event=0x78,umask=0xff/G', count: 12, runningShare: 1 },
    { event: 'duration_time', count: 3e9, runningShare: 1 },
  ]);
  expect(profile.durationSeconds).toBe(3);
  expect(sentences(profile, 'unknown')).toContain('ls_tlb_flush.all: this CPU');
});

test.each([
  [
    '-I and -A',
    '     1.000146536,CPU0,50,,dtlb_load_misses.walk_completed,785139,100.00,,\n     2.000000001,CPU0,70,,dtlb_load_misses.walk_completed,785139,100.00,,\n',
    120,
    2.000000001,
  ],
  ['-r', '50,,dtlb_load_misses.walk_completed,5.85%,483240,100.00,,\n', 50, null],
  [
    '-j',
    '{"counter-value" : "50.000000", "unit" : "", "event" : "dtlb_load_misses.walk_completed", "event-runtime" : 467295, "pcnt-running" : 100.00, "metric-value" : 0.0, "metric-unit" : ""}\n',
    50,
    null,
  ],
  [
    '-j -I',
    '{"interval" : 1.5, "counter-value" : "50.0", "unit" : "", "event" : "x.y", "event-runtime" : 1, "pcnt-running" : 50.00}\n',
    50,
    1.5,
  ],
])('perf stat with %s', async (_flags, text, count, seconds) => {
  const profile = await profileOf([text]);
  expect(profile.pmuEvents[0]?.count).toBe(count);
  expect(profile.durationSeconds).toBe(seconds);
});

test.each([
  [
    'a snapshot inside another',
    'exits:1\nnested_run:2\nexits:3\n',
    /line 3, column 1: "exits" stands a second time/,
  ],
  [
    'a counter that is no number',
    'exits:1\nnested_run:2x\n',
    /line 2, column 1: nested_run is "2x"/,
  ],
  [
    'a log with a short row',
    ' exits nested_ru\n 1 2\n 3\n',
    /line 3, column 1: 1 values where 2 columns/,
  ],
  [
    'a foreign line in perf stat',
    '1,,cycles,1,100.00,,\nhello\n',
    /line 2, column 1: "hello" is no row/,
  ],
  [
    'a map of bpftrace that was printed twice',
    '@kvm_exit[114]: 5\n@kvm_exit[128]: 5\n@kvm_exit[114]: 9\n',
    /line 3, column 1: "@kvm_exit\[114\]" stands a second time/,
  ],
  ['a torn perf kvm report', PERF_KVM.slice(0, 500), /the last line is torn/],
  ['prose', 'hello\n', /this is text of no known format\. Known are: text of ftrace/],
  ['binary data', Buffer.from([1, 0, 2, 3]), /this is binary data of no known format/],
])('%s is an error with its place', async (_what, text, message) => {
  await expect(profileOf([text])).rejects.toThrow(message);
});

test('counters and PMU events of one host become one profile', async () => {
  const pair = ['before', 'after'].map((when) =>
    readFileSync(`${STATS}/trace-a.l2flat-cpuid.${when}`),
  );
  const profile = await profileOf([...pair, PERF_CSV], 6);
  expect(profile.nestedRuns).toBe(280);
  // Twice as long as perf counted.
  expect(profile.pmuEvents[0]).toMatchObject({ event: 'cycles', count: 2 * 1964145726 });
});
