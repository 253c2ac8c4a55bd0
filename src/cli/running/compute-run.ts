import { join } from 'node:path';
import type { PmuRates } from '../../importers/pmu-findings.ts';
import { isAskedByPage } from '../../live/live-question.ts';
import { escapeTerminal } from '../../report/blocks/escape.ts';
import { type Course, openCourse, withTakenSeeds } from '../../run/course.ts';
import type { OnResult } from '../../run/execute.ts';
import type { PlannedCell } from '../../run/executed-cell.ts';
import { placeOf } from '../../run/place.ts';
import { withKnown } from '../../run/precision.ts';
import type { CellResult, RunSummary } from '../../run/results.ts';
import { planName, positionsOf, type RunPlan } from '../../run/run-plan.ts';
import type { KnownWhole, ScenarioSettling } from '../../run/settled-seeds.ts';
import { type SummaryInProgress, startSummary } from '../../run/summarize.ts';
import type { TripContents } from '../../run/tlb-contents.ts';
import { EXIT_CODES } from '../../util/user-error.ts';
import { openStore } from '../kept/store.ts';
import { INVOCATION, PROGRAM_NAME } from '../output/invocation.ts';
import { print, printError } from '../output/io.ts';
import { type Progress, startTerminalProgress } from '../output/progress.ts';
import { say } from '../output/say.ts';
import { FILES, openRunFolder, type RunFolder, resumeRunFolder } from '../run-folder/run-folder.ts';
import type { StoredCell } from '../run-folder/stored-cells.ts';
import { type EngineFlags, engineFor } from './engine.ts';
import { prepareReport, printSummary, writeReport } from './finished-run.ts';
import { listenForInterrupts } from './interruption.ts';
import { resumeCommand, writePartialReport } from './partial-report.ts';
import { scenarioRow } from './scenario-row.ts';

/**
 * So many cells before the last one the report's modules are loaded: late enough to cost no memory while
 * traces are in use, early enough to be there when the last cell is.
 */
const PREPARE_BEFORE_LAST = 48;
/** So many of each kind are kept for the report, some kilobytes each; of a larger sweep the rest is run again. */
const MOST_KEPT = 400;

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
  /** Scenarios that take as many seeds as they need; absent: none. */
  readonly settling?: readonly ScenarioSettling[];
  /** Whole intervals that are known before the run, for its rows; absent: none. */
  readonly wholes?: readonly KnownWhole[];
  /** Results of a pilot by cell id; absent: none. */
  readonly known?: ReadonlyMap<string, CellResult>;
  /** Printed after the summary of a finished run, unless that is JSON. */
  readonly remark?: (summary: RunSummary) => Promise<string>;
}

/** A run that is under way. */
interface Running extends PlannedRun {
  readonly course: Course;
  /** Null: a shard has none. */
  readonly summary: SummaryInProgress | null;
  readonly progress: Progress | null;
  /** Scenarios and machines whose cells are all there. */
  readonly complete: Set<string>;
  readonly kept: {
    readonly trips: Map<string, TripContents>;
    readonly results: Map<string, CellResult>;
  };
}

/** Computes what is missing of a run, and its report unless it is a shard; returns the exit code. */
export async function computeRun(run: PlannedRun): Promise<number> {
  const { plan, cells, flags, settling = [] } = run;
  const running: Running = {
    ...run,
    course: openCourse(plan, cells, settling),
    summary: plan.shard === null ? startSummary(plan.manifest) : null,
    progress: flags.json === true ? null : startTerminalProgress(),
    complete: new Set(),
    kept: { trips: new Map(), results: new Map() },
  };
  const folder = openFolder(running);
  const { summary, course } = running;
  const isStopped = await computeInto(folder, running);
  if (isStopped) return EXIT_CODES.interrupted;
  if (summary === null) {
    folder.finishShard();
    const count = positionsOf(plan).length;
    print(shardDone(planName(plan), count, plan.cellIds.length, folder.path));
    return EXIT_CODES.ok;
  }
  const manifest = withTakenSeeds(plan.manifest, course.settled());
  const finished = { ...summary.finish(), manifest };
  const store = openStore(flags.fresh === true);
  const beside = flags.measured === undefined ? {} : { measured: flags.measured };
  const { kept } = running;
  await writeReport(folder, { summary: finished, cellIds: plan.cellIds, kept }, store, beside);
  store.close();
  const isJson = flags.json === true;
  const exitCode = await printSummary(finished, plan.cellIds, folder.path, isJson, beside);
  if (run.remark !== undefined && !isJson) print(`\n${await run.remark(finished)}`);
  return exitCode;
}

