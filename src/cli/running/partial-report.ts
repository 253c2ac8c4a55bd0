import { placeOf } from '../../run/place.ts';
import type { Manifest, RunSummary } from '../../run/results.ts';
import { INVOCATION } from '../output/invocation.ts';
import { shellWord } from '../output/shell-word.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { type Beside, reportTexts } from './finished-run.ts';

/** What was computed of a run before it was stopped. */
export interface Part {
  readonly summary: RunSummary;
  /** Scenarios and machines whose cells are all there. */
  readonly complete: ReadonlySet<string>;
  readonly finishedCells: number;
  readonly cells: number;
}

/** The command that goes on with a run. */
export function resumeCommand(folder: string): string {
  return `${INVOCATION} run --resume ${shellWord(folder)}`;
}

/**
 * Writes the reports of what a stopped run has, marked as partial; false where nothing can be compared yet. A
 * scenario that is not complete shows what its seeds have in common, and no expectation is judged by it.
 */
export async function writePartialReport(
  folder: RunFolder,
  part: Part,
  cellIds: readonly string[],
  beside: Beside,
): Promise<boolean> {
  const summary = comparable(part);
  if (summary.scenarios.length === 0) return false;
  const partial = {
    finishedCells: part.finishedCells,
    cells: part.cells,
    command: resumeCommand(folder.path),
  };
  folder.finishPart(await reportTexts({ summary, cellIds }, { ...beside, partial }));
  return true;
}

function comparable({ summary, complete }: Part): RunSummary {
  const scenarios = summary.scenarios.flatMap((scenario) => {
    const comparisons = scenario.comparisons.filter(({ seeds }) => seeds >= 2);
    if (comparisons.length === 0) return [];
    const isComplete = complete.has(placeOf(scenario.id, scenario.machine));
    return [{ ...scenario, comparisons, expectations: isComplete ? scenario.expectations : [] }];
  });
  const ids = new Set(scenarios.map(({ id }) => id));
  const manifest: Manifest = {
    ...summary.manifest,
    scenarios: summary.manifest.scenarios.filter(({ id }) => ids.has(id)),
  };
  return { manifest, scenarios };
}
