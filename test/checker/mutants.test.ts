import { describe, expect, test } from 'vitest';
import { killMutant } from '../../src/checker/kill-mutants.ts';
import { MUTANTS } from '../../src/checker/mutants.ts';

const killable = MUTANTS.filter((mutant) => mutant.equivalent === undefined);

describe('the checker kills each mutant by a transcript no longer than the known story', () => {
  test.each(killable.map((mutant) => [mutant.id, mutant] as const))('%s', (_, mutant) => {
    const { killer } = killMutant(mutant);
    expect(killer).not.toBeNull();
    expect(killer?.events).toBeLessThanOrEqual(mutant.events);
    expect(killer?.class).toBe(mutant.class);
    expect(killer?.obligation).toBe(mutant.obligation);
  });

  test('and says so of those that no event can show', () => {
    const equivalent = MUTANTS.filter((mutant) => mutant.equivalent !== undefined);
    expect(equivalent.map((mutant) => killMutant(mutant).verdict)).toEqual(['equivalent']);
  });

  test('a strategy that is not changed at all survives', () => {
    const [mutant] = MUTANTS;
    expect(killMutant({ ...mutant!, changes: {} }).verdict).toBe('survived');
  });
});
