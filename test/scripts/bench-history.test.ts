import { describe, expect, test } from 'vitest';
import {
  type HistoryLine,
  judge,
  ratioTable,
  ratioToC,
  withLine,
} from '../../scripts/simulator-bench/history.ts';

const machine = { processor: 'EPYC', cpus: 2, node: 20, compiler: 'gcc 12' };
const other = { ...machine, processor: 'Xeon' };
const NAME = 'sqlite-10M nested flush, planned';
const line = (ratio: number, of = machine, commit = 'a'): HistoryLine => ({
  commit,
  machine: of,
  load: 0,
  rows: { [NAME]: { ratio, deviation: 0.02, pairs: 3 } },
});
/** Five pairs around a ratio, apart by so many per cent. */
const around = (ratio: number, percent: number) =>
  ratioToC(
    [-2, -1, 0, 1, 2].map((step) => ratio * (1 + (step * percent) / 100)),
    [1, 1, 1, 1, 1],
  );
const isLoss = (committed: HistoryLine, now: ReturnType<typeof around>) =>
  judge([committed], machine, { [NAME]: now }, 0)[0]?.isLoss;

describe('a ratio to C', () => {
  test('is the geometric mean over pairs, with the deviation between them', () => {
    expect(ratioToC([2, 8], [1, 1])).toEqual({ ratio: 4, deviation: 0.98, pairs: 2 });
    expect(ratioToC([3], [2])).toEqual({ ratio: 1.5, deviation: 0, pairs: 1 });
  });

  test('that is lost beyond noise and margin is found', () => {
    expect(isLoss(line(1), around(0.6, 1))).toBe(true);
    expect(isLoss(line(1), around(0.8, 1))).toBe(false);
    expect(isLoss(line(1), around(1.5, 1))).toBe(false);
  });

  test('whose pairs scatter is no loss until they agree', () => {
    expect(isLoss(line(1), around(0.6, 15))).toBe(false);
  });

  test('is held to the newest line of its own class, and with more room to that of another', () => {
    const history = [line(0.5), line(1, machine, 'b'), line(9, other, 'c')];
    const now = { [NAME]: around(0.6, 1) };
    expect(judge(history, machine, now, 0)).toMatchObject([{ committed: 1, isLoss: true }]);
    expect(isLoss(line(1, other), around(0.7, 1))).toBe(false);
    expect(isLoss(line(1, other), around(0.5, 1))).toBe(true);
    expect(judge([], machine, now, 0)).toEqual([]);
  });

  test('has more room on a machine that is busy', () => {
    const now = { [NAME]: around(0.6, 1) };
    const isLossAt = (load: number) => judge([line(1)], machine, now, load)[0]?.isLoss;
    expect([isLossAt(4), isLossAt(5)]).toEqual([true, false]);
  });
});

test('a commit has one line for each class of machines; rows that are measured alone join it', () => {
  const more = { ...line(2), rows: { other: around(3, 0) } };
  const history = withLine(withLine([line(1), line(1, other)], more), line(5, machine, 'b'));
  expect(history.map(({ commit }) => commit)).toEqual(['a', 'a', 'b']);
  expect(Object.keys(history[1]?.rows ?? {})).toEqual([NAME, 'other']);
});

test('the table has a row for each trace', () => {
  const rows = { [NAME]: around(1.2, 0), 'sqlite-10M nested flush, each': around(0.5, 0) };
  expect(ratioTable(rows).split('\n')).toEqual([
    '| each / planned | native one | native separate | nested separate | nested flush |',
    '| --- | --- | --- | --- | --- |',
    '| sqlite-10M |  |  |  | 0.50 / 1.20 |',
    '',
  ]);
});
