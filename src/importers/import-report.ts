/** Lines of a file that a statement rests on, ends included; the first line is 1. */
export interface SourceRange {
  readonly file: string;
  readonly firstLine: number;
  readonly lastLine: number;
}

/** One sentence without its full stop, and what it rests on; null: on no particular line. */
export interface Statement {
  readonly text: string;
  readonly source: SourceRange | null;
}

/** What every import says of itself. Nothing is guessed silently. */
export interface ImportReport {
  readonly understood: readonly Statement[];
  readonly unknown: readonly Statement[];
  /** What stands in for the unknown, and why. */
  readonly assumed: readonly Statement[];
}
