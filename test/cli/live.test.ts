import { describe, expect, test } from 'vitest';
import { program, stackLines } from './command-line.ts';

describe('answer LINK', () => {
  test('prints the answer of a link in 80 columns', async () => {
    const { code, stdout } = await program(
      'answer',
      'report.html#try?scenario=cpuid-npt-npt&flush=2',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^rfc-2025-03 saves \d+ ns per round trip, \d+\.\d % of the 4,\d+ ns of/,
    );
    expect(stdout).toMatch(/^Flushing +400 ns +0 ns$/m);
    expect(stdout).toMatch(
      /4 seeds, each\s+of\s+120\s+round\s+trips\s+after\s+40\s+to\s+warm\s+up/,
    );
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  test('prints it as JSON with the whole state that it is of', async () => {
    const { stdout } = await program('answer', 'try?walk=2', '--json');
    const { state, seeds, before, after, savingNs } = JSON.parse(stdout);
    expect(state).toEqual({
      scenario: 'cpuid-npt-npt',
      machine: 'zen3-milan',
      strategy: 'rfc-2025-03',
      rate: 40_000,
      pages: 120,
      l2s: 1,
      switches: 0.1,
      tlb: 1,
      walk: 2,
      flush: 1,
    });
    expect(seeds).toBe(4);
    expect(savingNs.point).toBeCloseTo(before.meanNs - after.meanNs, 6);
  });

  test.each([
    ['#causes', 'it names no assumptions'],
    ['#try?scenario=cpuid', 'there is no "cpuid"'],
    ['#try?rate=fast', '"fast" is not a whole number'],
    ['#try?\u001b[31m=1', 'a link has no such key'],
  ])('refuses %j in one sentence', async (link, says) => {
    const { code, stdout, stderr } = await program('answer', link);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(says);
    expect(stderr).not.toContain('\u001b');
    expect(stackLines(stderr)).toEqual([]);
  });
});
