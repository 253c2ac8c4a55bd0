import { describe, expect, test } from 'vitest';
import {
  type Block,
  cell,
  detail,
  left,
  paragraph,
  right,
  type Table,
} from '../../../src/report/blocks/document.ts';
import { formatNs, formatRatioInterval } from '../../../src/report/blocks/numbers.ts';
import { terminalText } from '../../../src/report/blocks/terminal.ts';

const rowsOf = (rows: readonly (readonly string[])[]) =>
  rows.map((row) => row.map((text) => cell(text)));
const table = (content: Omit<Table, 'caption'>, folded = false): Block => ({
  kind: 'table',
  table: { caption: 'What it costs', ...content },
  folded,
});

describe('blocks in a terminal', () => {
  test('are ASCII paragraphs, items and transcripts with a blank line between them', () => {
    const text = terminalText(
      [
        paragraph(`It takes ${formatNs(3896.8)}, and saves ${formatRatioInterval(0.146, 0.15)}.`),
        { kind: 'list', items: ['one item that is too long for a line', 'another'] },
        { kind: 'command', text: 'asidbench run' },
        { kind: 'transcript', title: 'In order', lines: ['v0 runs on p0', 'v0 leaves'] },
      ],
      30,
    );
    expect(text).toBe(`It takes 3,897 ns, and saves
14.6..15.0 %.

- one item that is too long
  for a line
- another

  asidbench run

In order:
    v0 runs on p0
    v0 leaves
`);
  });

  test('leave details out where they do not fit, and only there', () => {
    const content = {
      columns: [left('name'), right('ns'), detail(right('pairs'))],
      rows: rowsOf([['cpuid-npt-npt', '574', '20']]),
    };
    expect(terminalText([table(content)], 30)).toBe(`What it costs:
name            ns  pairs
-------------------------
cpuid-npt-npt  574     20
`);
    expect(terminalText([table(content)], 20)).toBe(`What it costs:
name            ns
------------------
cpuid-npt-npt  574
`);
  });

  test('break long texts inside their column', () => {
    const content = {
      columns: [right('#'), left('patch'), right('ns')],
      rows: rowsOf([
        ['1', 'flush what is left when a vCPU moves', '574'],
        ['12', 'short', '0'],
      ]),
    };
    expect(terminalText([table(content)], 27)).toBe(`What it costs:
 #  patch                ns
---------------------------
 1  flush what is left  574
    when a vCPU moves
12  short                 0
`);
  });

  test('put a name that is too long above its numbers', () => {
    const content = {
      columns: [left(''), right('measured')],
      rows: rowsOf([['a-name-nobody-can-break', '1']]),
    };
    expect(
      terminalText([table(content)], 24)
        .split('\n')
        .slice(-3),
    ).toEqual(['a-name-nobody-can-break', '                       1', '']);
  });

  test('have headings among the rows, and cut words that no line holds', () => {
    const content = {
      columns: [left('modelled'), right('ns')],
      rows: rowsOf([
        ['a scenario', ''],
        ['  old', '574'],
        [`  ${'x'.repeat(25)}`, '1'],
      ]),
    };
    expect(terminalText([table(content), paragraph('y'.repeat(25))], 20)).toBe(`What it costs:
modelled          ns
--------------------
a scenario
  old            574
${'x'.repeat(20)}
xxxxx
                   1

${'y'.repeat(20)}
yyyyy
`);
  });

  test('name what is folded, and tell of a figure what it is drawn from', () => {
    const content = { columns: [left('name')], rows: rowsOf([['x']]) };
    expect(terminalText([table(content, true)])).toBe('What it costs\n');
    const spec = { data: { values: [] }, mark: 'bar' } as const;
    const figure = {
      id: 'f',
      caption: '',
      description: '',
      wide: spec,
      narrow: spec,
      legend: [],
      data: { caption: 'Data', ...content },
    };
    expect(terminalText([{ kind: 'figure', figure }])).toBe('Data:\nname\n----\nx\n');
  });

  test('let nothing steer the terminal', () => {
    expect(terminalText([paragraph('\u001b[2J')])).toBe('\\u001b[2J\n');
  });
});
