import { readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { evidenceFor } from '../../src/cli/running/evidence.ts';
import { livePage } from '../../src/cli/running/live-page.ts';
import { ASCII } from '../../src/report/blocks/numbers.ts';
import { answerSentence } from '../../src/report/run/answer.ts';
import { renderMarkdown } from '../../src/report/run/markdown.ts';
import { reportModel, safetyIn } from '../../src/report/run/model.ts';
import { renderHtml } from '../../src/report/run/page.ts';
import { safetyClause } from '../../src/report/safety.ts';
import type { CellResult, Manifest } from '../../src/run/results.ts';
import { runCell } from '../../src/run/run-cell.ts';
import { summarize } from '../../src/run/summarize.ts';
import { loadSuites } from '../../src/suite/load-suite.ts';
import { planCells } from '../../src/suite/plan.ts';

const read = (name: string) => readFileSync(`reports/example/${name}`, 'utf8');
const manifest: Manifest = JSON.parse(read('manifest.json'));
const cells: CellResult[] = read('results.jsonl')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

const summary = summarize(manifest, cells);
const evidence = await evidenceFor(
  summary,
  cells.map(({ cellId }) => cellId),
);

test('the committed example is what the code gives: two seeds of every strategy of three suites', () => {
  const wanted = ['cpuid-npt-npt', 'npf-npt-npt', 'kv-redis-l2'];
  const suites = loadSuites('suites/headline').filter(({ id }) => wanted.includes(id));
  const request = { suites, machines: null, strategies: null, seeds: 2, jobs: 1, command: '' };
  const plan = planCells(request);
  expect(plan).toHaveLength(3 * 4 * 2);
  for (const cell of plan) {
    const committed = cells.find(({ cellId }) => cellId === cell.cellId);
    expect(runCell(cell), `${cell.suite.id} ${cell.strategy.id} ${cell.seed}`).toEqual(committed);
  }
});

/**
 * A page without its script and the hash of it, which change with any code of the model: the tests of
 * the browser run it.
 */
function withoutScript(page: string): string {
  return page.replace(/<script>.*<\/script>/s, '').replace(/'sha256-[^']*'/, '');
}

test('its report is made of its results and of what the project knows beside them', async () => {
  expect(renderMarkdown(summary, evidence)).toBe(read('report.md'));
  const page = await renderHtml(summary, evidence, livePage(summary));
  // As a truth, so that a difference is told without megabytes of it.
  const isSame = withoutScript(page) === withoutScript(read('report.html'));
  expect(isSame, 'report reports/example --format html --out reports/example/report.html').toBe(
    true,
  );
});

test('its page fits into a mail: less than 1.5 MB', () => {
  expect(statSync('reports/example/report.html').size).toBeLessThan(1_500_000);
});

test("README's figures are the example's", () => {
  const model = reportModel(summary, evidence);
  const fitted = summary.scenarios.find(({ id }) => id === 'cpuid-npt-npt')!.comparisons[0]!;
  const readme = readFileSync('README.md', 'utf8').replaceAll(/\s+/g, ' ');
  const before = Math.round(fitted.before.point).toLocaleString('en-US');
  expect(readme).toContain(`takes ${fitted.savingNs.point.toFixed(0)} of the ${before} ns`);
  expect(readme).toContain(`(${(fitted.savingRatio.point * 100).toFixed(1)} %)`);
  const [, low = '', high = ''] = /it saves ([\d.]+)\.\.([\d.]+) %/.exec(
    answerSentence(model, ASCII),
  )!;
  expect(readme).toContain(`saves from ${low} to ${Math.round(Number(high))} %`);
  const safety = safetyClause(safetyIn(model, model.headline.comparison.strategy));
  expect(readme).toContain(safety);
});
