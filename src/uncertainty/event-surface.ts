import { KIND_COUNT } from '../cost/ledger.ts';
import type { SideEvents, Values } from './answer-model.ts';
import type { ByKind } from './events.ts';

/** Points of one number at which events were counted; ascending, the nominal among them. */
export interface SurfaceAxis {
  readonly path: string;
  readonly knots: readonly number[];
  readonly nominal: number;
}

/** Events with one number at each of its knots, all others nominal, at one knot of the main axis. */
export interface OffAxis {
  readonly axis: SurfaceAxis;
  /** [knot of the main axis among `offMainKnots`][knot of this axis] */
  readonly events: readonly (readonly SideEvents[])[];
}

/**
 * Events counted on a cross through the nominals: along a main axis (the length of a program's turn; a
 * single knot where there is none), and along each other axis at some knots of the main one.
 */
export interface SurfaceData {
  readonly main: { readonly knots: readonly number[]; readonly nominal: number };
  readonly central: readonly SideEvents[];
  readonly offMainKnots: readonly number[];
  readonly off: readonly OffAxis[];
  /** Events at the nominals, counted better than by the design: the surface is moved to them. */
  readonly nominal: SideEvents;
}

/** Between which knots a number lies, and how far on; at an end beyond it. */
function bracket(knots: readonly number[], value: number, scale: (x: number) => number) {
  let at = 0;
  while (at < knots.length - 2 && value >= knots[at + 1]!) at++;
  const from = knots[at]!;
  const to = knots[at + 1] ?? from;
  if (from === to) return { at, next: at, share: 0 };
  const share = (scale(value) - scale(from)) / (scale(to) - scale(from));
  return { at, next: at + 1, share: Math.min(1, Math.max(0, share)) };
}

const asIs = (x: number) => x;
const SIDES = ['before', 'after'] as const;

/** Adds weight × events to a sum. */
function add(sum: ByKind, events: ByKind, weight: number): void {
  if (weight === 0) return;
  for (let kind = 0; kind < KIND_COUNT; kind++) sum[kind]! += weight * events[kind]!;
}

function rawSurface(data: SurfaceData, mainValue: number, values: Values): SideEvents {
  const main = bracket(data.main.knots, mainValue, asIs);
  const offMain = bracket(data.offMainKnots, mainValue, Math.log);
  const sides = { before: new Float64Array(KIND_COUNT), after: new Float64Array(KIND_COUNT) };
  for (const side of SIDES) {
    const sum = sides[side];
    add(sum, data.central[main.at]![side], 1 - main.share);
    add(sum, data.central[main.next]![side], main.share);
    for (const { axis, events } of data.off) {
      const value = values.get(axis.path) ?? axis.nominal;
      if (value === axis.nominal) continue;
      const along = bracket(axis.knots, value, axis.knots[0]! > 0 ? Math.log : asIs);
      const nominal = axis.knots.indexOf(axis.nominal);
      for (const [knot, weight] of [
        [offMain.at, 1 - offMain.share],
        [offMain.next, offMain.share],
      ] as const) {
        const line = events[knot]!;
        add(sum, line[along.at]![side], weight * (1 - along.share));
        add(sum, line[along.next]![side], weight * along.share);
        add(sum, line[nominal]![side], -weight);
      }
    }
  }
  return sides;
}

/**
 * Events at other numbers, from those counted on the cross: in a straight line along the main axis and
 * in equal factors along the others, whose effects add up. What acts jointly beyond that is not in it;
 * `SensitivityResult.interpolation` says how much that is. No count falls below 0.
 */
export function eventSurface(data: SurfaceData): (mainValue: number, values: Values) => SideEvents {
  const centre = rawSurface(data, data.main.nominal, new Map());
  return (mainValue, values) => {
    const events = rawSurface(data, mainValue, values);
    for (const side of SIDES) {
      const [sum, better, own] = [events[side], data.nominal[side], centre[side]];
      for (let kind = 0; kind < KIND_COUNT; kind++) {
        sum[kind] = Math.max(0, sum[kind]! + better[kind]! - own[kind]!);
      }
    }
    return events;
  };
}
