import { describe, expect, test } from 'vitest';
import { progressLine, startProgress } from '../../src/cli/output/progress.ts';

function recorded(columns: number | null, times: readonly number[], before = 0) {
  const clock = [...times];
  const written: string[] = [];
  const write = (text: string) => written.push(text);
  const nowMilliseconds = () => clock.shift() ?? 0;
  const progress = startProgress({ write, columns, nowMilliseconds }, before);
  return { progress, written };
}

describe('a line of progress', () => {
  test('has the rate and the time left', () => {
    expect(progressLine(10, 40, 0, 5000)).toBe('10 of 40 cells (25 %), 2.0 per second, 15 s left');
    expect(progressLine(100, 4000, 0, 5000)).toBe(
      '100 of 4000 cells (2 %), 20 per second, 4 min left',
    );
    expect(progressLine(9, 1e6, 0, 900)).toBe('9 of 1000000 cells (0 %), 10 per second, 28 h left');
  });

  test('has no time left at the end and no rate before time has passed', () => {
    expect(progressLine(40, 40, 0, 20_000)).toBe('40 of 40 cells (100 %), 2.0 per second');
    expect(progressLine(1, 40, 0, 0)).toBe('1 of 40 cells (2 %)');
  });

  test('counts what was there before the run for no rate', () => {
    expect(progressLine(30, 40, 30, 5000)).toBe('30 of 40 cells (75 %)');
    expect(progressLine(35, 40, 30, 5000)).toBe('35 of 40 cells (87 %), 1.0 per second, 5 s left');
  });
});

describe('progress', () => {
  test('rewrites one line on a terminal, and blanks what a longer one left', () => {
    const { progress, written } = recorded(80, [0, 1000, 2000]);
    progress.advance(1, 2);
    progress.advance(2, 2);
    progress.finish();
    const first = '1 of 2 cells (50 %), 1.0 per second, 1 s left';
    expect(written).toEqual([
      `\r${first}`,
      `\r${'2 of 2 cells (100 %), 1.0 per second'.padEnd(first.length)}`,
      '\n',
    ]);
  });

  test('redraws at most ten times a second, and always the last cell', () => {
    const { progress, written } = recorded(80, [0, 10, 20, 30]);
    progress.advance(1, 3);
    progress.advance(2, 3);
    progress.advance(3, 3);
    expect(written).toHaveLength(2);
  });

  test('stays on one line of a narrow terminal', () => {
    const { progress, written } = recorded(20, [0, 1000]);
    progress.advance(1000, 4000);
    expect(written).toEqual([`\r${'1000 of 4000 cells (25 %)'.slice(0, 19)}`]);
  });

  test('is a line every ten seconds in a file or a pipe, and none for what is over before', () => {
    const times = [0, 1000, 9_999, 10_000, 15_000, 20_000, 21_000];
    const { progress, written } = recorded(null, times);
    for (const done of [1, 2, 3, 4]) progress.advance(done, 9);
    // Nothing has been finished meanwhile: the line is said again.
    progress.tick();
    progress.advance(9, 9);
    progress.finish();
    expect(written).toEqual([
      'asidbench: 3 of 9 cells (33 %), 0.30 per second, 20 s left\n',
      'asidbench: 4 of 9 cells (44 %), 0.20 per second, 25 s left\n',
    ]);
  });

  test('counts what it is told to count', () => {
    expect(progressLine(1, 3, 0, 1000, 'worlds')).toBe(
      '1 of 3 worlds (33 %), 1.0 per second, 2 s left',
    );
  });
});
