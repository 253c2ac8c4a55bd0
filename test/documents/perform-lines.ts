import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import { program, temporaryFolder } from '../cli/command-line.ts';

/** Documents say what goes wrong as well: these lines end with another exit code than 0. */
export const OTHER_CODES: Readonly<Record<string, number>> = {
  'check --without 17': 3,
  'check --strategy rfc-2025-03 --without 18 --quick': 3,
  'check --set invlpga=as-invlpg --quick': 3,
  'check --set vmcb12AsidChange=flush --set onPcpuChange=nothing --suite kv-redis-l2': 3,
  'check --set onPcpuChange=nothing --suite kv-redis-l2': 3,
  'npf-npt-npt --set vmcb12TlbControl=ignored': 1,
};

/** Nobody's round trip takes longer: a compressing L2 exits a thousand times a second. */
const LONGEST_NS = 10_000_000;

/**
 * A folder like a clone, in which nothing of the project can be written over, with what the documents call by example:
 * files that a reader has recorded.
 */
function scratchClone(page: string): { path: string; remove: () => void } {
  const folder = temporaryFolder();
  const at = (...parts: readonly string[]) => join(folder.path, ...parts);
  for (const name of ['data', 'suites']) symlinkSync(resolve(name), at(name));
  mkdirSync(at('reports'));
  symlinkSync(resolve('reports/example'), at('reports/example'));
  const counters = 'data/nested-kvm/stats/trace-a.l2flat-cpuid';
  const copies: readonly (readonly [string, string])[] = [
    [`${counters}.before`, 'before.txt'],
    [`${counters}.after`, 'after.txt'],
    ['data/nested-kvm/ftrace/stock-trace.l2flat-pio.trace.gz', 'host.trace.gz'],
    ...(page === 'docs/how-to/ask-your-question.md'
      ? ([['suites/headline/cpuid-npt-npt.yaml', 'mine.yaml']] as const)
      : []),
    ['test/fixtures/formats/lackey-3.19.txt', 'job.lk'],
    ['test/fixtures/formats/drview-wtid-newheader.txt', 'job.view'],
    ['test/fixtures/formats/perf-stat-zen4.csv', 'host.csv'],
  ];
  for (const [from, to] of copies) cpSync(from, at(to));
  writeFileSync(at('transcript.txt'), TRANSCRIPT);
  return folder;
}

/** What a reader of docs/why/checker.md cuts out of the checker's output. */
const TRANSCRIPT = `world restored
v0 load p0
v0 set-nested-state asid=1
v0 enter
v0 touch page=0
v0 exit
`;

/** A clone for each page, whose lines belong together; `enter` goes into that of one. */
export function clonesByPage() {
  const home = process.cwd();
  const clones = new Map<string, ReturnType<typeof scratchClone>>();
  return {
    enter: (page: string): void => {
      process.chdir(home);
      const clone = clones.get(page) ?? scratchClone(page);
      clones.set(page, clone);
      process.chdir(clone.path);
    },
    remove: (): void => {
      process.chdir(home);
      for (const clone of clones.values()) clone.remove();
    },
  };
}

/** Does a line as its reader would in that folder, and holds what it prints to what can be. */
export async function perform(words: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await program(...words);
  const line = words.join(' ');
  expect([line, code, code === (OTHER_CODES[line] ?? 0) ? '' : stderr]).toEqual([
    line,
    OTHER_CODES[line] ?? 0,
    '',
  ]);
  // What goes to a file is not printed as well.
  if (!words.includes('--out')) expect(stdout.length, line).toBeGreaterThan(0);
  expect(stdout, line).not.toMatch(/\bNaN\b|\bInfinity\b|\bundefined\b/);
  for (const [, number = ''] of stdout.matchAll(/(\d[\d,.]*) ns\b/g)) {
    expect(Number(number.replaceAll(',', '')), `${line}: ${number} ns`).toBeLessThan(LONGEST_NS);
  }
  for (const [, percent = ''] of stdout.matchAll(/(-?\d+(?:\.\d+)?) %/g)) {
    expect(Math.abs(Number(percent)), `${line}: ${percent} %`).toBeLessThanOrEqual(100);
  }
}
