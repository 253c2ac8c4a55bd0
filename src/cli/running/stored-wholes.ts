import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { PlannedCell } from '../../run/executed-cell.ts';
import type { KnownWhole } from '../../run/settled-seeds.ts';
import type { SensitivityResult } from '../../sensitivity/sensitivity-result.ts';
import { readText } from '../files/read-text.ts';
import { projectRoot } from '../project-root.ts';

/** Made by `npm run make -- sensitivity`, and part of the project: a file for each scenario. */
const SENSITIVITY_FOLDER = 'data/sensitivity';

/**
 * Analyses of scenarios of a run that are about its own cells. Throws UserError('input') when a file is damaged.
 */
export async function storedAnalyses(
  scenarios: readonly { readonly id: string; readonly machine: string }[],
  cellIds: ReadonlySet<string>,
): Promise<readonly SensitivityResult[]> {
  const files = scenarios.flatMap(({ id, machine }) => {
    // A scenario's id comes from a suite and is no path.
    const path = join(projectRoot(), SENSITIVITY_FOLDER, `${basename(id)}.json`);
    return existsSync(path) ? [{ path, machine }] : [];
  });
  if (files.length === 0) return [];
  const { parseSensitivity } = await import('../../sensitivity/stored.ts');
  return files.flatMap(({ path, machine }) => {
    const { cellIds: own, result } = parseSensitivity(readText(path), path);
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
