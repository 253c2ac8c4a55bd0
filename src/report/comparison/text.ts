import type { RunComparison } from '../../compare/compare-runs.ts';
import type { GateOutcome } from '../../compare/gate.ts';
import { TERMINAL_COLUMNS, wrap } from '../../util/wrap.ts';
import { escapeTerminal } from '../blocks/escape.ts';
import { ASCII, formatNumber } from '../blocks/numbers.ts';
import { type TextColumn, textTable } from '../blocks/text-table.ts';
import { type Safety, safetyWords } from '../safety.ts';
import { comparisonAnswer, comparisonName, limitWords, sideWords, verdictWords } from './words.ts';

const COLUMNS: readonly TextColumn[] = [
  { label: 'modelled ns per round trip', align: 'left' },
  { label: 'A', align: 'right' },
  { label: 'B', align: 'right' },
  { label: 'B is', align: 'left' },
];

/** The comparison for a terminal: sides, table, answer, remarks, verdict of the gate. ASCII, 80 columns. */
export function renderComparison(
  comparison: RunComparison,
  gate: GateOutcome | null,
  safety: readonly Safety[],
): string {
  const rows = comparison.scenarios.map((each) => [
    escapeTerminal(comparisonName(comparison, each)),
    formatNumber(each.beforeNs, ASCII),
    formatNumber(each.afterNs, ASCII),
    verdictWords(each, comparison.withinRatio),
  ]);
  const lines = [
    ...paragraph(`A: ${sideWords(comparison, 'before')}`),
    ...paragraph(`B: ${sideWords(comparison, 'after')}`),
    '',
    ...textTable(COLUMNS, rows, TERMINAL_COLUMNS),
    '',
    ...paragraph(comparisonAnswer(comparison)),
    ...paragraph(safetyWords(safety)),
    ...comparison.remarks.flatMap((remark) => paragraph(`Note: ${remark}.`)),
    ...(gate === null ? [] : ['', ...gateLines(comparison, gate)]),
  ];
  return `${lines.join('\n')}\n`;
}

function gateLines(comparison: RunComparison, gate: GateOutcome): readonly string[] {
  const limit = limitWords(gate.maxSlowerRatio);
  const names = (list: GateOutcome['failed']): string =>
    list.map((each) => comparisonName(comparison, each)).join(', ');
  const verdict = gate.passed
    ? `PASSED: nothing is surely slower by more than ${limit}.`
    : `FAILED: unsafe or surely slower by more than ${limit}: ${names(gate.failed)}.`;
  const open = gate.open.length === 0 ? [] : paragraph(`Not ruled out for: ${names(gate.open)}.`);
  return [...paragraph(verdict), ...open];
}

function paragraph(text: string): readonly string[] {
  return wrap(escapeTerminal(text), '', TERMINAL_COLUMNS).split('\n');
}
