import { describe, expect, test } from 'vitest';
import { combine } from '../../src/importers/combine.ts';
import { importFile } from '../../src/importers/import-file.ts';
import { scenarioOf } from '../../src/importers/scenario.ts';
import { contextOf, sourceOf } from './sources.ts';

/** The suite that comes of these files, without the names of files and formats in its sources. */
async function answerOf(texts: readonly string[], seconds: number | null): Promise<string> {
  const imported = await Promise.all(
    texts.map((text) => importFile(sourceOf(text), contextOf('counts'), () => null)),
  );
  const { profile } = combine(imported, seconds);
  if (profile === null) throw new Error('no profile');
  const { document } = scenarioOf(profile, { id: 'same', machine: null, l2Trace: null });
  return JSON.stringify(document).replace(/imported from [^)]*\)/g, 'imported');
}

const COUNTERS = { exits: 40_100, halt_exits: 12, nested_run: 20_000, tlb_flush: 40_010 };
const NAMES = Object.keys(COUNTERS).join(' ');
const VALUES = Object.values(COUNTERS);
const lines = (line: (name: string, count: number) => string): string =>
  `${Object.entries(COUNTERS)
    .map(([name, count]) => line(name, count))
    .join('\n')}\n`;

/** Two snapshots, the second with what was counted in a second on top. */
const pair = (text: (base: number) => string): string[] => [text(0), text(1)];

describe('counters of debugfs give one answer, whatever printed them', () => {
  const forms: Record<string, [string[], number | null]> = {
    grep: [pair((at) => lines((name, count) => `${name}:${1000 + at * count}`)), 1],
    tail: [pair((at) => lines((name, count) => `==> ${name} <==\n${1000 + at * count}\n`)), 1],
    domstats: [
      pair((at) => `Domain: 'l1'\n${lines((name, n) => `  vcpu.0.${name}.sum=${9 + at * n}`)}`),
      1,
    ],
    'kvm_stat, its screen': [
      [
        `kvm statistics - summary\n\n Event            Total %Total CurAvg/s\n${lines((name, count) => ` ${name}   ${3 * count}  25.0  ${count}`)}`,
      ],
      null,
    ],
    'kvm_stat, rows alone': [
      [lines((name, count) => ` ${name} ${3 * count}  25.0  ${count}`)],
      null,
    ],
    'kvm_stat -1': [[lines((name, count) => `${name}   ${3 * count}  ${count}`)], null],
    'kvm_stat -l before 5.7': [[`${NAMES}\n ${VALUES.join('  ')} \n`], null],
    'kvm_stat -l of the first versions': [
      [`exits halt_exit nested_ru tlb_flush\n ${VALUES.join('  ')} \n`],
      null,
    ],
    'kvm_stat -l': [[`${NAMES}\n2026-04-02 10:00:01  ${VALUES.join('  ')}\n`], null],
    'kvm_stat -c': [
      [`timestamp,${NAMES.replaceAll(' ', ',')}\n2026-04-02 10:00:01,${VALUES.join()}\n`],
      null,
    ],
    'perf stat -x,': [
      [
        '40100,,kvm:kvm_exit,1000000000,100.00,,\n20000,,kvm:kvm_nested_vmenter,1000000000,100.00,,\n',
      ],
      null,
    ],
    bpftrace: [['@kvm_exit: 40100\n@kvm_nested_vmenter: 20000\n'], 1],
  };
  const [[, first], ...others] = Object.entries(forms) as [
    [string, [string[], number | null]],
    ...[string, [string[], number | null]][],
  ];

  test.each(others)('%s', async (_form, [texts, seconds]) => {
    expect(await answerOf(texts, seconds)).toBe(await answerOf(...first));
  });

  test('another count gives another answer', async () => {
    const other = first[0].map((text) => text.replace('41100', '41101'));
    expect(other).not.toEqual(first[0]);
    expect(await answerOf(other, 1)).not.toBe(await answerOf(...first));
  });
});

const REASONS = { cpuid: 16_000, vmrun: 8000, npf: 3711 };
const ROWS = Object.entries(REASONS);
const TOTAL = 27_711;

describe('a table of exits gives one answer, whatever printed it', () => {
  const perf = ROWS.map(([name, n]) => ` ${name}  ${n}  33.33%  1.00%  1.00us  2.00us  3.00us`);
  const table = ROWS.map(([name, n]) => ` ${name}  ${n}  33.00%  999  1.00%  9  1  3`);
  const forms: Record<string, [string, number | null]> = {
    'perf kvm stat report': [
      `VM-EXIT  Samples  Samples%  Time%\n${perf.join('\n')}\nTotal Samples:27711, Total events handled time:1.0us.\n`,
      1,
    ],
    "perf's interactive layout": [
      `KVM event statistics (3 entries)\nEvent name  Samples  Sample%  Time (ns)\n${table.join('\n')}\n`,
      1,
    ],
    'kvm_stat -1': [
      `kvm_exit  99999  ${TOTAL}\n${ROWS.map(([name, n]) => `kvm_exit(${name.toUpperCase()})  99999  ${n}`).join('\n')}\n`,
      null,
    ],
    'kvm_stat -l': [
      `kvm_exit ${ROWS.map(([name]) => `kvm_exit(${name.toUpperCase()})`).join(' ')} \n2026-04-02 10:00:01 ${TOTAL} ${ROWS.map(([, n]) => n).join('  ')}\n`,
      null,
    ],
    bpftrace: [
      `@kvm_exit[${0x72}]: 16000\n@kvm_exit[${0x80}]: 8000\n@kvm_exit[${0x400}]: 3711\n`,
      1,
    ],
  };
  const [first, ...others] = Object.entries(forms);

  test.each(others)('%s', async (_form, [text, seconds]) => {
    const [reference, referenceSeconds] = first![1];
    expect(await answerOf([text], seconds)).toBe(await answerOf([reference], referenceSeconds));
  });
});

test('22 halts of 80,180 exits do not make a guest that halts', async () => {
  const csv = 'timestamp,exits,halt_exits,nested_run\n2026-04-02 10:00:01,80180,22,39990\n';
  const answer = JSON.parse(await answerOf([csv], null));
  const mix = answer.workload.handlers.map((each: { reflectedExit: string }) => each.reflectedExit);
  expect(mix).toEqual(['CPUID', 'IOIO']);
});
