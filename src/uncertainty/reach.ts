import { type SideEvents, timesOf } from './answer-model.ts';
import type { ByKind } from './events.ts';

export interface Ends {
  readonly low: number;
  readonly high: number;
}

/** Between which savings all that was run lies, at some prices. */
export interface Reach {
  readonly savingNs: Ends;
  readonly savingRatio: Ends;
}

/** `runs`: the events of everything that was run, one or more. */
export function reachOf(runs: readonly SideEvents[], prices: ByKind): Reach {
  const times = runs.map((events) => timesOf(events, prices));
  const ns = times.map(({ beforeNs, afterNs }) => beforeNs - afterNs);
  const ratios = times.map(({ beforeNs, afterNs }) => (beforeNs - afterNs) / beforeNs);
  return { savingNs: endsOf(ns), savingRatio: endsOf(ratios) };
}

/** The nearest number that was reached. */
export function heldTo({ low, high }: Ends, value: number): number {
  return Math.min(high, Math.max(low, value));
}

function endsOf(values: readonly number[]): Ends {
  return { low: Math.min(...values), high: Math.max(...values) };
}
