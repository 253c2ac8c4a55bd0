/**
 * Draws the README's figure from a run: `npm run make -- figure [RUN] [OUT]`.
 * RUN is a folder with manifest.json and results.jsonl (default reports/example); OUT is the SVG
 * (default docs/evidence/headline.svg). Same run, same bytes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STANDALONE } from '../src/report/blocks/figure-layout.ts';
import { renderSvgs } from '../src/report/blocks/render-svg.ts';
import { standaloneSvg } from '../src/report/blocks/standalone-svg.ts';
import { reportModel } from '../src/report/run/model.ts';
import { savingByScenario } from '../src/report/run/saving-by-scenario.ts';
import type { CellResult, Manifest } from '../src/run/results.ts';
import { summarize } from '../src/run/summarize.ts';

const TITLE = 'Modelled saving per round trip, by scenario and strategy, against the baseline';
function readRun(folder: string): { readonly manifest: Manifest; readonly cells: CellResult[] } {
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const lines = readFileSync(join(folder, 'results.jsonl'), 'utf8').trimEnd().split('\n');
  return { manifest, cells: lines.map((line): CellResult => JSON.parse(line)) };
}

const [run = 'reports/example', out = 'docs/evidence/headline.svg'] = process.argv.slice(2);
const { manifest, cells } = readRun(run);
const [svg] = await renderSvgs([
  savingByScenario(reportModel(summarize(manifest, cells)), STANDALONE),
]);
if (svg === undefined) throw new Error('nothing was drawn');
writeFileSync(out, standaloneSvg(svg, TITLE));
