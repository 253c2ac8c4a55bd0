import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Evidence } from '../report/sections.ts';
import { parseSeries } from '../series/parse-series.ts';
import { readJson } from '../util/read-json.ts';
import { UserError } from '../util/user-error.ts';
import type { Scoreboard } from '../validation/rows.ts';
import { projectRoot } from './project-root.ts';
import { readText } from './read-run.ts';

/** Made by the command `patches`, and part of the project. */
const SERIES_FILE = 'data/series/series.json';
/** Made by `npm run validation`, and part of the project. */
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

/** What a report shows beside its run. Throws UserError('input') when a file of it is damaged. */
export function readEvidence(root: string = projectRoot()): Evidence {
  const series = join(root, SERIES_FILE);
  const validation = join(root, VALIDATION_FILE);
  return {
    ...(existsSync(series) ? { series: parseSeries(readText(series), series) } : {}),
    ...(existsSync(validation) ? { validation: parseScoreboard(validation) } : {}),
  };
}

function parseScoreboard(path: string): Scoreboard {
  const cure = 'Write it again with `npm run validation`';
  const value = readJson(readText(path), path, cure);
  if (scoreboardShape.safeParse(value).success) return value as Scoreboard;
  throw new UserError('input', path, 'it is no scoreboard', cure);
}
