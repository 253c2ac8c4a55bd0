import { stringify } from 'yaml';
import type { SuiteDocument } from '../suite/suite.ts';
import type { ImportReport, Statement } from './import-report.ts';

const COLUMNS = 96;

/** The suite as a YAML file, with everything that the import said as comments at its head. */
export function scenarioText(document: SuiteDocument, report: ImportReport): string {
  const lines = [
    'Written by asidbench import. Change what you know better; `run` takes this file.',
    ...section('Understood:', report.understood),
    ...section('Not known:', report.unknown),
    ...section('Assumed instead:', report.assumed),
  ];
  const comments = lines.flatMap((line) => wrapped(line)).map((line) => `# ${line}`.trimEnd());
  // A suite may not have aliases: a list that stands twice is written out twice.
  const yaml = stringify(document, { lineWidth: COLUMNS, aliasDuplicateObjects: false });
  return `${comments.join('\n')}\n${yaml}`;
}

function section(title: string, statements: readonly Statement[]): string[] {
  return statements.length === 0 ? [] : ['', title, ...statements.map(({ text }) => `- ${text}`)];
}

/** Lines of a comment: control characters and line ends of foreign names become blanks. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/[\s\p{C}]+/u)) {
    if (line !== '' && line.length + word.length + 1 > COLUMNS) {
      lines.push(line);
      line = ' ';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
