import type { CellResult, Manifest } from './results.ts';

/** What a caller wants to be told while a run goes on. */
export interface RunHooks {
  /** Called in plan order as cells become available. */
  readonly onCell: (cell: CellResult, done: number, total: number) => void;
  /** Told in one sentence what went wrong without ending the run. */
  readonly onNotice?: (sentence: string) => void;
}

/** A run with all its cells, in plan order: what `summarize` takes. */
export interface RunOutcome {
  readonly manifest: Manifest;
  readonly cells: readonly CellResult[];
}
