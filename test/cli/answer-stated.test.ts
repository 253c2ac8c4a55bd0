import { describe, expect, test } from 'vitest';
import { program, stackLines } from './command-line.ts';

describe('answer --exits', () => {
  test.each([
    [['--exits', 'foo=3'], 'there is no exit "foo"'],
    [['--exits', 'msr=0'], '"msr=0" is no exit with a rate above 0'],
    [['--exits', 'msr'], '"msr" is no exit with a rate above 0'],
    [['--exits', 'msr=10,msr=3'], 'MSR stands twice'],
    [['--exits', 'msr=10'], 'too rare to save anything'],
    [['--exits', 'msr=40000', '--busy', '0%'], 'a host that is always halted has no exits'],
    [['--exits', 'msr=40000', '--machine', 'zen5-genoa'], 'none of this name'],
    [['--exits', 'msr=4000', '--machine', 'skx', '--machine', 'icx'], 'one at a time'],
    [['--vcpus', '3', 'trace.txt'], 'it is for a host that --exits describes'],
    [[], 'nothing is known of the host'],
  ])('%j is a mistake in one sentence', async (words, says) => {
    const { code, stdout, stderr } = await program('answer', ...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
    expect(stackLines(stderr)).toEqual([]);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
