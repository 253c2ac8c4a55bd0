import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { definition, wrap } from '../../src/util/wrap.ts';

describe('wrap', () => {
  test('breaks at spaces and indents each line', () => {
    expect(wrap('one two three', '  ', 9)).toBe('  one two\n  three');
  });

  test('keeps every word in order and no line too long, unless one word is', () => {
    const word = fc.stringMatching(/^[a-z]{1,12}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.nat(8), (words, spaces) => {
        const text = wrap(words.join(' '), ' '.repeat(spaces), 20);
        expect(text.split(/\s+/).filter(Boolean)).toEqual(words);
        for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(20);
      }),
      { seed: 1 },
    );
  });
});

describe('a definition', () => {
  test('hangs its text beside the name', () => {
    expect(definition('ab', 'what it is', 4)).toBe('  ab    what it is');
  });

  test('puts its text under a name that is too long', () => {
    expect(definition('abcdef', 'what', 4)).toBe('  abcdef\n        what');
  });
});
