/** A mutant that no test can tell from the original, and why. */
export interface EquivalentMutant {
  readonly path: string;
  /** The whole line that it changes, without the spaces around it: lines move. */
  readonly line: string;
  readonly from: string;
  readonly to: string;
  readonly why: string;
}

/** A test fails when one of these no longer is a mutant of its file. */
export const EQUIVALENT_MUTANTS: readonly EquivalentMutant[] = [];
