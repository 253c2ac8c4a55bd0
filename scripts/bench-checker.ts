import { parseArgs } from 'node:util';
import { benchmarkPiece } from '../src/checker/benchmark.ts';
import { WORLDS } from '../src/checker/worlds.ts';
import { strategyById } from '../src/hypervisor/strategies.ts';

/**
 * How fast the checker is on one core, in CPU time because a shared machine stretches wall time:
 * `npm run -s bench:checker`. A step is an event tried and judged; a state is one not seen before.
 */
const { values } = parseArgs({
  options: {
    strategy: { type: 'string', default: 'rfc-2025-03' },
    world: { type: 'string', default: 'default' },
    states: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '5' },
  },
});
const spec = WORLDS.find((world) => world.id === values.world);
const strategy = strategyById(values.strategy);
if (spec === undefined || strategy === undefined) throw new Error('no such world or strategy');

const samples = Array.from({ length: Number(values.rounds) }, () => {
  const before = process.cpuUsage().user;
  const piece = benchmarkPiece(spec, strategy.behaviour, Number(values.states));
  const seconds = (process.cpuUsage().user - before) / 1e6;
  return { states: piece.states / seconds, steps: piece.steps / seconds };
});
const best = (of: (sample: (typeof samples)[number]) => number): number =>
  Math.round(Math.max(...samples.map(of)));
const middle = (of: (sample: (typeof samples)[number]) => number): number =>
  Math.round(samples.map(of).sort((a, b) => a - b)[Math.floor(samples.length / 2)]!);

process.stdout.write(
  `${values.strategy} in world ${values.world}, ${values.states} states, per second of one core\n` +
    `  states  median ${middle((s) => s.states)}, best ${best((s) => s.states)}\n` +
    `  steps   median ${middle((s) => s.steps)}, best ${best((s) => s.steps)}\n`,
);
