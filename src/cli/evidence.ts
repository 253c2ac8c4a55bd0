import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Evidence } from '../report/sections.ts';
import { parseSeries } from '../series/parse-series.ts';
import { projectRoot } from './project-root.ts';
import { readText } from './read-run.ts';

/** Made by the command `patches`, and part of the project. */
const SERIES_FILE = 'data/series/series.json';

/** What a report shows beside its run. Throws UserError('input') when a file of it is damaged. */
export function readEvidence(root: string = projectRoot()): Evidence {
  const series = join(root, SERIES_FILE);
  return existsSync(series) ? { series: parseSeries(readText(series), series) } : {};
}
