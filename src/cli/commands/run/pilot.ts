import type { PlannedCell } from '../../../run/executed-cell.ts';
import { neededSeeds } from '../../../run/precision.ts';
import type { CellResult } from '../../../run/results.ts';
import { EXIT_CODES, UserError } from '../../../util/user-error.ts';
import { MAX_SEEDS } from '../../flags/shared.ts';
import { startTerminalProgress } from '../../output/progress.ts';
import { say } from '../../output/say.ts';
import type { ComputeFlags } from '../../running/compute-run.ts';
import { engineFor } from '../../running/engine.ts';

export interface PilotRun {
  /** Seeds of the whole run. */
  readonly seeds: number;
  /** The pilot's results by cell id; they belong to the run. */
  readonly known: ReadonlyMap<string, CellResult>;
}

/** Runs the cells of a pilot and says how many seeds `--precision` takes. */
export async function runPilot(
  cells: readonly PlannedCell[],
  flags: ComputeFlags,
  precisionRatio: number,
  build: string,
): Promise<PilotRun> {
  const progress = flags.json === true ? null : startTerminalProgress(0);
  const results: CellResult[] = [];
  const onInterrupt = (): never => {
    progress?.finish();
    say('interrupted in the pilot of --precision; nothing is kept.');
    process.exit(EXIT_CODES.interrupted);
  };
  process.on('SIGINT', onInterrupt);
  if (flags.json !== true) say(`a pilot of ${cells.length} cells tells how many seeds it takes.`);
  try {
    const engine = await engineFor(flags, build, say);
    await engine(cells, (result) => {
      results.push(result);
      progress?.advance(results.length, cells.length);
    });
  } finally {
    progress?.finish();
    process.removeListener('SIGINT', onInterrupt);
  }
  const percent = Number((precisionRatio * 100).toPrecision(6));
  const needed = neededSeeds(cells, results, precisionRatio);
  const pilotSeeds = new Set(cells.map(({ seed }) => seed)).size;
  const count = needed?.count ?? pilotSeeds;
  const most =
    needed === null ? '' : `: ${needed.strategy} in ${needed.scenario} on ${needed.machine}`;
  if (count > MAX_SEEDS) {
    const cause = `± ${percent} % would take ${count} seeds, more than ${MAX_SEEDS}${most}`;
    throw new UserError('usage', '--precision', cause, 'Ask for less, or leave that out');
  }
  if (flags.json !== true) {
    say(`± ${percent} % takes ${count} seeds after a pilot of ${pilotSeeds}${most}.`);
  }
  return { seeds: count, known: new Map(results.map((result) => [result.cellId, result])) };
}
