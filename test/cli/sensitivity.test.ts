import { describe, expect, test } from 'vitest';
import { program, stackLines } from './command-line.ts';

describe('sensitivity refuses in one sentence', () => {
  test.each([
    { words: ['headline'], says: 'one is analysed at a time' },
    { words: ['cpuid-npt-ntp'], says: 'Did you mean "cpuid-npt-npt"?' },
    { words: ['cpuid-npt-npt', '--machine', 'zen3-milano'], says: 'Did you mean "zen3-milan"?' },
    { words: ['cpuid-npt-npt', '--strategy', 'kvm-6.14'], says: 'nothing to compare' },
    { words: ['cpuid-npt-npt', '--jobs', 'many'], says: 'no whole number' },
  ])('$words', async ({ words, says }) => {
    const { code, stdout, stderr } = await program('sensitivity', ...words);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(says);
    expect(stackLines(stderr)).toEqual([]);
  });
});
