import { afterAll, describe, expect, test } from 'vitest';
import { COMMANDS, commandNamed } from '../../src/cli/commands.ts';
import { loadCommand } from '../../src/cli/load-command.ts';
import { UserError } from '../../src/util/user-error.ts';
import { documentLines, wordsOf } from './lines.ts';
import { clonesByPage, OTHER_CODES, perform } from './perform-lines.ts';
import { NOT_THE_PROGRAM, staleEntries, startOf, timeOf } from './tables.ts';

const LINES = documentLines();
const PROGRAM = LINES.flatMap(({ page, text, words }) =>
  words === null ? [] : [[page, text, words] as const],
);
const clones = clonesByPage();
afterAll(clones.remove);

/** Reads words as the program does, and does nothing. A file of somebody's that is absent is understood. */
async function parse(words: readonly string[]): Promise<void> {
  const [first = ''] = words;
  const row = commandNamed(first) ?? commandNamed('run')!;
  const command = await loadCommand(row.name, row.summary);
  command
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .action(() => {});
  const rest = row.name === first ? words.slice(1) : words;
  try {
    await command.parseAsync([...rest], { from: 'user' });
  } catch (error) {
    if (!(error instanceof UserError && error.kind === 'input')) throw error;
  }
}

describe('the command lines of the documents', () => {
  test('call the program, or stand in a table with the reason why no test performs them', () => {
    expect(PROGRAM.length).toBeGreaterThan(60);
    const unknown = LINES.filter(({ words, text }) => {
      return words === null && startOf(text, Object.keys(NOT_THE_PROGRAM)) === undefined;
    });
    expect(unknown.map(({ page, text }) => `${page}: ${text}`)).toEqual([]);
  });

  test('are what the tables of exceptions are about: none of those is stale', () => {
    const lines = PROGRAM.map(([, , words]) => words.join(' '));
    const others = LINES.flatMap(({ words, text }) => (words === null ? [text] : []));
    expect(staleEntries(lines, others)).toEqual([]);
    expect(Object.keys(OTHER_CODES).filter((line) => !lines.includes(line))).toEqual([]);
  });

  test.each(PROGRAM)('%s: %s is understood', (_, __, words) => parse(words));

  test.each(PROGRAM.filter(([, , words]) => timeOf(words) === 'quick'))(
    '%s: %s does what it says',
    (page, _, words) => {
      clones.enter(page);
      return perform(words);
    },
  );

  test('are performed by one of two tests, but for the table: as many quick ones as this', () => {
    const times = PROGRAM.map(([, , words]) => timeOf(words));
    expect(times.filter((time) => time === 'quick').length).toBeGreaterThan(15);
    expect(times.filter((time) => time === 'long').length).toBeGreaterThan(20);
  });
});

describe('the examples in help', () => {
  test.each(COMMANDS.map(({ name }) => name))('of %s are understood', async (name) => {
    const row = commandNamed(name)!;
    const command = await loadCommand(row.name, row.summary);
    let help = '';
    command.configureOutput({
      writeOut: (text) => {
        help += text;
      },
    });
    command.outputHelp();
    const lines = help.replaceAll('\\\n', ' ');
    const examples = lines.match(/^ {2}npm run -s bench -- .+$/gm) ?? [];
    expect(examples.length).toBeGreaterThan(0);
    for (const line of examples) await parse(wordsOf(line.trim())!);
  });
});
