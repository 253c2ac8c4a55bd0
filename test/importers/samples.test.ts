import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { toolSamples } from '../../scripts/fuzz/corpus.ts';
import { combine } from '../../src/importers/combine.ts';
import { importFile } from '../../src/importers/import-file.ts';
import type { Imported } from '../../src/importers/importer.ts';
import type { ImportedProfile } from '../../src/importers/profile.ts';
import { contextOf, sourceOf } from './sources.ts';

const FOLDER = 'test/fixtures/formats';

const read = (name: string): Promise<Imported> =>
  importFile(sourceOf(readFileSync(`${FOLDER}/${name}`)), contextOf(name), () => null);

async function profileOf(
  names: readonly string[],
  seconds: number | null = null,
): Promise<ImportedProfile> {
  const { profile } = combine(await Promise.all(names.map(read)), seconds);
  if (profile === null) throw new Error('no profile');
  return profile;
}

/** Counts by reason, of whoever the exits were. */
function byReason(profile: ImportedProfile): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { reason, count } of profile.exitsByReason) {
    sums[reason] = (sums[reason] ?? 0) + count;
  }
  return sums;
}

const texts = (profile: ImportedProfile): string =>
  Object.values(profile.report)
    .flat()
    .map(({ text }) => text)
    .join('\n');

/** Right values by hand: of the files' numbers, added up on paper. */
const TABLES: Record<string, Record<string, number>> = {
  'perf-kvm-live-pvm.txt': { INVLPG: 18_940, INVD: 181, UNKNOWN: 8428 },
  'perf-kvm-live-7.0.txt': {
    HLT: 42_148,
    MSR_WRITE: 11_697,
    EXTERNAL_INTERRUPT: 960,
    PREEMPTION_TIMER: 746,
  },
  'perf-kvm-tui-turin.txt': {
    IDLE_HLT: 150_279,
    MSR: 7682,
    INTR: 3150,
    WR_CR4: 2516,
    VINTR: 114,
    VMMCALL: 4,
    NPF: 1,
  },
  'perf-kvm-live-two-tables.txt': { VMRUN: 300, MSR: 400 },
  'kvm-stat-batch.txt': { CPUID: 16_000, VMRUN: 8000 },
  'kvm-stat-screen-first.txt': { CPUID: 16_000, VMRUN: 8000 },
  'bpftrace-0.17-svm.txt': { CPUID: 16_000, VMRUN: 8000, NPF: 3711 },
  'bpftrace-0.17-vmx.txt': { CPUID: 1000, VMRESUME: 500, EPT_VIOLATION: 100, INVALID_STATE: 1 },
  'ftrace-vmx-6.14.txt': { DR_ACCESS: 2, VMREAD: 2, PREEMPTION_TIMER: 1 },
  'perf-script-exit-entry-only.txt': { CPUID: 20, MSR: 20, VMRUN: 20 },
  'trace-cmd-unformatted.txt': { CPUID: 1, VMRUN: 1 },
};

describe('exits by reason', () => {
  test.each(Object.entries(TABLES))('%s', async (name, reasons) => {
    const profile = await profileOf([name]);
    expect(byReason(profile)).toEqual(reasons);
  });
});

type Counts = Partial<ImportedProfile>;

