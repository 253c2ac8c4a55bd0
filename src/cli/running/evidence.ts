import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseVerdicts, type Verdicts, verdictFor } from '../../checker/verdict.ts';
import { strategyById } from '../../hypervisor/strategies.ts';
import { ledgers } from '../../report/run/cycles-by-cause.ts';
import { type Evidence, reportModel } from '../../report/run/model.ts';
import type { Safety } from '../../report/safety.ts';
import type { RunSummary } from '../../run/results.ts';
import type { TripContents } from '../../run/tlb-contents.ts';
import { parseSeries } from '../../series/parse-series.ts';
import { readJson } from '../../util/read-json.ts';
import { UserError } from '../../util/user-error.ts';
import type { Scoreboard } from '../../validation/rows.ts';
import { readText } from '../files/read-text.ts';
import { projectRoot } from '../project-root.ts';
import { storedAnalyses } from './stored-wholes.ts';

/** Made by `npm run make -- verdicts`, and part of the project. */
const VERDICTS_FILE = 'data/verdicts/verdicts.json';
/** Made by `check --series`, and part of the project. */
const SERIES_FILE = 'data/series/series.json';
/** Made by `npm run make -- validation`, and part of the project. */
const VALIDATION_FILE = 'data/validation/scoreboard.json';

/** The project's own file: what would break a page if it were damaged. */
const scoreboardShape = z.looseObject({
  rows: z.array(
    z.looseObject({
      id: z.string(),
      topic: z.string(),
      status: z.enum(['inside', 'outside', 'notModelled', 'awaiting']),
    }),
  ),
  summary: z.looseObject({ calibration: z.looseObject({}), validation: z.looseObject({}) }),
});

/** A strategy, or what a manifest says of one. */
interface Checkable {
  readonly id: string;
  readonly behaviour: Readonly<Record<string, string>>;
}

/** All stored verdicts of the checker. Throws UserError('input') when the file is damaged. */
function storedVerdicts(): Verdicts {
  const path = join(projectRoot(), VERDICTS_FILE);
  return existsSync(path) ? parseVerdicts(readText(path), path) : new Map();
}

/** The same of a strategy by its name, with what is changed in it. */
export function storedSafetyOf(id: string): Safety {
  const strategy = strategyById(id);
  return strategy === undefined ? { strategy: id, verdict: null } : storedSafety(strategy);
}

/** What the checker found of a strategy. */
export function storedSafety({ id, behaviour }: Checkable): Safety {
  return { strategy: id, verdict: verdictFor(storedVerdicts(), behaviour) ?? null };
}

/** What every output says beside its run: verdicts, and whole intervals. `cellIds` are those of the run. */
export async function knownOf(
  summary: RunSummary,
  cellIds: Iterable<string>,
): Promise<Pick<Evidence, 'verdicts' | 'sensitivity'>> {
  return {
    verdicts: storedVerdicts(),
    sensitivity: await sensitivitiesOf(summary, new Set(cellIds)),
  };
}

/** Trips that were looked on while a run computed its cells, by cell id. */
export type SeenTrips = ReadonlyMap<string, TripContents>;

/** What a report shows beside its run, and that depends on it. */
export async function evidenceFor(
  summary: RunSummary,
  cellIds: Iterable<string>,
  seen: SeenTrips = new Map(),
): Promise<Evidence> {
  const ids = new Set(cellIds);
  const contents = await tlbContentsOf(summary, ids, seen);
  return {
    ...readEvidence(),
    ...(contents === undefined ? {} : { contents }),
    ...(await knownOf(summary, ids)),
  };
}

/** Analyses of scenarios of the run whose cells are those of the run, of what its headline compares. */
async function sensitivitiesOf(summary: RunSummary, cellIds: ReadonlySet<string>) {
  const { comparison } = reportModel(summary).headline;
  const all = await storedAnalyses(summary.scenarios, cellIds);
  return all.filter(
    ({ baseline, strategy }) =>
      baseline === comparison.baseline && strategy === comparison.strategy,
  );
}

/** Where nobody has seen them, the model runs once more: some trips of one seed. */
async function tlbContentsOf(summary: RunSummary, cellIds: ReadonlySet<string>, seen: SeenTrips) {
  const { scenario } = reportModel(summary).headline;
  const [{ contentsOfRun }, { shippedSuitesNamed }] = await Promise.all([
    import('../../run/run-contents.ts'),
    import('../../suite/load-suite.ts'),
  ]);
  return contentsOfRun({
    scenario: scenario.id,
    machine: scenario.machine,
    strategies: ledgers(scenario).map(({ strategy }) => strategy),
    seed: summary.manifest.seeds.first,
    cellIds,
    seen,
    suites: shippedSuitesNamed([scenario.id]),
  });
}

/** What a report shows beside any run. Throws UserError('input') when a file of it is damaged. */
function readEvidence(root: string = projectRoot()): Evidence {
  const series = join(root, SERIES_FILE);
  const validation = join(root, VALIDATION_FILE);
  return {
    ...(existsSync(series) ? { series: parseSeries(readText(series), series) } : {}),
    ...(existsSync(validation) ? { validation: parseScoreboard(validation) } : {}),
  };
}

function parseScoreboard(path: string): Scoreboard {
  const cure = 'Write it again with `npm run make -- validation`';
  const value = readJson(readText(path), path, cure);
  if (scoreboardShape.safeParse(value).success) return value as Scoreboard;
  throw new UserError('input', path, 'it is no scoreboard', cure);
}
