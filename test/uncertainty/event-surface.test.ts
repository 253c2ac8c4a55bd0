import { describe, expect, test } from 'vitest';
import { KIND, KIND_COUNT } from '../../src/cost/ledger.ts';
import type { SideEvents } from '../../src/uncertainty/answer-model.ts';
import { eventSurface, type SurfaceData } from '../../src/uncertainty/event-surface.ts';

/** As many L2 instructions before, as many world switches after. */
function events(before: number, after: number): SideEvents {
  const sides = { before: new Float64Array(KIND_COUNT), after: new Float64Array(KIND_COUNT) };
  sides.before[KIND.l2Instruction] = before;
  sides.after[KIND.worldSwitch] = after;
  return sides;
}

const counts = ({ before, after }: SideEvents) => [
  before[KIND.l2Instruction],
  after[KIND.worldSwitch],
];

/** Turns of 100, 200 and 400 instructions; a size of 16, 64 and 256 that adds to what comes before. */
const DATA: SurfaceData = {
  main: { knots: [100, 200, 400], nominal: 200 },
  central: [events(10, 1), events(20, 1), events(40, 1)],
  offMainKnots: [100, 400],
  off: [
    {
      axis: { path: 'size', knots: [16, 64, 256], nominal: 64 },
      events: [
        [events(14, 1), events(10, 1), events(8, 1)],
        [events(56, 1), events(40, 1), events(40, 0)],
      ],
    },
  ],
  nominal: events(20, 1),
};

const at = (turn: number, size?: number) =>
  counts(eventSurface(DATA)(turn, new Map(size === undefined ? [] : [['size', size]])));

describe('events between those that were counted', () => {
  test('are those that were counted where they were counted', () => {
    expect(at(100)).toEqual([10, 1]);
    expect(at(400)).toEqual([40, 1]);
    expect(at(100, 16)).toEqual([14, 1]);
    expect(at(400, 256)).toEqual([40, 0]);
  });

  test('lie on a straight line along turns, and in equal factors along a size', () => {
    expect(at(150)).toEqual([15, 1]);
    // 32 is half way from 16 to 64, in factors.
    expect(at(100, 32)).toEqual([12, 1]);
  });

  test('add the effect of a size at the length of a turn, half way from 100 to 400 in factors', () => {
    expect(at(200, 16)).toEqual([20 + (4 + 16) / 2, 1]);
  });

  test('stay at the ends beyond them, and never fall below 0', () => {
    expect(at(100, 1)).toEqual(at(100, 16));
    expect(at(9999)).toEqual(at(400));
    const data = { ...DATA, nominal: events(20, 0) };
    expect(counts(eventSurface(data)(400, new Map([['size', 256]])))).toEqual([40, 0]);
  });

  test('are moved to what is better known at the nominals', () => {
    const data = { ...DATA, nominal: events(25, 1) };
    expect(counts(eventSurface(data)(200, new Map()))).toEqual([25, 1]);
    expect(counts(eventSurface(data)(100, new Map([['size', 16]])))).toEqual([19, 1]);
  });
});
