import { escapeHtml } from './escape.ts';
import { styleSheet } from './style.ts';

/** Nothing is loaded and nothing runs: what a page has is in the page. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** What differs between pages. All but the texts is HTML already. */
export interface PageParts {
  /** Text. */
  readonly title: string;
  /** Text for those who list pages; absent: none. */
  readonly description?: string;
  readonly header: readonly string[];
  readonly main: readonly string[];
  /** HTML in front of what every page says of itself; absent: nothing. */
  readonly footer?: string;
}

/** A whole page of the project: one file, no requests, no scripts. */
export function htmlPage({ title, description, header, main, footer = '' }: PageParts): string {
  const head = [
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${CONTENT_SECURITY_POLICY}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    ...(description === undefined
      ? []
      : [`<meta name="description" content="${escapeHtml(description)}">`]),
    `<title>${escapeHtml(title)} · asidbench</title>`,
    '<link rel="icon" href="data:,">',
  ];
  return `<!doctype html>
<html lang="en">
<head>
${head.join('\n')}
<style>
${styleSheet()}
</style>
</head>
<body>
<header>
${header.join('\n')}
</header>
<main>
${main.join('\n')}
</main>
<footer>${footer}This page loads nothing and runs nothing.</footer>
</body>
</html>
`;
}
