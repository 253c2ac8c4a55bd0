import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import type { Task } from '../parallel/task.ts';
import { type Exploration, Explorer } from './explore.ts';
import type { WorldSpec } from './world-spec.ts';

/** One world under one strategy, explored for how far that goes: what goes wrong is counted only. */
export interface DepthCheck {
  readonly spec: WorldSpec;
  readonly behaviour: KvmBehaviour;
  readonly maxStates: number;
}

/** No clock here: the explorer is timed from outside. */
export function exploreDeeply({ spec, behaviour, maxStates }: DepthCheck): Exploration {
  return new Explorer({
    spec,
    behaviour,
    base: null,
    maxDepth: Number.MAX_SAFE_INTEGER,
    maxStates,
    onViolation: () => false,
  }).run();
}

/** As work for a pool. */
export const depthTask: Task<null, DepthCheck, Exploration> = {
  module: import.meta.url,
  name: 'depthTask',
  run: exploreDeeply,
};

/** `all 47,654 (38)`, or `10,000,000 (19)` where states are left over. */
export function depthText({ states, depth, exhaustive }: Exploration): string {
  const count = states.toLocaleString('en-US');
  return exhaustive ? `**all ${count}** (${depth})` : `${count} (${depth})`;
}

/** Markdown: a row for each world, a column for each strategy; cells by `depthText`, row by row. */
export function depthTable(
  strategies: readonly string[],
  rows: readonly { readonly world: string; readonly cells: readonly string[] }[],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return [
    line(['world', ...strategies]),
    line(['---', ...strategies.map(() => '---')]),
    ...rows.map(({ world, cells }) => line([`\`${world}\``, ...cells])),
  ].join('');
}
