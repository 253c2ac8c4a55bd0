import { describe, expect, it } from 'vitest';
import { MACHINES } from '../../../src/hardware/presets/index.ts';
import { listParameters } from '../../../src/hardware/presets/list-parameters.ts';
import { explainMachine } from '../../../src/report/explain/machine.ts';

const ASSUMED_HEADING = 'Assumed (nobody has published these):';

/** Lines between a heading and the next blank line. */
function block(text: string, heading: string): string[] {
  const lines = text.split('\n');
  const start = lines.indexOf(heading);
  expect(start).toBeGreaterThanOrEqual(0);
  const end = lines.indexOf('', start);
  return lines.slice(start + 1, end);
}

function withoutLineBreaks(text: string): string {
  return text.replace(/\s+/g, ' ');
}

describe.each(MACHINES)('the explanation of $id', (preset) => {
  const text = explainMachine(preset);
  const listed = listParameters(preset);
  const assumedParameters = listed.filter(({ parameter }) => parameter.confidence === 'assumed');

  it('fits a terminal of 80 columns, without blanks at line ends', () => {
    const lines = text.split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.filter((line) => /\s$/.test(line))).toEqual([]);
    expect(text.endsWith('\n')).toBe(true);
    expect(text.endsWith('\n\n')).toBe(false);
  });

  it('starts with the id, the name and the part', () => {
    expect(text.startsWith(`${preset.id}: ${preset.vendor} ${preset.name}\n`)).toBe(true);
    expect(text).toContain(`\nPart: ${preset.referencePart}\n`);
  });

  it('shows every parameter with its value and its confidence in one line', () => {
    const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
    for (const { path, parameter } of listed) {
      const row = lines.find((cells) => cells[0] === path && cells.length >= 4);
      expect(row?.slice(0, 2)).toEqual([path, String(parameter.value)]);
      expect(row).toContain(parameter.confidence);
    }
  });

  it('lists each assumed parameter with its range and its reasoning, and no other', () => {
    const titles = block(text, ASSUMED_HEADING).filter((line) => /^ {2}\S/.test(line));
    expect(titles.map((line) => line.trim().split(' ')[0])).toEqual([
      ...assumedParameters.map(({ path }) => path),
      'tlb.replacement',
    ]);
    const list = withoutLineBreaks(block(text, ASSUMED_HEADING).join('\n'));
    for (const { path, parameter } of assumedParameters) {
      const { low, value, high, source } = parameter;
      expect(list).toContain(`${path} = ${value} (${low}..${high})`);
      expect(list).toContain(withoutLineBreaks(source));
    }
    expect(list).toContain(preset.tlb.replacement.source);
  });

  it('numbers each published source once and refers to no other number', () => {
    const sources = block(text, 'Sources:');
    const numbers = sources.flatMap((line) => line.match(/^ {2}\[(\d+)\]/)?.[1] ?? []);
    expect(numbers).toEqual(numbers.map((_, index) => String(index + 1)));
    const published = listed.filter(({ parameter }) => parameter.confidence !== 'assumed');
    expect(numbers).toHaveLength(new Set(published.map(({ parameter }) => parameter.source)).size);
    const flat = withoutLineBreaks(sources.join('\n'));
    for (const { path, parameter } of published) {
      const rows = text.split('\n').filter((line) => line.startsWith(`  ${path} `));
      const [number] = rows.flatMap((line) => line.match(/\[(\d+)\]$/)?.[1] ?? []);
      expect(flat).toContain(`[${number}] ${parameter.source}`);
    }
  });

  it('shows the remark on each published parameter that has one', () => {
    const flat = withoutLineBreaks(text);
    for (const { path, parameter } of listed) {
      if (parameter.confidence === 'assumed' || parameter.note === undefined) continue;
      expect(flat).toContain(`${path} ${withoutLineBreaks(parameter.note)}`);
    }
  });
});

describe('the overview of TLB arrays', () => {
  it('shows entries, ways, sets and page sizes of Milan', () => {
    const milan = MACHINES.find((preset) => preset.id === 'zen3-milan');
    const text = milan === undefined ? '' : explainMachine(milan);
    expect(text).toMatch(/tlb\.secondLevelData\.0 +2048 +entries +8-way, 256 sets +4K 2M\n/);
    expect(text).toMatch(/tlb\.firstLevelData\.0 +64 +entries +fully associative +4K 2M 1G\n/);
  });
});
