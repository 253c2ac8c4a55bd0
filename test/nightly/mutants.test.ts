import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { EQUIVALENT_MUTANTS } from '../../scripts/nightly/equivalent-mutants.ts';
import { lineOf, mutantsOf, mutatedSource } from '../../scripts/nightly/mutants.ts';

const changes = (source: string) =>
  mutantsOf('made.ts', source).map(({ from, to }) => `${from} => ${to}`);

describe('mutants of a source', () => {
  test.each([
    ['const a = b < c;', ['< => <=']],
    ['const a = b + c * d - e;', ['+ => -', '* => /', '- => +']],
    ['a += b;', ['+= => -=']],
    ['const a = b === c && d;', ['=== => !==', '&& => ||']],
    ['const a = true;', ['true => false']],
    ['const a = 16;', ['16 => (16 + 1)']],
    ['if (a) b = c;', ['a => !(a)']],
    ['const a = b ? c : d;', ['b => !(b)']],
    ['const a = !b;', ['!b => b']],
    ['charge(a);', ['charge(a); => ;']],
  ])('of %s', (source, expected) => {
    expect(changes(source)).toEqual(expected);
  });

  test('are none where nothing behaves: types, imports, texts, what an error says', () => {
    expect(
      changes("import a from 'a';\ntype B = 1 | 2;\ninterface C { readonly d: true }"),
    ).toEqual([]);
    expect(changes("const a = 'b' + c;")).toEqual([]);
    expect(changes('throw new RangeError(messageOf(limit + 1));')).toEqual([]);
  });

  test('know their line, and change nothing else', () => {
    const source = 'const a = 1;\n  const b = a < 2; // why\n';
    const mutant = mutantsOf('made.ts', source).find(({ from }) => from === '<')!;
    expect([mutant.line, lineOf(source, mutant)]).toEqual([2, 'const b = a < 2; // why']);
    expect(mutatedSource(source, mutant)).toBe('const a = 1;\n  const b = a <= 2; // why\n');
  });
});

test('every mutant that is argued to be equivalent is one of its file', () => {
  const missing = EQUIVALENT_MUTANTS.filter(({ path, line, from, to, why }) => {
    const source = readFileSync(path, 'utf8');
    const found = mutantsOf(path, source).some(
      (mutant) => lineOf(source, mutant) === line && mutant.from === from && mutant.to === to,
    );
    return !found || why.length < 20;
  });
  expect(missing).toEqual([]);
});
