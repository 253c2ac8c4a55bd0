import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseSensitivity, type StoredSensitivity } from '../../sensitivity/stored.ts';
import { readText } from '../files/read-text.ts';
import { projectRoot } from '../project-root.ts';

/** Made by `npm run make -- sensitivity`, and part of the project: a file for each scenario. */
const FOLDER = 'data/sensitivity';

/** The shipped analysis of a scenario, whose id comes from a suite and is no path. */
export function storedAnalysis(id: string): StoredSensitivity | undefined {
  const path = join(projectRoot(), FOLDER, `${basename(id)}.json`);
  return existsSync(path) ? parseSensitivity(readText(path), path) : undefined;
}
