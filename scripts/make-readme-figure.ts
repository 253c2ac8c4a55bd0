/**
 * Draws the README's figure from a run: `node dist/scripts/make-readme-figure.js [RUN] [OUT]`.
 * RUN is a folder with manifest.json and results.jsonl (default reports/example); OUT is the SVG
 * (default docs/headline.svg). Same run, same bytes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STANDALONE } from '../src/charts/figure-layout.ts';
import { renderSvgs } from '../src/charts/render-svg.ts';
import { savingByScenario } from '../src/charts/saving-by-scenario.ts';
import { CHART_FONT } from '../src/charts/theme.ts';
import type { CellResult, Manifest } from '../src/experiment/results.ts';
import { summarize } from '../src/experiment/summarize.ts';

const TITLE = 'Modelled saving per round trip, by scenario and strategy, against the baseline';
/** The page that shows the picture has a background of its own, which may be dark. */
const BACKGROUND = '#ffffff';
const MARGIN_PX = 12;

function readRun(folder: string): { readonly manifest: Manifest; readonly cells: CellResult[] } {
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const lines = readFileSync(join(folder, 'results.jsonl'), 'utf8').trimEnd().split('\n');
  return { manifest, cells: lines.map((line): CellResult => JSON.parse(line)) };
}

/** The report's drawing as a picture of its own: no page gives it colours, a font or a name. */
function standalone(svg: string): string {
  const baked = svg.replace(/var\(--[a-z0-9-]+,(#[0-9a-f]{6})\)/g, '$1');
  const box = /viewBox="([\d.-]+) ([\d.-]+) ([\d.]+) ([\d.]+)"/.exec(baked);
  if (box === null) throw new Error('the drawing has no viewBox');
  const [x, y, width, height] = box.slice(1).map(Number) as [number, number, number, number];
  const [left, top] = [x - MARGIN_PX, y - MARGIN_PX];
  const [wide, high] = [width + 2 * MARGIN_PX, height + 2 * MARGIN_PX];
  return `${baked
    .replace(' aria-hidden="true"', ` role="img" font-family="${CHART_FONT}"`)
    .replace(box[0], `width="${wide}" height="${high}" viewBox="${left} ${top} ${wide} ${high}"`)
    .replace(
      />/,
      `><title>${TITLE}</title>` +
        `<rect x="${left}" y="${top}" width="${wide}" height="${high}" fill="${BACKGROUND}"/>`,
    )}\n`;
}

const [run = 'reports/example', out = 'docs/headline.svg'] = process.argv.slice(2);
const { manifest, cells } = readRun(run);
const [svg] = await renderSvgs([savingByScenario(summarize(manifest, cells), STANDALONE)]);
if (svg === undefined) throw new Error('nothing was drawn');
writeFileSync(out, standalone(svg));
