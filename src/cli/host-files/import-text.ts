import type { ImportReport, Statement } from '../../importers/import-report.ts';
import { escapeTerminal } from '../../report/blocks/escape.ts';
import { wrap } from '../../util/wrap.ts';

/** What an import says of itself, in 80 columns. */
export function importText(title: string, report: ImportReport): string {
  return [
    escapeTerminal(title),
    ...section('Understood', report.understood),
    ...section('Not known', report.unknown),
    ...section('Assumed instead', report.assumed),
  ].join('\n');
}

function section(title: string, statements: readonly Statement[]): string[] {
  if (statements.length === 0) return [];
  const many = new Set(statements.flatMap(({ source }) => source?.file ?? [])).size > 1;
  return [`${title}:`, ...statements.map((each) => item(each, many))];
}

/** A statement with its place: the file where there are several, the lines where not all of it. */
function item({ text, source }: Statement, many: boolean): string {
  const indented = wrap(escapeTerminal(`${text}${placeOf(source, many)}`), '    ');
  return `  - ${indented.slice(4)}`;
}

function placeOf(source: Statement['source'], many: boolean): string {
  if (source === null) return '';
  if (many) return ` [${source.file}]`;
  if (source.firstLine === 1) return '';
  const { firstLine, lastLine } = source;
  return firstLine === lastLine ? ` (line ${firstLine})` : ` (lines ${firstLine} to ${lastLine})`;
}
