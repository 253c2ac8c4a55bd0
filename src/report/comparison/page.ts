import type { ComparedScenario, RunComparison } from '../../compare/compare-runs.ts';
import type { GateOutcome } from '../../compare/gate.ts';
import { drawFigures } from '../blocks/drawings.ts';
import { escapeHtml } from '../blocks/escape.ts';
import { figureHtml, sectionHtml } from '../blocks/html-blocks.ts';
import { htmlPage } from '../blocks/html-page.ts';
import { type Safety, safetyWords } from '../safety.ts';
import { forestFigure, remarkSection, verdictSection } from './section.ts';
import { comparisonAnswer, countsWords, limitWords, sideWords } from './words.ts';

/**
 * A comparison as one HTML file without scripts and without any request.
 * The same comparison gives the same bytes.
 */
export async function renderComparisonHtml(
  comparison: RunComparison,
  gate: GateOutcome | null,
  safety: readonly Safety[],
): Promise<string> {
  const figure = forestFigure(comparison);
  const drawings = await drawFigures([figure]);
  const sections = [verdictSection(comparison), remarkSection(comparison)];
  const title = titleOf(comparison);
  const isBad = gate !== null && !gate.passed;
  const before = escapeHtml(sideWords(comparison, 'before'));
  const after = escapeHtml(sideWords(comparison, 'after'));
  const answer = [comparisonAnswer(comparison), ...gateSentence(gate)].join(' ');
  return htmlPage({
    title,
    header: [
      '<p class="context">asidbench · modelled times · comparison</p>',
      `<h1>${escapeHtml(title)}</h1>`,
      `<p class="question">A is ${before}. B is ${after}.</p>`,
      `<p class="answer${isBad ? ' bad' : ''}">${escapeHtml(answer)}</p>`,
      `<p class="verdict">${escapeHtml(safetyWords(safety))}</p>`,
    ],
    main: [
      figureHtml(figure, drawings),
      ...sections.map((section) => sectionHtml(section, drawings)),
    ],
  });
}

function titleOf(comparison: RunComparison): string {
  const { scenarios } = comparison;
  const all = (...verdicts: readonly ComparedScenario['verdict'][]): boolean =>
    scenarios.every((each) => verdicts.includes(each.verdict));
  const of = scenarios.length === 1 ? '' : ` in all ${scenarios.length} comparisons`;
  if (all('same', 'equivalent')) return 'No difference';
  if (all('faster')) return `B is faster${of}`;
  if (all('slower')) return `B is slower${of}`;
  return `B against A: ${countsWords(comparison)}`;
}

function gateSentence(gate: GateOutcome | null): readonly string[] {
  if (gate === null) return [];
  const limit = limitWords(gate.maxSlowerRatio);
  return gate.passed
    ? [`The gate passes: nothing is surely slower by more than ${limit}.`]
    : [`The gate fails: ${gate.failed.length} unsafe or surely slower by more than ${limit}.`];
}
