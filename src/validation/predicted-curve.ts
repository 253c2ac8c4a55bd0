import { machineConfig } from '../hardware/machine-config.ts';
import type { MachinePreset } from '../hardware/machine-preset.ts';
import { listParameters } from '../hardware/presets/list-parameters.ts';
import { withParameters } from '../suite/machine-file.ts';
import type { Cycles } from '../units/quantity.ts';
import { type ChaseSetup, chaseCurve, type Dimensions } from './model-chase.ts';

/** A prediction with what its parameters' ranges leave open; no confidence level stands behind it. */
export interface Predicted<T extends number = number> {
  readonly point: T;
  readonly low: T;
  readonly high: T;
}

export interface PredictedPoint {
  readonly pages: number;
  readonly translationCycles: Predicted<Cycles>;
}

/** Parameters that a chase depends on: a larger value makes it dearer. */
const DEARER = [
  'tlb.secondLevelHitCycles',
  'caches.l1dCycles',
  'caches.l2Cycles',
  'caches.l3Cycles',
  'caches.dramNanoseconds',
  'costs.walkStartCycles',
];
/** A larger value makes it cheaper. */
const CHEAPER = [
  'caches.pageTableLinesInL1d',
  'caches.pageTableLinesInL2',
  'caches.pageTableLinesInL3',
  'walkCaches.upperEntries',
  'walkCaches.nestedTlbEntries',
  'walkCaches.nestedUpperEntries',
];

export type End = 'low' | 'value' | 'high';
const OPPOSITE: Readonly<Record<End, End>> = { low: 'high', value: 'value', high: 'low' };

/**
 * The preset with every parameter of a chase at the end that makes it cheapest (`low`) or dearest
 * (`high`). A load waits for the load before it, so nothing of a walk hides: its exposed share is 1.
 */
export function chaseMachine(preset: MachinePreset, end: End): MachinePreset {
  const changed = listParameters(preset).flatMap(({ path, parameter }) => {
    if (path === 'costs.exposedWalkShare') return [{ path, ...parameter, value: 1 }];
    if (DEARER.includes(path)) return [{ path, ...parameter, value: parameter[end] }];
    if (CHEAPER.includes(path)) return [{ path, ...parameter, value: parameter[OPPOSITE[end]] }];
    return [];
  });
  return withParameters(preset, changed);
}

/** What the chase runs in where only "native or in a VM" is known, and the ends of that. */
function setups(isVirtual: boolean, pageSize: '4K' | '2M'): Readonly<Record<End, ChaseSetup>> {
  const setup = (dimensions: Dimensions, frames: ChaseSetup['frames']): ChaseSetup => ({
    dimensions,
    frames,
    pageSize,
  });
  if (!isVirtual) {
    const native = setup('native', 'contiguous');
    return { low: native, value: native, high: native };
  }
  return {
    low: setup('nested-2m', 'contiguous'),
    value: setup('nested-2m', 'scattered'),
    high: setup('nested-4k', 'scattered'),
  };
}

/**
 * What the model predicts for the chase at each number of pages, on bare metal or in a VM whose host
 * may back it with pages of 2 MiB (nominal) or 4 KiB (the high end).
 */
export function predictedCurve(
  preset: MachinePreset,
  pages: readonly number[],
  isVirtual: boolean,
  pageSize: '4K' | '2M' = '4K',
): readonly PredictedPoint[] {
  const bySetup = setups(isVirtual, pageSize);
  const at = (end: End) =>
    chaseCurve(machineConfig(chaseMachine(preset, end)), pages, bySetup[end]);
  const [low, value, high] = [at('low'), at('value'), at('high')];
  return pages.map((count, index) => ({
    pages: count,
    translationCycles: {
      point: value[index]!.translationCycles,
      low: low[index]!.translationCycles,
      high: high[index]!.translationCycles,
    },
  }));
}
