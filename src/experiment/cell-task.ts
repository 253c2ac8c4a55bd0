import type { PageTrace } from '../inputs/page-trace.ts';
import type { Task } from '../parallel/task.ts';
import { providePageTrace, readPageTraceAt } from '../workloads/captures.ts';
import { provideAnalysis, type TouchAnalysis, touchAnalysis } from '../workloads/stream-cache.ts';
import { World } from '../workloads/world.ts';
import { tracePath } from './prepare-workload.ts';
import type { CellResult } from './results.ts';
import { type Cell, runCell, worldOptions } from './run-cell.ts';

/** A page trace, and what is known of its touches in worlds like a cell's. */
export interface SharedTrace {
  readonly path: string;
  readonly content: PageTrace;
  readonly analysis: TouchAnalysis;
}

/** A cell with the page trace that it runs, if whoever asks for it has decoded that already. */
export interface CellInput {
  readonly cell: Cell;
  readonly trace: SharedTrace | null;
}

/** A cell as work for a pool. */
export const cellTask: Task<null, CellInput, CellResult> = {
  module: import.meta.url,
  name: 'cellTask',
  run: ({ cell, trace }) => {
    if (trace !== null) {
      const { touches } = providePageTrace(trace.path, trace.content);
      provideAnalysis(touches, trace.analysis);
    }
    return runCell(cell);
  },
};

/** `cpuid-npt-npt on zen3-milan, kvm-6.14, seed 3`, for messages. */
export function cellName(cell: Cell): string {
  return `${cell.suite.id} on ${cell.machineId}, ${cell.strategy.id}, seed ${cell.seed}`;
}

/**
 * Cells with their traces in memory that all threads share: each is decoded and planned once, when the
 * first cell that needs it is asked for, and given up at the first that doesn't. Cells of a plan come
 * suite by suite.
 */
export function* withSharedTraces(cells: Iterable<Cell>): Generator<CellInput> {
  let latest = null as SharedTrace | null;
  let plannedFor = '';
  for (const cell of cells) {
    const { suite, machineId } = cell;
    const path = suite.workload.kind === 'program' ? tracePath(suite, suite.workload) : null;
    const worlds = `${suite.id} ${machineId}`;
    if (path === null) latest = null;
    else if (path !== latest?.path || worlds !== plannedFor) {
      const content: PageTrace =
        path === latest?.path
          ? latest.content
          : readPageTraceAt(path, (length) => new SharedArrayBuffer(length));
      latest = { path, content, analysis: analysisFor(cell, content) };
      plannedFor = worlds;
    }
    yield { cell, trace: latest };
  }
}

/** What worlds like this cell's need to know of a trace; what was known of it before is kept. */
function analysisFor(cell: Cell, { pageNumbers, touches }: PageTrace): TouchAnalysis {
  const [place] = new World(worldOptions(cell)).places;
  place!.stream(2, pageNumbers, touches);
  return touchAnalysis(touches)!;
}
