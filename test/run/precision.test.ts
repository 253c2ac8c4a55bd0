import { expect, test } from 'vitest';
import type { Engine } from '../../src/run/execute.ts';
import { neededSeeds, withKnown } from '../../src/run/precision.ts';
import type { CellResult } from '../../src/run/results.ts';
import type { Cell } from '../../src/suite/cell.ts';

/** Only what decides the number of seeds. */
function pilot(meansNs: Readonly<Record<string, readonly number[]>>) {
  const cells: Cell[] = [];
  const results: CellResult[] = [];
  for (const [strategy, means] of Object.entries(meansNs)) {
    for (const [seed, meanNs] of means.entries()) {
      const suite = { id: 'trips', baseline: 'before' };
      cells.push({ suite, machineId: 'milan', strategy: { id: strategy }, seed } as Cell);
      results.push({ meanNs } as CellResult);
    }
  }
  return { cells, results };
}

test('the pair that varies most decides', () => {
  const { cells, results } = pilot({
    before: [1000, 1010, 990, 1000],
    steady: [900, 910, 890, 900],
    wild: [900, 950, 850, 880],
  });
  expect(neededSeeds(cells, results, 0.01)).toMatchObject({ scenario: 'trips', strategy: 'wild' });
});

test('ten times the precision takes a hundred times the seeds', () => {
  const { cells, results } = pilot({ before: [1000, 1000, 1000], after: [800, 900, 1000] });
  // Student's t with two degrees of freedom is 4.3027; the differences deviate by 100 ns.
  expect(neededSeeds(cells, results, 0.1)?.count).toBe(Math.ceil(4.302653 ** 2));
  expect(neededSeeds(cells, results, 0.01)?.count).toBe(Math.ceil(43.02653 ** 2));
});

test('a pilot that is precise enough is the run', () => {
  const { cells, results } = pilot({ before: [1000, 1001, 1002], after: [900, 901, 902] });
  expect(neededSeeds(cells, results, 0.01)?.count).toBe(3);
});

test('without a second strategy there is nothing to need', () => {
  const { cells, results } = pilot({ before: [1000, 1010] });
  expect(neededSeeds(cells, results, 0.01)).toBeNull();
});

test('known results and computed ones come in the order of the cells', async () => {
  const cells = ['a', 'b', 'c', 'd', 'e'].map((cellId) => ({ cellId }) as Cell);
  const computed: string[] = [];
  const engine: Engine = async (asked, onResult) => {
    for (const [index, { cellId }] of asked.entries()) {
      computed.push(cellId);
      onResult({ cellId, scenario: 'computed' } as CellResult, index, null);
    }
  };
  const known = new Map(['a', 'b', 'e'].map((id) => [id, { cellId: id } as CellResult]));
  const order: [number, string][] = [];
  await withKnown(engine, known)(cells, ({ cellId }, index) => order.push([index, cellId]));
  expect(computed).toEqual(['c', 'd']);
  expect(order).toEqual([
    [0, 'a'],
    [1, 'b'],
    [2, 'c'],
    [3, 'd'],
    [4, 'e'],
  ]);
});

test.each([
  ['nothing is missing', ['a', 'b', 'c'], []],
  ['one cell is missing', ['a', 'c'], ['b']],
  ['nothing is known', [], ['a', 'b', 'c']],
])('an engine is asked for what is missing when %s', async (_, ids, missing) => {
  const cells = ['a', 'b', 'c'].map((cellId) => ({ cellId }) as Cell);
  const asked: string[][] = [];
  const engine: Engine = async (unknown, onResult) => {
    asked.push(unknown.map(({ cellId }) => cellId));
    for (const [at, { cellId }] of unknown.entries()) onResult({ cellId } as CellResult, at, null);
  };
  const known = new Map(ids.map((id) => [id, { cellId: id } as CellResult]));
  const order: string[] = [];
  await withKnown(engine, known)(cells, ({ cellId }) => order.push(cellId));
  expect(order).toEqual(['a', 'b', 'c']);
  expect(asked).toEqual(missing.length === 0 ? [] : [missing]);
});
