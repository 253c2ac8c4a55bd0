import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyOf } from '../../rig/once.ts';
import { projectRoot } from '../project-root.ts';
import { programHash } from '../running/build-hash.ts';
import type { Store } from './store.ts';

/** The texts of a report. */
export interface ReportTexts {
  readonly markdown: string;
  readonly html: string;
}

/**
 * The report of these results, made or kept. `results` is the path of results.jsonl, `manifest` what goes into
 * manifest.json, `beside` what else the report says: with the program they decide every byte.
 */
export async function keptReport(
  store: Store,
  of: { readonly results: string; readonly manifest: unknown; readonly beside: unknown },
  make: () => Promise<ReportTexts>,
): Promise<ReportTexts> {
  const results = createHash('sha256').update(readFileSync(of.results)).digest('hex');
  const key = keyOf(
    programHash(),
    dependencies(),
    process.version,
    results,
    of.manifest,
    of.beside,
  );
  const kept = store.get('reports', key);
  if (kept !== null) return JSON.parse(kept.toString()) as ReportTexts;
  const made = await make();
  store.put('reports', key, Buffer.from(JSON.stringify(made)));
  return made;
}

/** Packages that draw a report, with their versions. */
function dependencies(): string {
  return readFileSync(join(projectRoot(), 'package.json'), 'utf8');
}
