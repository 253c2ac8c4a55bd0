import type { PmuRates } from '../../importers/pmu-findings.ts';
import type { PlannedCell } from '../../run/executed-cell.ts';
import { withKnown } from '../../run/precision.ts';
import type { CellResult, RunSummary } from '../../run/results.ts';
import { planName, positionsOf, type RunPlan } from '../../run/run-plan.ts';
import { type SummaryInProgress, startSummary } from '../../run/summarize.ts';
import { EXIT_CODES } from '../../util/user-error.ts';
import { openStore } from '../kept/store.ts';
import { INVOCATION, PROGRAM_NAME } from '../output/invocation.ts';
import { print, printError } from '../output/io.ts';
import { type Progress, startTerminalProgress } from '../output/progress.ts';
import { say } from '../output/say.ts';
import { openRunFolder, type RunFolder, resumeRunFolder } from '../run-folder/run-folder.ts';
import { type EngineFlags, engineFor } from './engine.ts';
import { prepareReport, printSummary, writeReport } from './finished-run.ts';

/**
 * So many cells before the last one the report's modules are loaded: late enough to cost no memory while
 * traces are in use, early enough to be there when the last cell is.
 */
const PREPARE_BEFORE_LAST = 48;

/** How a run is computed, and where it goes. */
export interface ComputeFlags extends EngineFlags {
  readonly json?: boolean | undefined;
  readonly out?: string | undefined;
  readonly resume?: string | undefined;
  /** What the user's files counted on the host that the run is about. */
  readonly measured?: PmuRates | undefined;
}

export interface PlannedRun {
  /** Of a new folder under reports/. */
  readonly name: string;
  readonly plan: RunPlan;
  /** Of the whole plan. */
  readonly cells: readonly PlannedCell[];
  readonly flags: ComputeFlags;
  /** Results of a pilot by cell id; absent: none. */
  readonly known?: ReadonlyMap<string, CellResult>;
  /** Printed after the summary of a finished run, unless that is JSON. */
  readonly remark?: (summary: RunSummary) => Promise<string>;
}

/** Computes what is missing of a run, and its report unless it is a shard; returns the exit code. */
export async function computeRun(run: PlannedRun): Promise<number> {
  const { plan, flags } = run;
  const summary = plan.shard === null ? startSummary(plan.manifest) : null;
  const folder = openFolder(run, summary);
  await computeInto(folder, run, summary);
  if (summary === null) {
    folder.finishShard();
    const count = positionsOf(plan).length;
    print(shardDone(planName(plan), count, plan.cellIds.length, folder.path));
    return EXIT_CODES.ok;
  }
  const finished = summary.finish();
  const store = openStore(flags.fresh === true);
  const beside = flags.measured === undefined ? {} : { measured: flags.measured };
  await writeReport(folder, finished, plan.cellIds, store, beside);
  store.close();
  const isJson = flags.json === true;
  const exitCode = await printSummary(finished, plan.cellIds, folder.path, isJson, beside);
  if (run.remark !== undefined && !isJson) print(`\n${await run.remark(finished)}`);
  return exitCode;
}

function openFolder(
  { name, plan, cells, flags }: PlannedRun,
  summary: SummaryInProgress | null,
): RunFolder {
  if (flags.resume === undefined) return openRunFolder('reports', name, flags.out ?? null, plan);
  const onStored = (cell: CellResult): void => summary?.add(cell);
  return resumeRunFolder(flags.resume, plan, { cells, onStored, onNotice: say });
}

/** Runs what is missing; every finished cell is in the folder whatever happens next. */
async function computeInto(
  folder: RunFolder,
  { plan, cells, flags, known = new Map() }: PlannedRun,
  summary: SummaryInProgress | null,
): Promise<void> {
  const progress = flags.json === true ? null : startTerminalProgress(folder.stored);
  const notice = (sentence: string): void => {
    progress?.finish();
    say(sentence);
  };
  const own = positionsOf(plan);
  const missing = own.slice(folder.stored).map((position) => cells[position]!);
  let finished = folder.stored;
  // Cells are written in one synchronous step, so no signal arrives inside one.
  const onInterrupt = (): void => stop(folder, progress, finished);
  // Not once: npm passes on the signal that a terminal has sent to this process already.
  process.on('SIGINT', onInterrupt);
  try {
    const engine = await engineFor(flags, plan.build, notice);
    await withKnown(engine, known)(missing, (cell) => {
      folder.append(cell);
      finished += 1;
      progress?.advance(finished, own.length);
      summary?.add(cell);
      if (summary !== null && finished === own.length - PREPARE_BEFORE_LAST) prepareReport();
    });
  } catch (error) {
    folder.abandon();
    throw error;
  } finally {
    progress?.finish();
    process.removeListener('SIGINT', onInterrupt);
  }
}

function stop(folder: RunFolder, progress: Progress | null, finished: number): never {
  progress?.finish();
  folder.abandon();
  printError(interrupted(finished, folder.path));
  process.exit(EXIT_CODES.interrupted);
}

/** Said on Ctrl-C. */
function interrupted(finished: number, folder: string): string {
  if (finished === 0) {
    return `${PROGRAM_NAME}: interrupted before the first cell was finished; nothing is kept.\n`;
  }
  const cells = finished === 1 ? '1 finished cell is' : `${finished} finished cells are`;
  return (
    `${PROGRAM_NAME}: interrupted; ${cells} kept in ${folder}/results.jsonl.\n` +
    `Go on with: ${INVOCATION} run --resume ${folder}\n`
  );
}

/** Said at the end of a shard. */
function shardDone(name: string, count: number, total: number, folder: string): string {
  return (
    `${name}: ${count} of ${total} cells are in ${folder}.\n` +
    `When all shards are there: ${INVOCATION} run --merge DIR… --out DIR\n`
  );
}
