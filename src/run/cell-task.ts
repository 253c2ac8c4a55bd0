import type { PageTrace } from '../inputs/page-trace.ts';
import type { Task } from '../parallel/task.ts';
import { loadWindow } from '../suite/captured-window.ts';
import type { Cell } from '../suite/cell.ts';
import { providePageTrace, readPageTraceAt } from '../workloads/captures.ts';
import { provideAnalysis, type TouchAnalysis, takeAnalysis } from '../workloads/stream-cache.ts';
import { World } from '../workloads/world.ts';
import { isExecuted, type PlannedCell, runExecutedCell } from './executed-cell.ts';
import { tracePath } from './prepare-workload.ts';
import type { CellResult } from './results.ts';
import { runCell, worldOptions } from './run-cell.ts';
import { runWatched, type TripContents } from './tlb-contents.ts';

/** A page trace, and what is known of its touches in worlds like a cell's. */
export interface SharedTrace {
  readonly path: string;
  readonly content: PageTrace;
  readonly analysis: TouchAnalysis;
}

/** A cell with the page trace that it runs, if whoever asks for it has decoded that already. */
export interface CellInput {
  readonly cell: PlannedCell;
  readonly trace: SharedTrace | null;
}

/** What a thread makes of a cell. */
export interface ComputedCell {
  readonly result: CellResult;
  /** What a report may show of the TLB: of the first seed of a scenario, for nothing; else null. */
  readonly contents: TripContents | null;
}

/** A cell as work for a pool. */
export const cellTask: Task<null, CellInput, ComputedCell> = {
  module: import.meta.url,
  name: 'cellTask',
  run: ({ cell, trace }) => {
    if (trace !== null) {
      const { touches } = providePageTrace(trace.path, trace.content);
      provideAnalysis(touches, trace.analysis);
    }
    if (isExecuted(cell) || cell.seed !== cell.suite.seeds.first) {
      return { result: computeCell(cell), contents: null };
    }
    loadWindows(cell);
    return runWatched(cell);
  },
};

/** The result of a cell of either kind, in this thread. */
export function computeCell(cell: PlannedCell): CellResult {
  loadWindows(cell);
  return isExecuted(cell) ? runExecutedCell(cell) : runCell(cell);
}

/** Reads the windows of captures that a cell needs; each thread does so once. */
function loadWindows(cell: PlannedCell): void {
  if (cell.suite.window !== undefined) loadWindow(cell.suite.window);
  if (isExecuted(cell)) loadWindow(cell.executed);
}

/** `cpuid-npt-npt on zen3-milan, kvm-6.14, seed 3`, for messages. */
export function cellName(cell: PlannedCell): string {
  return `${cell.suite.id} on ${cell.machineId}, ${cell.strategy.id}, seed ${cell.seed}`;
}

/** Whose trace is to be made ready, for its cell and those like it. */
export interface TraceNeed {
  readonly cell: Cell;
  readonly path: string;
  /** Null if nobody has decoded it yet. */
  readonly content: PageTrace | null;
}

/** Decoding and planning of a trace as work for a pool. */
export const traceTask: Task<null, TraceNeed, SharedTrace> = {
  module: import.meta.url,
  name: 'traceTask',
  run: ({ cell, path, content }) => {
    const shared = content ?? readPageTraceAt(path, (length) => new SharedArrayBuffer(length));
    return { path, content: shared, analysis: analysisFor(cell, shared) };
  },
};

/**
 * Cells with their traces in memory that all threads share: each is decoded and planned once by `make`,
 * when the first cell that needs it is asked for, and given up at the first that doesn't. Cells of a
 * plan come suite by suite.
 */
export function* withSharedTraces(
  cells: Iterable<PlannedCell>,
  make: (need: TraceNeed) => Promise<SharedTrace>,
): Generator<Promise<CellInput>> {
  let path: string | null = null;
  let trace: Promise<SharedTrace | null> = Promise.resolve(null);
  let madeFor = '';
  for (const cell of cells) {
    const { suite, machineId } = cell;
    const before: string | null = path;
    path = suite.workload.kind === 'program' ? tracePath(suite, suite.workload) : null;
    const worlds = `${suite.id} ${machineId} ${path}`;
    if (path === null || isExecuted(cell)) trace = Promise.resolve(null);
    else if (worlds !== madeFor)
      trace = madeTrace(cell, path, path === before ? trace : null, make);
    madeFor = worlds;
    yield trace.then((made) => ({ cell, trace: made }));
  }
}

/** With the content of the trace before where it is of the same file. */
async function madeTrace(
  cell: Cell,
  path: string,
  before: Promise<SharedTrace | null> | null,
  make: (need: TraceNeed) => Promise<SharedTrace>,
): Promise<SharedTrace> {
  return make({ cell, path, content: (await before)?.content ?? null });
}

/** What worlds like this cell's need to know of a trace. */
function analysisFor(cell: Cell, { pageNumbers, touches }: PageTrace): TouchAnalysis {
  const [place] = new World(worldOptions(cell)).places;
  place!.stream(2, pageNumbers, touches);
  return takeAnalysis(touches)!;
}
