import fc from 'fast-check';
import { MACHINES } from '../../src/hardware/presets/index.ts';
import { STRATEGIES } from '../../src/hypervisor/strategies.ts';
import { type LiveState, NUMBER_CONTROLS, type NumberControl } from '../../src/live/live-state.ts';
import { LIVE_SCENARIOS } from '../../src/live/scenarios.ts';

const MILLIONTHS = 1_000_000;

function anyNumber({ stops, onlyStops, whole }: NumberControl): fc.Arbitrary<number> {
  const [low, high] = [stops[0]!, stops.at(-1)!];
  if (onlyStops) return fc.constantFrom(...stops);
  if (whole) return fc.integer({ min: low, max: high });
  return fc
    .integer({ min: low * MILLIONTHS, max: high * MILLIONTHS })
    .map((millionths) => millionths / MILLIONTHS);
}

/** Every state that a link can say, but for strategies that are made of others. */
export const anyState: fc.Arbitrary<LiveState> = fc.record({
  scenario: fc.constantFrom(...LIVE_SCENARIOS.map(({ id }) => id)),
  machine: fc.constantFrom(...MACHINES.map(({ id }) => id)),
  strategy: fc.constantFrom(...STRATEGIES.slice(1).map(({ id }) => id)),
  ...(Object.fromEntries(
    NUMBER_CONTROLS.map((control) => [control.key, anyNumber(control)]),
  ) as Record<NumberControl['key'], fc.Arbitrary<number>>),
});
