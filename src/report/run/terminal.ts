import type { RunSummary } from '../../run/results.ts';
import { wrap } from '../../util/wrap.ts';
import { escapeTerminal } from '../blocks/escape.ts';
import { ASCII, formatNumber, formatRatio, formatRatioInterval } from '../blocks/numbers.ts';
import { answerSentence } from './answer.ts';
import { fieldChecks } from './field-checks.ts';
import { expectationFinding } from './findings.ts';
import { staleTotal } from './stale.ts';
import { scenarioLabel, scenariosBySaving } from './subject.ts';

const WIDTH = 80;
const COLUMN_GAP = '  ';

interface Line {
  readonly name: string;
  /** Before, after, saving, interval, stale hits. */
  readonly numbers: readonly string[];
}

const HEAD: readonly string[] = ['before ns', 'after ns', 'saving', '95 % of seeds', 'stale'];

/**
 * At most 80 columns of ASCII: a table of every comparison, then the answer in one sentence.
 * A scenario's name stands above its strategies. Throws a UserError when nothing was compared.
 */
export function renderTerminal(summary: RunSummary): string {
  const answer = answerSentence(summary, ASCII);
  const groups = scenariosBySaving(summary).map((scenario) => ({
    title: escapeTerminal(scenarioLabel(summary, scenario)),
    lines: scenario.comparisons.map((each): Line => {
      const { point, low, high } = each.savingRatio;
      return {
        name: `  ${escapeTerminal(each.strategy)}`,
        numbers: [
          formatNumber(each.before.point, ASCII),
          formatNumber(each.after.point, ASCII),
          formatRatio(point, ASCII),
          formatRatioInterval(low, high, ASCII),
          formatNumber(staleTotal(each.staleHits), ASCII),
        ],
      };
    }),
  }));
  const widths = HEAD.map((label, column) =>
    Math.max(label.length, ...groups.flatMap((g) => g.lines.map((l) => l.numbers[column]!.length))),
  );
  const numbersWidth = widths.reduce((sum, width) => sum + COLUMN_GAP.length + width, 0);
  const longestName = Math.max(...groups.flatMap((g) => g.lines.map((l) => l.name.length)));
  const nameWidth = Math.max(8, Math.min(longestName, WIDTH - numbersWidth));
  const row = (name: string, cells: readonly string[]): string =>
    shortened(name, nameWidth).padEnd(nameWidth) +
    cells.map((text, column) => COLUMN_GAP + text.padStart(widths[column]!)).join('');
  return [
    row('modelled', HEAD),
    '-'.repeat(nameWidth + numbersWidth),
    ...groups.flatMap((group) => [
      shortened(group.title, WIDTH),
      ...group.lines.map((line) => row(line.name, line.numbers)),
    ]),
    '',
    ...expectationLines(summary),
    ...wrapped(escapeTerminal(answer)),
    '',
    ...fieldCheckLines(summary),
  ].join('\n');
}

/** What the user can measure to check an answer about a host of the user's. */
function fieldCheckLines(summary: RunSummary): readonly string[] {
  const checks = fieldChecks(summary, ASCII);
  if (checks.length === 0) return [];
  const lines = checks.flatMap(({ what, before, after, how }) => [
    ...wrapped(escapeTerminal(`- ${what}: ${before} before, ${after} after`), '  '),
    ...wrap(how, '  ').split('\n'),
  ]);
  return ['Field checks (predictions; measure them):', ...lines, ''];
}

function expectationLines(summary: RunSummary): readonly string[] {
  const failed = scenariosBySaving(summary).flatMap((scenario) =>
    scenario.expectations
      .filter((outcome) => !outcome.met)
      .flatMap((outcome) =>
        wrapped(escapeTerminal(`- ${scenario.id}: ${outcome.text} (${outcome.detail})`), '  '),
      ),
  );
  if (failed.length === 0) return [];
  return [`${expectationFinding(summary)}:`, ...failed, ''];
}

function shortened(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 3))}...`;
}

/** Lines of at most 80 columns; a word that is longer is cut. */
export function wrapped(text: string, indent = ''): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap(pieces)) {
    const start = lines.length === 0 ? '' : indent;
    if (line === '') line = start + word;
    else if (line.length + 1 + word.length <= WIDTH) line += ` ${word}`;
    else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line];
}

function pieces(word: string): readonly string[] {
  const most = WIDTH - 4;
  if (word.length <= most) return [word];
  return [word.slice(0, most), ...pieces(word.slice(most))];
}
