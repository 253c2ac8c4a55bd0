import type { RunSummary, ScenarioSummary } from '../../run/results.ts';
import { type Block, cell, left, paragraph, right, type Table } from '../blocks/document.ts';
import { ASCII, formatNumber, formatRatio, formatRatioInterval } from '../blocks/numbers.ts';
import { terminalText } from '../blocks/terminal.ts';
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

/**
 * At most 80 columns of ASCII: a table of every comparison with the whole interval, the answer in one sentence, and
 * what the checker says. A scenario's name stands above its strategies.
 * Throws a UserError when nothing was compared.
 */
export function renderTerminal(summary: RunSummary, evidence: Evidence = {}): string {
  const model = reportModel(summary, evidence);
  const unseen = unseenSentence(summary, ASCII);
  return terminalText([
    { kind: 'table', table: comparisonTable(model), folded: false },
    ...(unseen === null ? [] : [paragraph(unseen)]),
    ...expectationBlocks(model),
    paragraph(answerSentence(model, ASCII)),
    ...safetyBlocks(model),
    ...fieldCheckBlocks(model),
  ]);
}

function comparisonTable(model: ReportModel): Table {
  return {
    caption: '',
    columns: [
      left('modelled'),
      right('before ns'),
      right('after ns'),
      right('saving'),
      right('95 % in all'),
      right('verdict'),
    ],
    rows: model.ranked.flatMap((scenario) => [
      [cell(scenarioTitle(model, scenario)), ...['', '', '', '', ''].map((text) => cell(text))],
      ...scenario.comparisons.map((each) => {
        const { ratio, verdict } = wholeSaving(model, scenario, each);
        return [
          `  ${each.strategy}`,
          formatNumber(each.before.point),
          formatNumber(each.after.point),
          formatRatio(ratio.point),
          formatRatioInterval(ratio.low, ratio.high),
          staleTotal(each.staleHits) > 0 ? 'UNSAFE' : verdict,
        ].map((text) => cell(text));
      }),
    ]),
  };
}

function scenarioTitle(model: ReportModel, scenario: ScenarioSummary): string {
  const label = scenarioLabel(model, scenario);
  const name = scenarioName(scenario);
  const words = name === scenario.id ? label : `${label}: ${name}`;
  return isFitted(model, scenario) ? `${words} (fitted, no prediction)` : words;
}

/** The checker on every strategy, and what the run's own counter could have shown. */
function safetyBlocks(model: ReportModel): readonly Block[] {
  const all = [...model.safety.values()];
  return [
    paragraph('By the checker:'),
    { kind: 'list', items: all.map((each) => `${each.strategy}: ${safetyClause(each)}`) },
    paragraph(`${couldShow(model)}${uncheckedWords(all)}`),
  ];
}

/** What the user can measure to check an answer about a host of the user's, and what of it the files hold. */
function fieldCheckBlocks(model: ReportModel): readonly Block[] {
  const checks = fieldChecks(model);
  if (checks.length === 0) return [];
  const items = checks.map(
    ({ what, before, after, how }) => `${what}: ${before} before, ${after} after. ${how}`,
  );
  const measured = measuredOnHost(model);
  const read: readonly Block[] =
    measured.length === 0
      ? []
      : [paragraph('Counted on the host:'), { kind: 'list', items: readBackSentences(measured) }];
  return [paragraph('Field checks (predictions; measure them):'), { kind: 'list', items }, ...read];
}

function expectationBlocks(model: ReportModel): readonly Block[] {
  const items = model.ranked.flatMap((scenario) =>
    scenario.expectations
      .filter((outcome) => !outcome.met)
      .map((outcome) => `${scenario.id}: ${outcome.text} (${outcome.detail})`),
  );
  if (items.length === 0) return [];
  return [paragraph(`${expectationFinding(model)}:`), { kind: 'list', items }];
}
