import type { MachinePreset, TlbArray } from '../../hardware/machine-preset.ts';
import {
  type ListedParameter,
  listParameters,
  TLB_GROUPS,
} from '../../hardware/presets/list-parameters.ts';
import type { Unit } from '../../units/parameter.ts';

/** Columns of the terminal that the text is laid out for. */
const WIDTH = 80;
const INDENT = '  ';

const SHORT_UNITS: Readonly<Record<Unit, string>> = {
  entries: 'entries',
  ways: 'ways',
  cycles: 'cycles',
  'cycles/instruction': 'cyc/insn',
  nanoseconds: 'ns',
  gigahertz: 'GHz',
  asids: 'ASIDs',
  lines: 'lines',
  pages: 'pages',
  instructions: 'instr',
  count: '',
  ratio: 'ratio',
  flag: 'flag',
};

/** Sections of the table: the first segment of a path, and its heading. */
const SECTIONS: readonly (readonly [string, string])[] = [
  ['frequencyGhz', 'Clock'],
  ['tlb', 'TLBs'],
  ['walkCaches', 'Paging-structure caches and nested TLB'],
  ['caches', 'Memory hierarchy, as page walks see it'],
  ['tags', 'Tags and instructions'],
  ['costs', 'Costs'],
];

/**
 * A preset for the terminal: what it is, every parameter with range, unit and confidence, then
 * what nobody has published and why it was set so, remarks, and the sources by number.
 * No line is longer than 80 columns. The text ends with a newline.
 */
export function explainMachine(preset: MachinePreset): string {
  const listed = listParameters(preset);
  const sources = numberSources(listed);
  const lines = [
    ...heading(preset),
    ...arraysOverview(preset),
    ...SECTIONS.flatMap(([prefix, title]) => section(preset, listed, sources, prefix, title)),
    ...assumedList(preset, listed),
    ...remarks(listed),
    ...sourceList(sources),
  ];
  return `${lines.join('\n')}\n`;
}

function heading(preset: MachinePreset): string[] {
  const title = `${preset.id}: ${preset.vendor} ${preset.name}`;
  return [title, '='.repeat(title.length), ...wrap(`Part: ${preset.referencePart}`, '')];
}

function arraysOverview(preset: MachinePreset): string[] {
  const rows = TLB_GROUPS.flatMap((group) =>
    preset.tlb[group].map((array, index) => [
      `${INDENT}tlb.${group}.${index}`,
      String(array.entries.value),
      'entries',
      geometry(array),
      array.sizes.join(' '),
    ]),
  );
  const shared = preset.tlb.secondLevelInstruction.length === 0;
  return [
    '',
    'TLB arrays (nominal)',
    ...alignColumns(rows, [false, true, false, false, false]),
    ...(shared ? wrap('The second level serves data and instructions.', INDENT) : []),
  ];
}

function geometry(array: TlbArray): string {
  const entries = array.entries.value;
  const ways = array.ways.value;
  return ways === entries ? 'fully associative' : `${ways}-way, ${entries / ways} sets`;
}

/** Each source of a number that somebody has published, numbered by first appearance. */
function numberSources(listed: readonly ListedParameter[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const { parameter } of listed) {
    if (parameter.confidence === 'assumed' || numbers.has(parameter.source)) continue;
    numbers.set(parameter.source, numbers.size + 1);
  }
  return numbers;
}

function section(
  preset: MachinePreset,
  listed: readonly ListedParameter[],
  sources: ReadonlyMap<string, number>,
  prefix: string,
  title: string,
): string[] {
  const rows = listed
    .filter(({ path }) => path.split('.')[0] === prefix)
    .map((row) => tableRow(row, sources));
  if (prefix === 'tlb') {
    rows.push([`${INDENT}tlb.replacement`, '', preset.tlb.replacement.value, '', 'assumed']);
  }
  const header = [`${INDENT}Parameter`, 'Value', 'Low..high', 'Unit', 'Confidence'];
  const [head = '', ...body] = alignColumns([header, ...rows], [false, true, false, false, false]);
  return ['', title, head, `${INDENT}${'-'.repeat(WIDTH - INDENT.length)}`, ...body];
}

function tableRow(
  { path, parameter }: ListedParameter,
  sources: ReadonlyMap<string, number>,
): string[] {
  const number = sources.get(parameter.source);
  const confidence =
    number === undefined || parameter.confidence === 'assumed'
      ? parameter.confidence
      : `${parameter.confidence} [${number}]`;
  const range = parameter.low === parameter.high ? 'exact' : `${parameter.low}..${parameter.high}`;
  return [
    `${INDENT}${path}`,
    String(parameter.value),
    range,
    SHORT_UNITS[parameter.unit],
    confidence,
  ];
}

function assumedList(preset: MachinePreset, listed: readonly ListedParameter[]): string[] {
  const items = listed
    .filter(({ parameter }) => parameter.confidence === 'assumed')
    .flatMap(({ path, parameter }) => {
      const { low, value, high, unit, source, note } = parameter;
      const figures = `${value} (${low}..${high}) ${SHORT_UNITS[unit]}`.trimEnd();
      const reasoning = note === undefined ? source : `${source} ${note}`;
      return item(`${path} = ${figures}`, reasoning);
    });
  const { value, source } = preset.tlb.replacement;
  return [
    '',
    'Assumed (nobody has published these):',
    ...items,
    ...item(`tlb.replacement = ${value}`, source),
  ];
}

function remarks(listed: readonly ListedParameter[]): string[] {
  const items = listed.flatMap(({ path, parameter }) =>
    parameter.confidence === 'assumed' || parameter.note === undefined
      ? []
      : item(path, parameter.note),
  );
  return items.length === 0 ? [] : ['', 'Remarks on the others:', ...items];
}

function item(title: string, text: string): string[] {
  return [...wrap(title, INDENT), ...wrap(text, INDENT + INDENT)];
}

function sourceList(sources: ReadonlyMap<string, number>): string[] {
  const digits = String(sources.size).length;
  const lines = [...sources].flatMap(([source, number]) => {
    const label = `${INDENT}[${number}]`.padEnd(INDENT.length + digits + 3);
    return wrap(source, ' '.repeat(label.length)).map((line, index) =>
      index === 0 ? label + line.slice(label.length) : line,
    );
  });
  return ['', 'Sources:', ...lines];
}

/** Rows with their columns two blanks apart; `rightAligned` says which columns end alike. */
function alignColumns(
  rows: readonly (readonly string[])[],
  rightAligned: readonly boolean[],
): string[] {
  const widths = rightAligned.map((_, column) =>
    Math.max(0, ...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return rightAligned[column] === true ? cell.padStart(width) : cell.padEnd(width);
      })
      .join(INDENT)
      .trimEnd(),
  );
}

/** Words of `text` in lines of at most 80 columns, each after `indent`; longer words are cut. */
function wrap(text: string, indent: string): string[] {
  const room = WIDTH - indent.length;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).flatMap((long) => cut(long, room))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= room) {
      line = longer;
      continue;
    }
    lines.push(indent + line);
    line = word;
  }
  if (line !== '') lines.push(indent + line);
  return lines;
}

function cut(word: string, length: number): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < word.length; start += length) {
    pieces.push(word.slice(start, start + length));
  }
  return pieces;
}
