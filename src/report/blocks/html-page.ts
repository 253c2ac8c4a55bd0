import { createHash } from 'node:crypto';
import { escapeHtml } from './escape.ts';
import { styleSheet } from './style.ts';

/** Nothing is loaded: what a page has is in the page. Only the script that it was made with may run. */
function securityPolicy(script: string | undefined): string {
  const runs =
    script === undefined
      ? []
      : [
          `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
          // The script starts itself once more as a worker, from memory.
          'worker-src blob:',
        ];
  return [
    "default-src 'none'",
    ...runs,
    "style-src 'unsafe-inline'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

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
  /** CSS for blocks that only this page has; absent: none. */
  readonly style?: string;
  /** JavaScript that runs when the page is there; absent: none. */
  readonly script?: string;
}

/**
 * A whole page of the project: one file, no requests, and no script but its own. Throws RangeError for a
 * script that HTML would end, or read in another way, before its end.
 */
export function htmlPage({
  title,
  description,
  header,
  main,
  footer = '',
  style = '',
  script,
}: PageParts): string {
  if (script !== undefined && /<\/script|<!--/i.test(script)) {
    throw new RangeError('a script holds what ends a script');
  }
  const head = [
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${securityPolicy(script)}">`,
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
${styleSheet(style)}
</style>
</head>
<body>
<header>
${header.join('\n')}
</header>
<main>
${main.join('\n')}
</main>
<footer>${footer}${
    script === undefined
      ? 'This page loads nothing and runs nothing.'
      : 'This page loads nothing; its one script runs the model.'
  }</footer>
${script === undefined ? '' : `<script>${script}</script>\n`}</body>
</html>
`;
}
