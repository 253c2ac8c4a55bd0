import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { corpus, type Sample, toolSamples } from '../../scripts/fuzz/corpus.ts';
import { combine } from '../../src/importers/combine.ts';
import { importFile } from '../../src/importers/import-file.ts';
import type { Imported, ImportedTrace } from '../../src/importers/importer.ts';
import type { ImportedProfile } from '../../src/importers/profile.ts';
import { scenarioOf } from '../../src/importers/scenario.ts';
import { scenarioText } from '../../src/importers/scenario-text.ts';
import { programScenario } from '../../src/importers/traces/program-scenario.ts';
import { TraceWindow } from '../../src/importers/traces/trace-window.ts';
import { isVmxExit, vmxExitName } from '../../src/importers/vmx-exits.ts';
import { UserError } from '../../src/util/user-error.ts';
import { sourceOf } from './sources.ts';

/**
 * All that each sample gives, in one file for a reader: whoever changes an importer sees what else that changes.
 * The values that are known to be right are in samples.test.ts and the tests of each format.
 */
const FIRST_MOVES = 12;
/** From the fifth instruction on, seven of them. */
const WINDOW = { skip: 5, length: 7 };

interface Read {
  readonly imported: Imported;
  readonly moves: readonly string[];
  readonly windowed: readonly string[];
}

async function read({ name, bytes }: Sample, tscGhz: number | null): Promise<Read> {
  const moves: string[] = [];
  const windowed: string[] = [];
  const into = (list: string[]) => (page: number, isData: boolean, instructions: number) =>
    void list.push(`${isData ? 'data' : 'code'} 0x${page.toString(16)} +${instructions}`);
  const { skip, length } = WINDOW;
  const window = new TraceWindow({ record: into(windowed) }, skip, length);
  const record = (page: number, isData: boolean, instructions: number): void => {
    into(moves)(page, isData, instructions);
    window.record(page, isData, instructions);
  };
  const context = { name, tscGhz, pageSwitches: { record } };
  const imported = await importFile(sourceOf(bytes), context, () => null);
  if (imported.kind === 'trace') {
    windowed.push(`over ${window.over}, ${window.lengthOf(imported.instructions)} instructions`);
  }
  return { imported, moves, windowed };
}

/** Numbers in one line, then what was understood, assumed and can't be known. */
function linesOf({ report, ...rest }: ImportedProfile | ImportedTrace): string[] {
  const said = Object.entries(report).flatMap(([kind, sentences]) =>
    sentences.map((each: object) => `${kind}: ${JSON.stringify(each)}`),
  );
  return [JSON.stringify(rest), ...said];
}

function saidOfProfile(profile: ImportedProfile): string[] {
  const lines = linesOf(profile);
  try {
    const { document, report } = scenarioOf(profile, { id: 'mine', machine: null, l2Trace: null });
    lines.push(scenarioText(document, report));
  } catch (error) {
    lines.push(sentenceOf(error));
  }
  return lines;
}

function saidOfTrace(trace: ImportedTrace, { moves, windowed }: Read): string[] {
  const { report } = trace;
  const pages = new Set(moves.map((move) => move.split(' ')[1])).size;
  const program = programScenario({ id: 'mine', traceFile: 'mine.ptr.br', pages, report });
  return [
    ...linesOf(trace),
    ...moves.slice(0, FIRST_MOVES),
    'window',
    ...windowed.slice(0, FIRST_MOVES),
    windowed.at(-1)!,
    scenarioText(program.document, program.report),
  ];
}

function sentenceOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  throw error;
}

async function saidOf(
  samples: readonly Sample[],
  seconds: number | null,
  tscGhz: number | null,
): Promise<string[]> {
  try {
    const reads = await Promise.all(samples.map((sample) => read(sample, tscGhz)));
    const [first] = reads;
    if (first!.imported.kind === 'trace') return saidOfTrace(first!.imported, first!);
    const { profile, ...rest } = combine(
      reads.map(({ imported }) => imported),
      seconds,
    );
    return profile === null ? [JSON.stringify(rest)] : saidOfProfile(profile);
  } catch (error) {
    return [sentenceOf(error)];
  }
}

const hashOf = (lines: readonly string[]): string =>
  createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16);

const sampleNamed = (name: string): Sample => toolSamples().find((each) => each.name === name)!;
const ofStats = (name: string): Sample => ({
  name,
  bytes: readFileSync(`data/nested-kvm/stats/${name}`),
});

/** Files that one host gives together. */
const TOGETHER: readonly (readonly [readonly Sample[], number | null])[] = [
  [[sampleNamed('debugfs-r-before.txt'), sampleNamed('debugfs-r-after.txt')], 10],
  [[sampleNamed('domstats-a-before.txt'), sampleNamed('domstats-a-after.txt')], null],
  [[sampleNamed('bpftrace-0.17-svm.txt'), sampleNamed('perf-stat-zen3.csv')], 5],
  [[sampleNamed('kvm-stat-log-full.txt'), sampleNamed('perf-kvm-tui-turin.txt')], 20],
  [[sampleNamed('perf-kvm-live-7.0.txt'), sampleNamed('bpftrace-0.17-vmx.txt')], 3],
  [['before', 'after'].map((end) => ofStats(`l2linux-trace.l2linux-fork.${end}`)), 30],
];

test('every sample says what it said', async () => {
  const blocks: string[] = [];
  const whole = new Set(toolSamples().map(({ name }) => name));
  for (const sample of corpus()) {
    const said = await saidOf([sample], null, null);
    const inSeconds = await saidOf([sample], 30, 2.4);
    // Captures are long and much alike.
    const shown = whole.has(sample.name) ? said : [said[0]!.slice(0, 400), hashOf(said)];
    blocks.push(`=== ${sample.name}`, ...shown, `in 30 s at 2.4 GHz: ${hashOf(inSeconds)}`);
  }
  for (const [samples, seconds] of TOGETHER) {
    const names = samples.map(({ name }) => name).join(' and ');
    blocks.push(`=== ${names}, ${seconds} s`, ...(await saidOf(samples, seconds, null)));
  }
  await expect(`${blocks.join('\n')}\n`).toMatchFileSnapshot('../golden/imports.txt');
});

// Intel SDM vol. 3, appendix C, table C-1: basic exit reasons, those that KVM names.
test('exit reasons of Intel have the numbers of the manual', () => {
  const names = Array.from({ length: 80 }, (_, code) => vmxExitName(code) ?? '');
  expect(names.every((name) => name === '' || isVmxExit(name))).toBe(true);
  const at = (code: number) => names[code];
  expect([0, 1, 7, 10, 12, 18, 19, 20, 21, 22, 23, 24, 25, 28, 30, 48, 50, 53].map(at)).toEqual([
    'EXCEPTION_NMI',
    'EXTERNAL_INTERRUPT',
    'INTERRUPT_WINDOW',
    'CPUID',
    'HLT',
    'VMCALL',
    'VMCLEAR',
    'VMLAUNCH',
    'VMPTRLD',
    'VMPTRST',
    'VMREAD',
    'VMRESUME',
    'VMWRITE',
    'CR_ACCESS',
    'IO_INSTRUCTION',
    'EPT_VIOLATION',
    'INVEPT',
    'INVVPID',
  ]);
});
