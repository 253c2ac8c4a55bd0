import { harmless, harmlessWord } from '../../util/harmless.ts';

const HTML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for an element or a quoted attribute of HTML. */
export function escapeHtml(text: string): string {
  return harmless(text).replace(/[&<>"']/g, (character) => HTML_ENTITIES[character]!);
}

/**
 * Text with a blank for each line end and the white space around it. Line by line: the regular
 * expression that says the same takes quadratic time on a long row of blanks.
 */
export function onOneLine(text: string): string {
  const [first = '', ...rest] = text.split('\n');
  const last = rest.pop();
  if (last === undefined) return text;
  const between = rest.map((line) => line.trim()).filter((line) => line !== '');
  return [first.trimEnd(), ...between, last.trimStart()].join(' ');
}

/** Text for a paragraph, a list or a table of GitHub's Markdown, on one line. */
export function escapeMarkdown(text: string): string {
  return harmless(onOneLine(text))
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\\`*_[\]|~#>]/g, (character) => `\\${character}`);
}

/** Text between backticks, with a fence that is longer than any inside. */
export function markdownCode(text: string): string {
  const line = harmless(onOneLine(text)).replace(/\|/g, '\\|');
  const longest = (line.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
  if (longest === 0) return `\`${line}\``;
  const fence = '`'.repeat(longest + 1);
  return `${fence} ${line} ${fence}`;
}

/** Text on one line, without what could steer a terminal or turn its direction. */
export function escapeTerminal(text: string): string {
  return harmlessWord(text);
}

const TYPOGRAPHIC: Readonly<Record<string, string>> = {
  '\u2018': "'",
  '\u2019': "'",
  '\u201c': '"',
  '\u201d': '"',
  '\u2013': '-',
  '\u2014': '-',
  '\u2212': '-',
  '\u2026': '...',
  '\u00b7': '-',
  '\u00d7': 'x',
  '\u00a0': ' ',
  '\u202f': ' ',
};

/** Text for a mail: typographic characters in ASCII, control characters gone, letters kept. */
export function plainAscii(text: string): string {
  return escapeTerminal(text.replace(/[\u00a0-\u2fff]/g, (each) => TYPOGRAPHIC[each] ?? each));
}
