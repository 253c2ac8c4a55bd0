import { renderSvgs } from '../charts/render-svg.ts';
import type { SensitivityResult } from '../experiment/sensitivity-result.ts';
import { escapeHtml } from './escape.ts';
import { sectionHtml } from './html-blocks.ts';
import { styleSheet } from './style.ts';
import { sensitivitySection } from './uncertainty.ts';

/** The page may load nothing and run nothing. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** What an answer depends on as one HTML file without scripts and without any request. */
export async function renderSensitivityHtml(result: SensitivityResult): Promise<string> {
  const section = sensitivitySection(result);
  const figures = section.blocks.flatMap((block) =>
    block.kind === 'figure' ? [block.figure] : [],
  );
  const svgs = await renderSvgs(figures.flatMap(({ wide, narrow }) => [wide, narrow]));
  const drawings = new Map(
    figures.map(({ id }, i) => [id, { wide: svgs[2 * i]!, narrow: svgs[2 * i + 1]! }]),
  );
  const title = `Sensitivity of ${result.suite}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_SECURITY_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · asidbench</title>
<link rel="icon" href="data:,">
<style>
${styleSheet()}
</style>
</head>
<body>
<header>
<p class="context">asidbench · modelled times · ${escapeHtml(result.machine)}</p>
<h1>${escapeHtml(title)}</h1>
<p class="question">${escapeHtml(result.question)}</p>
</header>
<main>
${sectionHtml(section, drawings)}
</main>
<footer>This page loads nothing and runs nothing.</footer>
</body>
</html>
`;
}
