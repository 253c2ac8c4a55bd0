import { describe, expect, test } from 'vitest';
import { coarseGrid } from '../../src/probe/grid.ts';
import { hostRows } from '../../src/validation/host-rows.ts';
import {
  awaitingRow,
  comparedRow,
  notModelledRow,
  scoreboardOf,
  type ValidationRow,
} from '../../src/validation/rows.ts';
import { GENOA_VM, makeProbe, twoSteps } from '../probe/make-probe.ts';

const SHARED = {
  id: 'a',
  topic: 'milan',
  kind: 'validation',
  quantity: 'a time',
  unit: 'ns',
  source: 'a mail',
  setup: 'a machine',
} as const;

function compared(
  measured: number,
  measuredInterval: ValidationRow['measuredInterval'],
): ValidationRow {
  const predicted = { point: 10, low: 8, high: 12 };
  return comparedRow({ ...SHARED, measured, measuredInterval, predicted, ifOutside: 'why not' });
}

describe('a row', () => {
  test.each([
    ['at the lower bound', 8, null, true],
    ['at the upper bound', 12, null, true],
    ['just outside', 12.001, null, false],
    ['outside, but its own interval reaches in', 14, { low: 11, high: 17 }, true],
    ['outside with its own interval', 14, { low: 13, high: 17 }, false],
  ] as const)('%s is judged', (_, measured, interval, inside) => {
    const row = compared(measured, interval);
    expect(row).toMatchObject({
      inside,
      status: inside ? 'inside' : 'outside',
      why: inside ? '' : 'why not',
    });
  });

  test('without a measurement or a prediction is neither in nor out', () => {
    const awaiting = awaitingRow({ ...SHARED, predicted: { point: 1, low: 1, high: 2 } });
    const missing = notModelledRow({ ...SHARED, measured: 1, measuredInterval: null, why: 'no' });
    expect([awaiting.inside, missing.inside]).toEqual([null, null]);
    const { summary } = scoreboardOf([
      awaiting,
      missing,
      compared(9, null),
      compared(1, null),
      { ...compared(9, null), kind: 'calibration' },
    ]);
    expect(summary).toEqual({
      validation: { rows: 4, inside: 1, outside: 1, notModelled: 1, awaiting: 1 },
      calibration: { rows: 1, inside: 1, outside: 0, notModelled: 0, awaiting: 0 },
    });
  });
});

describe('rows of a probed host', () => {
  const grid = coarseGrid().filter((pages) => pages <= 8192);
  const rowsOf = (probe: ReturnType<typeof makeProbe>) => hostRows({ name: 'mine', probe });

  test('are out where the host has other arrays than its machine', () => {
    const status = new Map(
      rowsOf(makeProbe(twoSteps, GENOA_VM, grid)).map((row) => [row.id, row.status]),
    );
    expect(status.get('host-mine-first-reach')).toBe('inside');
    expect(status.get('host-mine-second-reach')).toBe('outside');
  });

  test('are not modelled where the probe saw no step', () => {
    const rows = rowsOf(makeProbe(() => 0, GENOA_VM, grid));
    expect(new Set(rows.map((row) => row.status))).toEqual(new Set(['notModelled']));
  });

  test('are one that says so where no machine is of its kind', () => {
    const [row, ...more] = rowsOf(makeProbe(twoSteps, { ...GENOA_VM, family: 6 }, grid));
    expect(more).toEqual([]);
    expect(row).toMatchObject({ status: 'notModelled', inside: null });
  });
});
