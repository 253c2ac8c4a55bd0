import { describe, expect, test } from 'vitest';
import { applyEdits, type SourcePlace } from '../../src/rig/source-edit.ts';
import { UserError } from '../../src/util/user-error.ts';

const SOURCE = `#include "a.h"
#include <b.h>

/* flush() is called below */
#define FEATURES (ONE | \\
        TWO)

typedef struct Result {
    int prot;
} Result;

static int
helper(int x)
{
    return x;
}

const void *HELPER(next)(struct cpu *cpu)
{
    return cpu->next;
}

static void run(struct cpu *cpu, int code)
{
    int mode = 0;

    if (code == LIMIT) {
        flush(cpu, "flush()");
    } else if (mode) {
        mode = helper(code);
    }
    switch (code) {
    case FIRST:
        request(LOCAL, cpu);
        break;
    case SECOND:
        request(REMOTE, cpu);
        break;
    }
    if (mode)
        finish(cpu);
#ifdef DEBUG
    print(cpu);
#endif
}
`;

function edited(place: SourcePlace, text: string): string {
  return applyEdits(SOURCE, 'a.c', [{ ...place, file: 'a.c', text }], 'Give another file');
}

/** The lines that are new. */
function added(place: SourcePlace, text: string): readonly string[] {
  const before = SOURCE.split('\n');
  return edited(place, text)
    .split('\n')
    .filter((line) => !before.includes(line));
}

describe('a change at a place of C source', () => {
  test('goes behind the opening brace and before the closing one of a body', () => {
    expect(edited({ at: 'start', in: 'run' }, 'begin();')).toContain(
      'code)\n{\n    begin();\n    int mode',
    );
    expect(edited({ at: 'end', in: 'run' }, 'end();')).toContain('#endif\n    end();\n}\n');
  });

  test('reaches structs and the return type above a name', () => {
    expect(edited({ at: 'end', in: 'Result' }, 'int more;')).toContain(
      'int prot;\n    int more;\n} Result;',
    );
    expect(edited({ at: 'ahead', in: 'helper' }, 'int y;')).toContain(
      'int y;\nstatic int\nhelper(',
    );
  });

  test("reaches functions whose name stands in QEMU's macro", () => {
    expect(edited({ at: 'before', in: 'next', word: 'next' }, 'look();')).toContain(
      '{\n    look();\n    return cpu->next;',
    );
  });

  test('stands before a whole statement, its condition and a label included', () => {
    expect(edited({ at: 'before', in: 'run', word: 'LIMIT' }, 'look();')).toContain(
      '\n    look();\n    if (code == LIMIT) {',
    );
    expect(edited({ at: 'before', in: 'run', word: 'finish' }, 'look();')).toContain(
      '\n    look();\n    if (mode)\n',
    );
    expect(edited({ at: 'before', in: 'run', word: 'LOCAL' }, 'look();')).toContain(
      'case FIRST:\n        look();\n        request(LOCAL',
    );
    expect(edited({ at: 'before', in: 'run', word: 'print' }, 'look();')).toContain(
      '#ifdef DEBUG\n    look();\n    print(cpu);',
    );
  });

  test('stands behind a whole statement, every else included', () => {
    expect(edited({ at: 'after', in: 'run', word: 'LIMIT' }, 'look();')).toContain(
      'mode = helper(code);\n    }\n    look();\n    switch',
    );
  });

  test('replaces a word, or a call with its arguments', () => {
    expect(edited({ at: 'word', in: 'FEATURES', word: 'ONE' }, '$& | THREE')).toContain(
      '(ONE | THREE | \\',
    );
    expect(added({ at: 'call', in: 'run', word: 'helper' }, 'other($args, $&)')).toEqual([
      '        mode = other(code, helper(code));',
    ]);
  });

  test('chooses a call by an argument, or a word by what comes before it', () => {
    expect(added({ at: 'call', in: 'run', word: 'request', with: 'REMOTE' }, '(void)0')).toEqual([
      '        (void)0;',
    ]);
    expect(edited({ at: 'word', in: 'run', word: 'request', from: 'SECOND' }, 'ask')).toContain(
      'ask(REMOTE',
    );
  });

  test('goes behind the includes, or to the end of the file', () => {
    expect(edited({ at: 'includes' }, '#include "c.h"')).toContain('<b.h>\n#include "c.h"\n');
    expect(edited({ at: 'file end' }, 'int z;').endsWith('}\nint z;\n')).toBe(true);
  });

  test('finds its place in the text as it was, and keeps the order of the list', () => {
    const both = applyEdits(
      SOURCE,
      'a.c',
      [
        { file: 'a.c', at: 'start', in: 'run', text: 'LIMIT;' },
        { file: 'a.c', at: 'before', in: 'run', word: 'LIMIT', text: 'first();' },
        { file: 'a.c', at: 'before', in: 'run', word: 'LIMIT', text: 'second();' },
      ],
      '',
    );
    expect(both).toContain('    first();\n    second();\n    if (code == LIMIT)');
  });
});

describe('a place that is not there, or not the only one, is refused with file, function and cause', () => {
  const cases: readonly (readonly [place: SourcePlace, cause: string])[] = [
    [{ at: 'start', in: 'walk' }, 'a.c, walk: it defines no "walk"'],
    [{ at: 'before', in: 'run', word: 'sync' }, 'a.c, run: "sync" does not occur there'],
    [{ at: 'before', in: 'run', word: 'mode' }, 'a.c, run: "mode" occurs there 4 times'],
    [{ at: 'call', in: 'run', word: 'LIMIT' }, 'a.c, run: "LIMIT" is not called there'],
    [
      { at: 'call', in: 'run', word: 'request', with: 'cpu' },
      'a.c, run: "request" is called there 2 times with "cpu"',
    ],
    [
      { at: 'word', in: 'run', word: 'LIMIT', from: 'FIRST' },
      '"LIMIT" does not occur behind "FIRST"',
    ],
  ];
  test.each(cases)('%j', (place, cause) => {
    const change = (): string => edited(place, 'x');
    expect(change).toThrow(UserError);
    expect(change).toThrow(cause);
    expect(change).toThrow('Give another file.');
  });

  test('also two changes of the same words', () => {
    const place = { file: 'a.c', at: 'word', in: 'FEATURES', word: 'ONE', text: 'x' } as const;
    expect(() => applyEdits(SOURCE, 'a.c', [place, place], '')).toThrow('replace the same words');
  });
});
