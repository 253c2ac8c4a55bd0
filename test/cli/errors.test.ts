import { CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { commanderSentence, fileSystemCause, reportError } from '../../src/cli/output/errors.ts';
import { EXIT_CODES, UserError } from '../../src/util/user-error.ts';
import { stackLines } from './command-line.ts';

let printed = '';
beforeEach(() => {
  printed = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('an error', () => {
  test.each(Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[])(
    'of kind %s ends with the exit code of its kind',
    (kind) => {
      expect(reportError(new UserError(kind, 'here', 'it broke', 'Mend it'))).toBe(
        EXIT_CODES[kind],
      );
      expect(printed).toBe('asidbench: here: it broke. Mend it.\n');
    },
  );

  test('that quotes a file can not steer the terminal', () => {
    reportError(new UserError('input', 'x.yaml', 'key "\u001b[2J" is unknown', 'Delete it'));
    expect(printed).toBe('asidbench: x.yaml: key "\\u001b[2J" is unknown. Delete it.\n');
  });

  test('of ours asks for a report, without a stack trace', () => {
    expect(reportError(new TypeError('x is undefined'))).toBe(70);
    expect(printed).toContain('internal error: x is undefined');
    expect(printed).toContain('report');
    expect(stackLines(printed)).toEqual([]);
  });

  test('of the command line has been printed already', () => {
    expect(reportError(new CommanderError(1, 'commander.unknownOption', 'x'))).toBe(2);
    expect(reportError(new CommanderError(0, 'commander.helpDisplayed', 'x'))).toBe(0);
    expect(printed).toBe('');
  });
});

test('a message of the command line becomes one sentence', () => {
  expect(commanderSentence("error: unknown option '--sed'\n(Did you mean --seeds?)\n")).toBe(
    "asidbench: unknown option '--sed'. Did you mean --seeds? Add --help for what is possible.\n",
  );
});

test('a reason of the file system is given in words', () => {
  const error = Object.assign(new Error('EACCES: x'), { code: 'EACCES' });
  expect(fileSystemCause(error)).toBe('permission is denied');
  expect(fileSystemCause(new Error('odd'))).toBe('odd');
});
