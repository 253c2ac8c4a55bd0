import { describe, expect, test } from 'vitest';
import {
  ASCII,
  formatExact,
  formatNs,
  formatNumber,
  formatRatio,
  formatRatioInterval,
  formatRatioSpan,
} from '../../../src/report/blocks/numbers.ts';

describe('formatNumber', () => {
  test.each([
    [0, '0'],
    [6, '6'],
    [0.12, '0.120'],
    [7.064, '7.06'],
    [57.64, '57.6'],
    [99.96, '100'],
    [575.8, '576'],
    [3896.8, '3,897'],
    [1234567.4, '1,234,567'],
    [-0.0001, '0.000'],
    [-310.2, '-310'],
  ])('writes %d as %s', (value, text) => {
    expect(formatNumber(value, ASCII)).toBe(text);
  });

  test('separates thousands by a narrow no-break space and has a true minus on a page', () => {
    expect(formatNumber(-33648.2)).toBe('\u221233\u202f648');
    expect(formatNs(3896.8)).toBe('3\u202f897\u202fns');
  });
});

describe('formatExact', () => {
  test('rounds nothing away', () => {
    expect([0.7, 32768, 1.25, -12345.678].map((each) => formatExact(each, ASCII))).toEqual([
      '0.7',
      '32,768',
      '1.25',
      '-12,345.678',
    ]);
  });
});

describe('ratios', () => {
  test.each([
    [0.148, '14.8 %'],
    [0.01482, '1.48 %'],
    [0.00152, '0.15 %'],
    [-0.0856, '-8.56 %'],
    [1.5, '150 %'],
  ])('%d is %s', (ratio, text) => {
    expect(formatRatio(ratio, ASCII)).toBe(text);
  });

  test('both ends of an interval have the same number of decimals', () => {
    expect(formatRatioInterval(0.0956, 0.15, ASCII)).toBe('9.6..15.0 %');
  });

  test('an interval with a negative end is written with "to"', () => {
    expect(formatRatioInterval(-0.003, 0.004, ASCII)).toBe('-0.30 to 0.40 %');
  });

  test('an interval whose ends look the same is one number', () => {
    expect(formatRatioInterval(0.14801, 0.14802, ASCII)).toBe('14.8 %');
  });

  test('a span is in whole per cents unless it starts below one', () => {
    expect(formatRatioSpan(0.012, 0.314, ASCII)).toBe('1..31 %');
    expect(formatRatioSpan(0.004, 0.314, ASCII)).toBe('0.4..31.4 %');
  });
});
