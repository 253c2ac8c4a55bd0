import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { depthTable, depthTask, depthText } from '../src/checker/world-depths.ts';
import { WORLDS } from '../src/checker/worlds.ts';
import { strategyById } from '../src/hypervisor/strategies.ts';
import { openPool } from '../src/parallel/pool.ts';
import { replaceBlock } from '../src/sanitizer/evidence.ts';
import { scriptCommand, wholeNumberFrom } from './script-options.ts';

/**
 * Writes the table of docs/evidence/findings.md that says how far each world was explored. Seven minutes of CPU
 * time, 0.7 GB a thread.
 */
const PAGE = 'docs/evidence/findings.md';
const STRATEGIES = ['kvm-6.14', 'kvm-6.12.117', 'rfc-2025-03', 'rfc-2026-06'];

const { states, jobs } = scriptCommand('worlds', `how far each world is explored, into ${PAGE}`)
  .option('--states <n>', 'most of a world', wholeNumberFrom(1), 10_000_000)
  .option('--jobs <n>', 'threads', wholeNumberFrom(1), availableParallelism())
  .parse()
  .opts<{ states: number; jobs: number }>();
const behaviours = STRATEGIES.map((id) => {
  const strategy = strategyById(id);
  if (strategy === undefined) throw new Error(`there is no strategy ${id}`);
  return strategy.behaviour;
});
const pool = openPool(depthTask, null, { jobs });
const cells: string[] = [];
await pool.run(
  WORLDS.flatMap((spec) => behaviours.map((behaviour) => ({ spec, behaviour, maxStates: states }))),
  (explored, index) => {
    cells.push(depthText(explored));
    const world = WORLDS[Math.floor(index / STRATEGIES.length)]!.id;
    process.stderr.write(`${world} ${STRATEGIES[index % STRATEGIES.length]}: ${cells[index]}\n`);
  },
);
await pool.close();
const rows = WORLDS.map(({ id }, at) => ({
  world: id,
  cells: cells.slice(at * STRATEGIES.length, (at + 1) * STRATEGIES.length),
}));
const page = readFileSync(PAGE, 'utf8');
writeFileSync(PAGE, replaceBlock(page, 'worlds', depthTable(STRATEGIES, rows)));
