/**
 * Writes docs/evidence/validation.md, its picture docs/evidence/validation.svg, and what reports show of it,
 * data/validation/scoreboard.json: `npm run make -- validation`.
 * Same code and data, same bytes.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { shippedProbes } from '../src/cli/commands/validate/probes.ts';
import { renderSvgs } from '../src/report/blocks/render-svg.ts';
import { standaloneSvg } from '../src/report/blocks/standalone-svg.ts';
import { validationMarkdown } from '../src/report/validation/markdown.ts';
import { wholeValidationSection } from '../src/report/validation/section.ts';
import { shippedSuites } from '../src/suite/load-suite.ts';
import { TOPIC_IDS } from '../src/validation/rows.ts';
import { scoreboard } from '../src/validation/scoreboard.ts';

const PICTURE = 'docs/evidence/validation.svg';

const board = scoreboard({ suites: shippedSuites(), probes: shippedProbes() }, TOPIC_IDS);
writeFileSync('docs/evidence/validation.md', validationMarkdown(board, 'validation.svg'));
mkdirSync('data/validation', { recursive: true });
writeFileSync('data/validation/scoreboard.json', `${JSON.stringify(board)}\n`);
for (const block of wholeValidationSection(board).blocks) {
  if (block.kind !== 'figure') continue;
  const [svg = ''] = await renderSvgs([block.figure.wide]);
  writeFileSync(PICTURE, standaloneSvg(svg, block.figure.description));
}