const COUNTS: Record<string, Counts> = {
  'perf-kvm-live-pvm.txt': { level: 'L1', reflectedExits: 27_549, durationSeconds: null },
  'perf-kvm-live-7.0.txt': { level: 'L1', reflectedExits: 55_551, vendor: 'vmx' },
  'perf-kvm-tui-turin.txt': { level: 'L1', reflectedExits: 163_746, vendor: 'svm' },
  'perf-kvm-live-two-tables.txt': { exits: 700, nestedRuns: 300, durationSeconds: 2 },
  'kvm-stat-batch.txt': {
    exits: 27_711,
    nestedRuns: 8000,
    reflectedExits: 8000,
    l2ExitsHandledByL0: 5,
    durationSeconds: 1,
  },
  'kvm-stat-log-modern.txt': {
    exits: 120_300,
    nestedRuns: 60_000,
    flushes: 120_030,
    durationSeconds: 3,
  },
  'kvm-stat-log-cut.txt': {
    exits: 80_180,
    nestedRuns: 39_990,
    flushes: 80_000,
    durationSeconds: 2,
  },
  'kvm-stat-log-full.txt': { exits: 842_100, nestedRuns: 420_000, durationSeconds: 21 },
  'kvm-stat-log-skips-zeros.txt': { exits: 160_400, nestedRuns: 80_000, durationSeconds: 8 },
  'kvm-stat-csv-modern.csv': {
    exits: 80_180,
    nestedRuns: 39_990,
    flushes: 80_000,
    durationSeconds: 2,
  },
  'kvm-stat-debugfs-screen.txt': { exits: 40_100, nestedRuns: 20_000, flushes: 40_010 },
  'kvm-stat-screen-rows-only.txt': {
    exits: 40_100,
    nestedRuns: 20_000,
    paging: { l1: null, l0LargePageShare: (300 * 512) / (300 * 512 + 512) },
  },
  'kvm-stat-screen-first.txt': { exits: 27_711, nestedRuns: 8000 },
  'kvm-stat-screen-filtered.txt': { exits: 40_100, nestedRuns: 20_000, flushes: null },
  'perf-stat-kvm-events.csv': {
    exits: 5_198_976,
    nestedRuns: 2_598_995,
    reflectedExits: 2_598_990,
    durationSeconds: 10.000123456,
  },
  'perf-stat-cgroups.csv': { exits: 5030, nestedRuns: 2000 },
  'ftrace-vmx-6.14.txt': { exits: 6, nestedRuns: 1, reflectedExits: 1, vendor: 'vmx' },
  'perf-script-exit-entry-only.txt': { exits: 60, nestedRuns: 20, l2ExitsHandledByL0: null },
  'perf-script-vmexit-only.txt': { exits: 0, nestedRuns: 3, reflectedExits: 3 },
  'perf-6.1-script-mixed.txt': { exits: 1, nestedRuns: 1 },
  'trace-cmd-unformatted.txt': { exits: 2, nestedRuns: 1, reflectedExits: 1, vendor: 'svm' },
  'bpftrace-0.17-svm.txt': { exits: 27_711, reflectedExits: 8000, vendor: 'svm' },
  'bpftrace-0.17-vmx.txt': { exits: 1601, nestedRuns: 500, vendor: 'vmx' },
  'bpftrace-probes.txt': { exits: 40_100, nestedRuns: 20_000, flushes: 40_010 },
};

describe('counts of KVM', () => {
  test.each(Object.entries(COUNTS))('%s', async (name, counts) => {
    expect(await profileOf([name])).toMatchObject(counts);
  });

  const pairs: [string, string, Counts][] = [
    ['domstats-a-before.txt', 'domstats-a-after.txt', { exits: 1_200_000, nestedRuns: 400_000 }],
    ['debugfs-r-before.txt', 'debugfs-r-after.txt', { exits: 1_200_000, nestedRuns: 400_000 }],
    ['debugfs-same-before.txt', 'debugfs-same-after.txt', { exits: 401_000, nestedRuns: 200_000 }],
    ['debugfs-with-messages.txt', 'debugfs-same-after.txt', { exits: 401_000, flushes: 400_100 }],
  ];
  test.each(pairs)('%s and %s', async (before, after, counts) => {
    expect(await profileOf([before, after])).toMatchObject(counts);
  });
});

test.each([
  ['perf-6.1-stat-de.jsonl', { 'page-faults': 81, 'context-switches': 4 }, 0.303098285],
  ['perf-6.1-stat-de-semicolons.csv', { 'task-clock': 3.96, 'page-faults': 48 }, null],
  ['perf-6.1-stat-summary.csv', { 'page-faults': 57 }, 0.260822259],
])('%s: events of the PMU in other languages, and each once', async (name, events, seconds) => {
  const profile = await profileOf([name]);
  const counts = profile.pmuEvents.map(({ event, count }) => [event, count]);
  expect(Object.fromEntries(counts)).toEqual(events);
  expect(profile.durationSeconds).toBe(seconds);
});

