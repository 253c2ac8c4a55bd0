import type { RunSummary, ScenarioSummary } from '../../run/results.ts';
import { wrap } from '../../util/wrap.ts';
import { escapeTerminal, plainAscii } from '../blocks/escape.ts';
import { ASCII, formatNumber, formatRatio, formatRatioInterval } from '../blocks/numbers.ts';
import { scenarioName } from '../names.ts';
import { safetyClause, uncheckedWords } from '../safety.ts';
import { readBackSentences } from '../which-kernel.ts';
import { answerSentence } from './answer.ts';
import { fieldChecks, measuredOnHost } from './field-checks.ts';
import { expectationFinding } from './findings.ts';
import { couldShow } from './limits.ts';
import {
  type Evidence,
  isFitted,
  type ReportModel,
  reportModel,
  scenarioLabel,
  wholeSaving,
} from './model.ts';
import { staleTotal } from './stale.ts';
import { unseenSentence } from './unseen.ts';

const WIDTH = 80;
const COLUMN_GAP = '  ';

interface Line {
  readonly name: string;
  /** Before, after, saving, interval, whether the sign holds. */
  readonly numbers: readonly string[];
}

const HEAD: readonly string[] = ['before ns', 'after ns', 'saving', '95 % in all', 'verdict'];

/**
 * At most 80 columns of ASCII: a table of every comparison with the whole interval, the answer in one sentence, and
 * what the checker says. A scenario's name stands above its strategies.
 * Throws a UserError when nothing was compared.
 */
export function renderTerminal(summary: RunSummary, evidence: Evidence = {}): string {
  const model = reportModel(summary, evidence);
  const unseen = unseenSentence(summary, ASCII);
  return [
    ...comparisonTable(model),
    '',
    ...(unseen === null ? [] : [...wrapped(plainAscii(unseen)), '']),
    ...expectationLines(model),
    ...wrapped(escapeTerminal(answerSentence(model, ASCII))),
    '',
    ...safetyLines(model),
    '',
    ...fieldCheckLines(model),
  ].join('\n');
}

function comparisonTable(model: ReportModel): readonly string[] {
  const groups = model.ranked.map((scenario) => ({
    title: escapeTerminal(scenarioTitle(model, scenario)),
    lines: scenario.comparisons.map((each): Line => {
      const { ratio, verdict } = wholeSaving(model, scenario, each);
      return {
        name: `  ${escapeTerminal(each.strategy)}`,
        numbers: [
          formatNumber(each.before.point, ASCII),
          formatNumber(each.after.point, ASCII),
          formatRatio(ratio.point, ASCII),
          formatRatioInterval(ratio.low, ratio.high, ASCII),
          staleTotal(each.staleHits) > 0 ? 'UNSAFE' : verdict,
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
  ];
}

function scenarioTitle(model: ReportModel, scenario: ScenarioSummary): string {
  const label = scenarioLabel(model, scenario);
  const name = scenarioName(scenario);
  const words = name === scenario.id ? label : `${label}: ${name}`;
  return isFitted(model, scenario) ? `${words} (fitted, no prediction)` : words;
}

/** The checker on every strategy, and what the run's own counter could have shown. */
function safetyLines(model: ReportModel): readonly string[] {
  const all = [...model.safety.values()];
  return [
    'By the checker:',
    ...all.flatMap((each) =>
      wrapped(escapeTerminal(`- ${each.strategy}: ${safetyClause(each)}`), '  '),
    ),
    ...wrapped(escapeTerminal(plainAscii(`${couldShow(model)}${uncheckedWords(all)}`))),
  ];
}

function listItem(sentence: string): readonly string[] {
  return wrapped(escapeTerminal(`- ${sentence}`), '  ');
}

/** What the user can measure to check an answer about a host of the user's, and what of it the files hold. */
function fieldCheckLines(model: ReportModel): readonly string[] {
  const checks = fieldChecks(model, ASCII);
  if (checks.length === 0) return [];
  const lines = checks.flatMap(({ what, before, after, how }) => [
    ...wrapped(escapeTerminal(`- ${what}: ${before} before, ${after} after`), '  '),
    ...wrap(how, '  ').split('\n'),
  ]);
  const measured = measuredOnHost(model);
  const read =
    measured.length === 0
      ? []
      : ['Counted on the host:', ...readBackSentences(measured).flatMap(listItem), ''];
  return ['Field checks (predictions; measure them):', ...lines, '', ...read];
}

function expectationLines(model: ReportModel): readonly string[] {
  const failed = model.ranked.flatMap((scenario) =>
    scenario.expectations
      .filter((outcome) => !outcome.met)
      .flatMap((outcome) =>
        wrapped(escapeTerminal(`- ${scenario.id}: ${outcome.text} (${outcome.detail})`), '  '),
      ),
  );
  if (failed.length === 0) return [];
  return [`${expectationFinding(model)}:`, ...failed, ''];
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
