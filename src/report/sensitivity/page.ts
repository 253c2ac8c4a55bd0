import type { SensitivityResult } from '../../sensitivity/sensitivity-result.ts';
import { figuresIn } from '../blocks/document.ts';
import { drawFigures } from '../blocks/drawings.ts';
import { escapeHtml } from '../blocks/escape.ts';
import { sectionHtml } from '../blocks/html-blocks.ts';
import { htmlPage } from '../blocks/html-page.ts';
import { breakEvenSection } from './break-even.ts';
import { sensitivitySection } from './section.ts';

/** What an answer depends on as one HTML file without scripts and without any request. */
export async function renderSensitivityHtml(result: SensitivityResult): Promise<string> {
  const { breakEven } = result;
  const sections = [
    sensitivitySection(result),
    ...(breakEven === null ? [] : [breakEvenSection(breakEven)]),
  ];
  const figures = figuresIn(sections.flatMap(({ blocks }) => blocks));
  const drawings = await drawFigures(figures);
  const title = `Sensitivity of ${result.suite}`;
  return htmlPage({
    title,
    header: [
      `<p class="context">asidbench · modelled times · ${escapeHtml(result.machine)}</p>`,
      `<h1>${escapeHtml(title)}</h1>`,
      `<p class="question">${escapeHtml(result.question)}</p>`,
    ],
    main: sections.map((section) => sectionHtml(section, drawings)),
  });
}
