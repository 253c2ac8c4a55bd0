import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Manifest } from '../../src/run/results.ts';
import { program, stackLines, temporaryFolder } from './command-line.ts';

const EXAMPLE = 'reports/example';

describe('compare', () => {
  test('of a run with itself says "no difference" everywhere, and passes any gate', async () => {
    const { code, stdout } = await program('compare', EXAMPLE, EXAMPLE, '--fail-if-slower', '0%');
    expect(code).toBe(0);
    const rows = stdout.split('\n').filter((line) => /\d {2}\S/.test(line));
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) expect(row).toMatch(/no difference \(identical\)$/);
    expect(stdout).toContain('PASSED: nothing is surely slower by more than 0 %.');
  });

  test('of two strategies of a run gives the saving with its interval', async () => {
    const sides = ['--before', 'kvm-6.14', '--after', 'rfc-2025-03'];
    const { code, stdout } = await program('compare', EXAMPLE, ...sides);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^cpuid-npt-npt .* faster by \d+\.\d % \[\d+\.\d, \d+\.\d\]$/m);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('takes the width of its verdict as help shows it', async () => {
    const { stdout: help } = await program('compare', '--help');
    const [, shown = ''] = /--within <percent> .*\(default: (\S+)\)/.exec(help) ?? [];
    const words = ['compare', EXAMPLE, '--before', 'kvm-6.14', '--after', 'ideal'];
    const { code, stdout } = await program(...words, '--within', shown);
    expect([code, stdout]).toEqual([0, (await program(...words)).stdout]);
    expect((await program(...words, '--within', '50%')).stdout).not.toBe(stdout);
  });

  test('ends with exit code 1 when the gate is shut', async () => {
    const sides = ['--before', 'rfc-2025-03', '--after', 'flush-always'];
    const { code, stdout } = await program('compare', EXAMPLE, ...sides, '--fail-if-slower', '1%');
    expect(code).toBe(1);
    expect(stdout).toContain('FAILED: unsafe or surely slower by more than 1 %: ');
  });

  test('prints one JSON object, and writes a page beside it', async () => {
    const folder = temporaryFolder();
    const page = join(folder.path, 'compared.html');
    const words = ['--before', 'kvm-6.14', '--after', 'ideal', '--json', '--html', page];
    const { code, stdout } = await program('compare', EXAMPLE, ...words);
    expect(code).toBe(0);
    const json = JSON.parse(stdout);
    const manifest: Manifest = JSON.parse(readFileSync(join(EXAMPLE, 'manifest.json'), 'utf8'));
    const { scenario } = json.scenarios[0];
    const { settled } = manifest.scenarios.find(({ id }) => id === scenario)!;
    expect(json).toMatchObject({ before: EXAMPLE, after: EXAMPLE, withinRatio: 0.01, gate: null });
    expect(json.scenarios[0]).toMatchObject({
      before: { strategy: 'kvm-6.14' },
      after: { strategy: 'ideal' },
      seeds: settled?.[0]?.seeds,
    });
    expect(readFileSync(page, 'utf8')).toMatch(/^<!doctype html>/);
    folder.remove();
  });

  test.each([
    [[EXAMPLE], 2, 'one run alone has nothing to be compared with'],
    [[EXAMPLE, '--before', 'kvm-6.14'], 2, 'one run alone has nothing to be compared with'],
    [[EXAMPLE, 'no-such-folder'], 4, 'no-such-folder: there is no such folder'],
    [[EXAMPLE, EXAMPLE, '--before', 'kvm-6.15'], 2, 'Did you mean "kvm-6.14"?'],
    [[EXAMPLE, EXAMPLE, '--within', '1'], 2, 'is no share from 0% to 100%'],
    [[EXAMPLE, EXAMPLE, '--fail-if-slower', '101%'], 2, 'is no share from 0% to 100%'],
  ])('refuses %j in one sentence', async (words, exitCode, message) => {
    const { code, stderr } = await program('compare', ...words);
    expect(code).toBe(exitCode);
    expect(stderr).toContain(message);
    expect(stackLines(stderr)).toEqual([]);
  });
});
