import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eachLine, foreignColumn, textBlocks } from '../../src/importers/text-blocks.ts';
import { sourceOf } from './sources.ts';

async function linesOf(text: Uint8Array | string, pieceBytes?: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const block of textBlocks(sourceOf(text, pieceBytes), 'my.log')) {
    eachLine(block, 'my.log', (bytes, from, to, number) => {
      lines.push(`${number}:${bytes.toString('latin1', from, to)}`);
    });
  }
  return lines;
}

test('lines have their numbers, whatever the pieces in which a file arrives', async () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { minLength: 1 }),
      fc.integer({ min: 1, max: 30 }),
      async (lines, size) => {
        const text = lines.map((each) => `${each}\n`).join('');
        expect(await linesOf(text, size)).toEqual(lines.map((each, at) => `${at + 1}:${each}`));
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});

test('a carriage return before a line feed is no part of the line', async () => {
  expect(await linesOf('a\r\nb\n')).toEqual(['1:a', '2:b']);
});

test('a torn last line is an error with its line and column', async () => {
  await expect(linesOf('one\ntw')).rejects.toThrow(
    /^my\.log, line 2, column 3: the last line is torn/,
  );
});

test('an empty file is an error', async () => {
  await expect(linesOf('')).rejects.toThrow('my.log: the file is empty');
});

test('UTF-16 is named with its byte order', async () => {
  const little = Buffer.from('\ufeffa\n', 'utf16le');
  await expect(linesOf(little)).rejects.toThrow(
    'byte offset 0: this is UTF-16 text (little endian)',
  );
  await expect(linesOf(little.swap16())).rejects.toThrow('UTF-16 text (big endian)');
});

test('a line of over 64 KiB is refused before it is held in memory', async () => {
  const long = Buffer.concat([Buffer.from('a\n'), Buffer.alloc(70_000, 'x'), Buffer.from('\n')]);
  await expect(linesOf(long)).rejects.toThrow(/line 2, column 65537: a line is longer/);
  await expect(linesOf(long, 100_000)).rejects.toThrow(/line 2, column 65537: a line is longer/);
});

test('the column of a byte that no log contains is found', () => {
  const bytes = Buffer.from('ab\tc\u0000d');
  expect(foreignColumn(bytes, 0, bytes.length)).toBe(5);
  expect(foreignColumn(bytes, 0, 4)).toBe(0);
});