test.each([
  ['perf-stat-zen3.csv', 'all_tlbs_flushed', 'l2_dtlb_misses'],
  ['perf-stat-zen4.csv', 'ls_tlb_flush.all', 'ls_l1_d_tlb_miss.all_l2_miss'],
])('%s: what the PMU counted, over the transitions', async (name, flushes, walks) => {
  const pair = ['domstats-a-before.txt', 'domstats-a-after.txt'];
  for (const files of [[name], [name, ...pair]]) {
    const said = texts(await profileOf(files));
    expect(said).toContain(
      `801200 flushes of the TLB (${flushes}) over 800000 transitions: 1.00 each, a kernel without the series`,
    );
    expect(said).toContain(
      `9873214 page walks for data (${walks}) over 400000 round trips: 24.7 each`,
    );
  }
});

test.each([
  ['lackey-3.19.txt', 46, 16],
  ['drview-wtid-newheader.txt', 1, 1],
  ['drview-long-encodings.txt', 2, 1],
])('%s is an address trace', async (name, instructions, dataAccesses) => {
  expect(await read(name)).toMatchObject({ kind: 'trace', instructions, dataAccesses });
});

const REFUSED: Record<string, RegExp> = {
  'perf-kvm-report-arm64.txt': /no exit here has a reason of x86 \(DABT_LOW, IRQ, WFX, …\)/,
  'perf-kvm-report-riscv.txt': /no exit here has a reason of x86 \(VIRTUAL_INST_FAULT/,
  'ftrace-arm64.txt': /line 2, .*without a reason of x86/,
  'perf-kvm-mmio.txt': /table of accesses, not of exits\. Use perf kvm stat report --event=vmexit/,
  'perf-kvm-tui-cut.txt': /names 12 entries, and 7 are here\. Use perf kvm stat report --stdio/,
  'perf-6.1-stat-table.txt': /table for people.* Record with perf stat -x,/,
  'perf-6.1-stat-de.csv': /decimal commas .* Record with LC_ALL=C perf stat -x,/,
  'perf-6.1-report.txt': /a screen of perf report.* --stdio/,
  'perf-6.1-perf.data': /this is a perf\.data.* perf script/,
  'kvm-stat-guests.txt': /table by guest, without events\. Press b/,
  'bpftrace-0.17-histogram.txt': /this is a histogram of bpftrace.* count\(\)/,
  'lackey-cachelab.trace': /data accesses alone: no instruction/,
};

describe('refused, with the reason and what to do', () => {
  test.each(Object.entries(REFUSED))('%s', async (name, sentence) => {
    await expect(profileOf([name])).rejects.toThrow(sentence);
  });

  test('advice on languages and separators stands only where it applies', async () => {
    for (const name of Object.keys(REFUSED).filter((each) => !each.includes('-stat-'))) {
      await expect(profileOf([name])).rejects.not.toThrow(/LC_ALL|-x,/);
    }
  });
});

test.each([
  ['perf-kvm-live-pvm.txt', 'what 5 lines say that were passed over: notes of perf'],
  ['perf-kvm-live-two-tables.txt', 'what happened in 12 events that the tool lost'],
  ['bpftrace-probes.txt', 'what happened in 7 events that the tool lost'],
  [
    'perf-6.1-script-mixed.txt',
    'what 11 lines say that were passed over: events of others (6), events of another form (1), samples of perf (3), messages of perf (1)',
  ],
  ['perf-script-exit-entry-only.txt', 'the trace has no kvm_nested_vmexit_inject'],
  ['perf-script-vmexit-only.txt', 'neither nested VMRUNs nor kvm_nested_vmexit_inject'],
  ['perf-stat-cgroups.csv', 'counts of 3 cgroups'],
  ['perf-stat-kvm-events.csv', 'so give --seconds'],
])('%s says: %s', async (name, sentence) => {
  expect(texts(await profileOf([name]))).toContain(sentence);
});

test('--seconds replaces a duration that was a guess, and no other', async () => {
  const guessed = await profileOf(['perf-stat-kvm-events.csv'], 5);
  expect(guessed).toMatchObject({ durationSeconds: 5, durationIsAssumed: false });
  expect(texts(guessed)).not.toContain('so give --seconds');
  expect((await profileOf(['kvm-stat-log-modern.txt'], 5)).durationSeconds).toBe(3);
});

test('every sample has its right value here', () => {
  const text = readFileSync('test/importers/samples.test.ts', 'utf8');
  const index = readFileSync(`${FOLDER}/INDEX.md`, 'utf8');
  for (const { name } of toolSamples()) {
    expect(text).toContain(`'${name}'`);
    expect(index).toContain(name);
  }
});
