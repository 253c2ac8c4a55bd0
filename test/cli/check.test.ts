import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { program } from './command-line.ts';

interface CheckJson {
  readonly strategy: string;
  readonly base: string | null;
  readonly world: string;
  readonly statesExplored: number;
  readonly depth: number;
  readonly exhaustive: boolean;
  readonly obligations: readonly { obligation: string; states: number }[];
  readonly violations: readonly {
    class: string;
    obligation: string;
    transcript: readonly string[];
    isNew: boolean;
  }[];
}

describe('check', () => {
  test('of a series without a patch finds a stale translation, with exit code 3', async () => {
    const { code, stdout, stderr } = await program(
      ...['check', '--without', '23', '--world', 'one-vcpu', '--json'],
    );
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    const found = JSON.parse(stdout) as CheckJson;
    expect(found).toMatchObject({
      strategy: 'rfc-2025-03-without-23',
      base: 'rfc-2025-03',
      world: 'one-vcpu',
      exhaustive: false,
      violations: [{ class: 'guest', obligation: 'O5 LEVEL-SEP', isNew: true }],
    });
    expect(found.violations[0]?.transcript).toHaveLength(8);
    expect(found.obligations).toHaveLength(20);
  });

  test('of a world in which nothing goes wrong says so, with exit code 0', async () => {
    const words = ['check', '--strategy', 'rfc-2026-06', '--world', 'no-flushbyasid'];
    const { code, stdout } = await program(...words);
    expect(code).toBe(0);
    expect(stdout).toContain('No violation was found.');
    expect(stdout.replaceAll('\n', ' ')).toContain('Every state that these worlds can reach was');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test('of a change says how many violations are new, and lists those of the base in one line', async () => {
    const words = ['check', '--set', 'vmcb12AsidChange=ignored', '--world', 'restored'];
    const { stdout } = await program(...words);
    const text = stdout.replaceAll(/\s+/g, ' ');
    expect(text).toContain(
      'New against rfc-2025-03: 1. The search ended with a shortest one; --all counts all.',
    );
    expect(text).toMatch(
      /rfc-2025-03 alone: \d+ violations, in one-vcpu, restored, [\w, -]+; check --quick --strategy rfc-2025-03 shows them\./,
    );
    const all = await program(...words, '--all', '--states', '20000', '--runs', '0', '--json');
    const { newViolations, violations, baseVerdict } = JSON.parse(all.stdout);
    expect(newViolations).toBeGreaterThan(0);
    expect(newViolations).toBe(violations.filter((each: { isNew: boolean }) => each.isNew).length);
    expect(violations.length).toBeGreaterThan(newViolations);
    expect(baseVerdict.strategy).toBe('rfc-2025-03');
  });

  test('says with --suite what it saves as well, of the change and of what it changes', async () => {
    const words = ['check', '--set', 'onPcpuChange=nothing', '--world', 'no-flushbyasid'];
    const { stdout, stderr } = await program(...words, '--suite', 'cpuid-npt-npt');
    const text = stdout.replaceAll(/\s+/g, ' ');
    expect(text, stderr).toContain('What is saved of a round trip, modelled');
    // Of the series the stored analysis, as everywhere; of the change what was run here.
    expect(text).toMatch(
      /rfc-2025-03, kvm-6\.14 in cpuid-npt-npt, seeds, prices, sizes and workload 578 ns 14\.8 % 13\.5\.\.16\.2 % saves/,
    );
    expect(text).toMatch(
      /rfc-2025-03\+onPcpuChange=nothing, kvm-6\.14 in cpuid-npt-npt, seeds and prices 5\d\d ns 14\.\d % \d/,
    );
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test('of a change that adds nothing says that nothing is new', async () => {
    const { code, stdout } = await program(
      ...['check', '--set', 'vmcb12AsidChange=flush-and-sync', '--world', 'no-flushbyasid'],
    );
    expect([code, stdout]).toEqual([0, expect.stringContaining('No violation is new against')]);
  });

  test('performs the transcript that it printed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'asidbench-check-'));
    const printed = await program(
      ...['check', '--strategy', 'static-2025-03-13', '--world', 'exhausted', '--states', '200'],
    );
    expect(printed.code).toBe(3);
    const lines = printed.stdout.split('\n').map((line) => line.trim());
    const from = lines.indexOf('world exhausted');
    const file = join(folder, 'transcript.txt');
    writeFileSync(file, lines.slice(from, lines.indexOf('', from)).join('\n'));
    const words = ['check', '--replay', file, '--strategy'];
    const again = await program(...words, 'static-2025-03-13');
    expect(again.code).toBe(3);
    expect(again.stdout).toContain('Violation: O17 SHARED-FALLBACK [invalid].');
    expect((await program(...words, 'kvm-6.14')).code).toBe(0);
    rmSync(folder, { recursive: true });
  });

  test('refuses a transcript that cannot happen, with its line', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'asidbench-check-'));
    const file = join(folder, 'transcript.txt');
    writeFileSync(file, '# a comment\nworld one-vcpu\nv0 load p0\nv0 vmrun asid=1 tlb=0\n');
    const { code, stderr } = await program('check', '--replay', file);
    expect(code).toBe(4);
    expect(stderr).toContain(
      `${file}:4: "v0 vmrun asid=1 tlb=0" cannot happen here: the guest does not run, it has to be entered first.`,
    );
    rmSync(folder, { recursive: true });
  });

  test.each([
    [['--world', 'one-vcpus'], 2, 'Did you mean "one-vcpu"'],
    [['--pcpus', '9'], 2, 'Choose 1 to 4 in all'],
    [['--strategy', 'kvm-6.14', '--without', '17'], 2, 'is not a series of patches'],
    [['--replay', 'nowhere.txt'], 4, 'it does not exist'],
  ] as const)('%j ends with exit code %d and says how to mend it', async (words, code, cure) => {
    const ended = await program('check', ...words);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(cure);
  });
});
