import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MUTANTS } from '../../src/checker/mutants.ts';
import {
  BEHAVIOUR_KEYS,
  type BehaviourKey,
  behaviourValues,
  isFault,
} from '../../src/hypervisor/behaviour.ts';

/** The code that decides: what only says which strategy has which value is left out. */
const NAMES_ONLY = /^(?:behaviour|kvm-behaviours|patches|strategies)\.ts$/;
const deciding = [
  ...readdirSync('src/hypervisor')
    .filter((name) => name.endsWith('.ts') && !NAMES_ONLY.test(name))
    .map((name) => `src/hypervisor/${name}`),
  // Whether a guest has INVLPGB decides what the guest does.
  'src/workloads/guest-broadcast.ts',
].map((path) => readFileSync(path, 'utf8'));

/** Values that have a case in a switch over a behaviour that the compiler holds to all of them. */
function decidedIn(text: string, key: BehaviourKey): readonly string[] {
  const body = new RegExp(`switch \\(${key}\\) \\{(.*?)\\b${key} satisfies never`, 'gs');
  return [...text.matchAll(body)].flatMap(([, cases = '']) =>
    [...cases.matchAll(/case '([\w-]+)':/g)].map(([, value = '']) => value),
  );
}

describe('each behaviour', () => {
  test.each(BEHAVIOUR_KEYS)('%s is decided value by value', (key) => {
    const decided = new Set(deciding.flatMap((text) => decidedIn(text, key)));
    expect(behaviourValues(key).filter((value) => !decided.has(value))).toEqual([]);
  });

  const faults = BEHAVIOUR_KEYS.flatMap((key) =>
    behaviourValues(key)
      .filter((value) => isFault(key, value))
      .map((value) => [key, value] as const),
  );

  test.each(faults)('%s=%s, which nobody proposed, is a mutant of the checker', (key, value) => {
    expect(MUTANTS.filter(({ changes }) => changes[key] === value)).not.toEqual([]);
  });
});
