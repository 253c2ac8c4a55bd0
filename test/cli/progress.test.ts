import { describe, expect, test } from 'vitest';
import { progressLine, startProgress } from '../../src/cli/progress.ts';

function recorded(isTerminal: boolean, times: readonly number[]) {
  const clock = [...times];
  const written: string[] = [];
  const progress = startProgress({
    write: (text) => written.push(text),
    isTerminal,
    nowMilliseconds: () => clock.shift() ?? 0,
  });
  return { progress, written };
}

describe('a line of progress', () => {
  test('has the rate and the time left', () => {
    expect(progressLine(10, 40, 5000)).toBe('10 of 40 cells, 2.0 per second, 15 s left');
    expect(progressLine(100, 4000, 5000)).toBe('100 of 4000 cells, 20 per second, 4 min left');
  });

  test('has no time left at the end and no rate before time has passed', () => {
    expect(progressLine(40, 40, 20_000)).toBe('40 of 40 cells, 2.0 per second');
    expect(progressLine(1, 40, 0)).toBe('1 of 40 cells');
  });
});

describe('progress', () => {
  test('rewrites one line on a terminal, and blanks what a longer one left', () => {
    const { progress, written } = recorded(true, [0, 1000, 2000]);
    progress.advance(1, 2);
    progress.advance(2, 2);
    progress.finish();
    const first = '1 of 2 cells, 1.0 per second, 1 s left';
    expect(written).toEqual([
      `\r${first}`,
      `\r${'2 of 2 cells, 1.0 per second'.padEnd(first.length)}`,
      '\n',
    ]);
  });

  test('redraws at most ten times a second, and always the last cell', () => {
    const { progress, written } = recorded(true, [0, 10, 20, 30]);
    progress.advance(1, 3);
    progress.advance(2, 3);
    progress.advance(3, 3);
    expect(written).toHaveLength(2);
  });

  test('writes whole lines to a log, one in ten seconds', () => {
    const { progress, written } = recorded(false, [0, 1000, 2000, 11_500, 12_000]);
    for (const done of [1, 2, 3, 4]) progress.advance(done, 4);
    progress.finish();
    expect(written.map((line) => line.slice(0, 6))).toEqual(['1 of 4', '3 of 4', '4 of 4']);
    expect(written.join('')).not.toContain('\r');
  });
});
