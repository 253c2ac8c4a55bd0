import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { depthTable, depthText, exploreDeeply } from '../../src/checker/world-depths.ts';
import { WORLDS } from '../../src/checker/worlds.ts';
import { strategyNamed } from '../hypervisor/transcript.ts';

const PAGE = readFileSync('docs/evidence/findings.md', 'utf8');
const [, block = ''] = /<!-- worlds -->\n([\s\S]*?)<!-- end of worlds -->/.exec(PAGE) ?? [];
const lines = block.trim().split('\n');
const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
const strategies = cellsOf(lines[0] ?? '').slice(1);
const rows = lines.slice(2).map((line) => {
  const [world = '', ...cells] = cellsOf(line);
  return { world: world.replaceAll('`', ''), cells };
});

/** Cells that take little time to make anew. */
const SMALL = 6_000;
const small = rows.flatMap(({ world, cells }) =>
  cells.flatMap((cell, at) => {
    const [, states = ''] = /^\*\*all ([\d,]+)\*\*/.exec(cell) ?? [];
    const isSmall = states !== '' && Number(states.replaceAll(',', '')) <= SMALL;
    return isSmall ? [[world, strategies[at]!, cell] as const] : [];
  }),
);

describe('the table of how far worlds were explored', () => {
  test('has a row for each world and is made by the script', () => {
    expect(rows.map(({ world }) => world)).toEqual(WORLDS.map(({ id }) => id));
    expect(depthTable(strategies, rows)).toBe(block);
  });

  test('goes beyond the bounds of check in each world that it does not exhaust', () => {
    const open = rows.flatMap(({ cells }) => cells).filter((cell) => !cell.startsWith('**all'));
    for (const cell of open) expect(cell).toMatch(/^10,000,000 \(\d+\)$/);
  });

  test.each(small)('says of %s under %s what comes out: %s', (world, strategy, cell) => {
    const spec = WORLDS.find(({ id }) => id === world)!;
    const { behaviour } = strategyNamed(strategy);
    expect(depthText(exploreDeeply({ spec, behaviour, maxStates: SMALL + 1 }))).toBe(cell);
  });
});