function openFolder(running: Running): RunFolder {
  const { name, plan, cells, course, flags } = running;
  if (flags.resume === undefined) return openRunFolder('reports', name, flags.out ?? null, plan);
  const onStored = ({ cell, isComplete }: StoredCell): void => take(running, cell, isComplete);
  return resumeRunFolder(flags.resume, plan, { cells, course, onStored, onNotice: say });
}

/** Takes a cell into the summary, and shows its scenario's row when that is complete. */
function take(running: Running, cell: CellResult, isComplete: boolean): void {
  const { summary, complete, progress, wholes = [], plan } = running;
  summary?.add(cell);
  if (!isComplete || summary === null) return;
  complete.add(placeOf(cell.scenario, cell.machine));
  const row = scenarioRow(summary.close(cell.scenario, cell.machine), wholes);
  // The only row of a run stands in its table a moment later.
  const isAlone = plan.manifest.scenarios.length * plan.manifest.machines.length === 1;
  if (row === null || progress === null || isAlone) return;
  if (!progress.above(escapeTerminal(row))) say(row);
}

function keepForReport(
  { kept: { trips, results } }: Running,
  cell: CellResult,
  contents: TripContents | null,
): void {
  if (contents !== null && trips.size < MOST_KEPT) trips.set(cell.cellId, contents);
  if (isAskedByPage(cell) && results.size < MOST_KEPT) results.set(cell.cellId, cell);
}

/** Runs what is missing; every finished cell is in the folder whatever happens next. True: Ctrl-C has stopped it. */
async function computeInto(folder: RunFolder, running: Running): Promise<boolean> {
  const { plan, cells, flags, course, progress, known = new Map() } = running;
  const notice = (sentence: string): void => {
    progress?.finish();
    say(sentence);
  };
  let finished = folder.stored;
  const stop = listenForInterrupts(() => endAtOnce(progress));
  const onResult: OnResult = (cell, _index, contents) => {
    // What a thread was at when it was stopped.
    if (stop.signal.aborted) return;
    folder.append(cell);
    keepForReport(running, cell, contents);
    finished += 1;
    take(running, cell, course.add(cell));
    progress?.advance(finished, course.total());
    if (running.summary !== null && finished === course.total() - PREPARE_BEFORE_LAST) {
      prepareReport();
    }
  };
  const compute = async (): Promise<void> => {
    const engine = withKnown(await engineFor(flags, plan.build, notice), known);
    for (let due = course.due(); due.length > 0 && !stop.signal.aborted; due = course.due()) {
      const missing = due.map((position) => cells[position]!);
      await engine(missing, onResult, stop.signal);
    }
  };
  try {
    const computing = compute();
    await Promise.race([computing, stop.happened]);
    if (!stop.signal.aborted) return false;
    computing.catch(() => undefined);
    progress?.finish();
    await keepPart(folder, running, finished);
    return true;
  } catch (error) {
    folder.abandon();
    throw error;
  } finally {
    progress?.finish();
    stop.release();
  }
}

/** Leaves what there is of a stopped run as a report. */
async function keepPart(folder: RunFolder, running: Running, finished: number): Promise<void> {
  const { plan, flags, course, summary, complete } = running;
  if (summary === null || finished === 0) {
    folder.abandon();
    printError(interrupted(finished, folder.path));
    return;
  }
  // Said first: a second Ctrl-C ends the rest.
  printError(interrupted(finished, folder.path));
  const part = { summary: summary.finish(), complete, finishedCells: finished };
  const beside = flags.measured === undefined ? {} : { measured: flags.measured };
  const cellCount = Math.max(course.total(), finished);
  const isWritten = await writePartialReport(
    folder,
    { ...part, cells: cellCount },
    plan.cellIds,
    beside,
  );
  if (!isWritten) folder.abandon();
  else printError(`What there is, as a report: ${join(folder.path, FILES.html)}\n`);
}

function endAtOnce(progress: Progress | null): never {
  progress?.finish();
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
    `Go on with: ${resumeCommand(folder)}\n`
  );
}

/** Said at the end of a shard. */
function shardDone(name: string, count: number, total: number, folder: string): string {
  return (
    `${name}: ${count} of ${total} cells are in ${folder}.\n` +
    `When all shards are there: ${INVOCATION} run --merge DIR… --out DIR\n`
  );
}
