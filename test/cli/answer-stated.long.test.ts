import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Verdict } from '../../src/checker/verdict.ts';
import type { HostAnswer } from '../../src/host/host-answer.ts';
import { program, temporaryFolder } from './command-line.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const HOST = [
  '--machine',
  'zen4-genoa',
  '--exits',
  'msr=24000,hlt=16000',
  '--vcpus',
  '16',
  '--l2s',
  '2',
];

interface Printed extends HostAnswer {
  readonly suite: string;
  readonly fromFiles: readonly string[];
  readonly safety: Verdict;
}

async function answer(name: string, ...words: readonly string[]): Promise<Printed> {
  const out = join(folder.path, name);
  const { code, stdout } = await program('answer', ...HOST, ...words, '--out', out, '--json');
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

describe('40,000 exits a second on a Genoa host', () => {
  test('have an answer with one interval around the point, a verdict and a suite', async () => {
    const found = await answer('plain');
    expect(found.exitsPerSecond).toEqual({ perHost: 40_000, perVcpu: 2500 });
    for (const { point, low, high } of [found.savingNsPerExit, found.coresPerHost]) {
      expect(low).toBeLessThan(point);
      expect(point).toBeLessThan(high);
    }
    expect(found.coresPerHost.point).toBeCloseTo((found.savingNsPerExit.point * 40_000) / 1e9, 9);
    expect(found.savingNsPerExitWithAvic).toBeLessThan(found.savingNsPerExit.point);
    expect(found.unknowns).toHaveLength(2);
    expect(found.safety.wrong.length).toBeGreaterThan(0);
    expect(existsSync(found.suite)).toBe(true);
  });

  test('take from a file what it has counted', async () => {
    const path = join(folder.path, 'host.csv');
    const row = (count: number, event: string) => `${count},,${event},10000000000,100.00,,`;
    const rows = [row(160_000, 'kvm:kvm_nested_vmenter'), row(64_000, 'task-clock')];
    writeFileSync(
      path,
      `${[...rows, '10000000000,ns,duration_time,10000000000,100.00,,'].join('\n')}\n`,
    );
    const found = await answer('counted', path, '--working-set', '300');
    expect(found.exitsPerSecond.perHost).toBe(16_000);
    expect(found.fromFiles.join()).toMatch(/how many nested exits.*not halted is of/);
    expect(found.unknowns.map(({ path: unknown }) => unknown)).not.toContain('workload.hotPages');
  });
});
