import { Option } from 'commander';
import { exploreDeeply } from '../src/checker/world-depths.ts';
import { WORLDS } from '../src/checker/worlds.ts';
import { STRATEGIES, strategyById } from '../src/hypervisor/strategies.ts';
import { scriptCommand, wholeNumberFrom } from './script-options.ts';

/**
 * How fast the checker is on one core, in CPU time because a shared machine stretches wall time:
 * `npm run -s make -- bench-checker`. A step is an event tried and judged; a state is one not seen before.
 */
const values = scriptCommand('bench-checker', 'how fast the checker is, in CPU time of one core')
  .addOption(
    new Option('--strategy <id>').choices(STRATEGIES.map(({ id }) => id)).default('rfc-2025-03'),
  )
  .addOption(new Option('--world <id>').choices(WORLDS.map(({ id }) => id)).default('default'))
  .option('--states <n>', 'of each sample', wholeNumberFrom(1), 200_000)
  .option('--rounds <n>', 'samples', wholeNumberFrom(1), 5)
  .parse()
  .opts<{ strategy: string; world: string; states: number; rounds: number }>();
const spec = WORLDS.find((world) => world.id === values.world);
const strategy = strategyById(values.strategy);
if (spec === undefined || strategy === undefined) throw new Error('a choice without its object');

const samples = Array.from({ length: values.rounds }, () => {
  const before = process.cpuUsage();
  const piece = exploreDeeply({
    spec,
    behaviour: strategy.behaviour,
    maxStates: values.states,
  });
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
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
