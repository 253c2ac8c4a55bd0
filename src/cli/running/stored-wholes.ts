import type { PlannedCell } from '../../run/executed-cell.ts';
import type { KnownWhole } from '../../run/settled-seeds.ts';
import type { SensitivityResult } from '../../sensitivity/sensitivity-result.ts';

/**
 * Analyses of scenarios of a run that are about its own cells. Throws UserError('input') when a file is damaged.
 */
export async function storedAnalyses(
  scenarios: readonly { readonly id: string; readonly machine: string }[],
  cellIds: ReadonlySet<string>,
): Promise<readonly SensitivityResult[]> {
  if (scenarios.length === 0) return [];
  const { storedAnalysis } = await import('./stored-analysis.ts');
  return scenarios.flatMap(({ id, machine }) => {
    const stored = storedAnalysis(id);
    if (stored === undefined) return [];
    const { cellIds: own, result } = stored;
    const isOfRun = cellIds.has(own.before) && cellIds.has(own.after);
    return isOfRun && result.machine === machine ? [result] : [];
  });
}

/** Whole intervals that are known before a run begins, of its scenarios. */
export async function storedWholes(cells: readonly PlannedCell[]): Promise<readonly KnownWhole[]> {
  const places = new Map(
    cells.map(({ suite, machineId }) => [
      `${suite.id} ${machineId}`,
      { id: suite.id, machine: machineId },
    ]),
  );
  const ids = new Set(cells.map(({ cellId }) => cellId));
  const found = await storedAnalyses([...places.values()], ids);
  return found.map(({ suite, machine, baseline, strategy, uncertainty }) => ({
    scenario: suite,
    machine,
    baseline,
    strategy,
    ratio: uncertainty.savingRatio,
    ns: uncertainty.savingNs,
  }));
}
