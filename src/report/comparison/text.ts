import type { RunComparison } from '../../compare/compare-runs.ts';
import type { GateOutcome } from '../../compare/gate.ts';
import { type Block, paragraph } from '../blocks/document.ts';
import { terminalText } from '../blocks/terminal.ts';
import { type Safety, safetyWords } from '../safety.ts';
import { verdictTable } from './section.ts';
import { comparisonAnswer, comparisonName, limitWords, sideWords } from './words.ts';

/** The comparison for a terminal: sides, table, answer, remarks, verdict of the gate. ASCII, 80 columns. */
export function renderComparison(
  comparison: RunComparison,
  gate: GateOutcome | null,
  safety: readonly Safety[],
): string {
  const { remarks } = comparison;
  return terminalText([
    {
      kind: 'list',
      items: [`A: ${sideWords(comparison, 'before')}`, `B: ${sideWords(comparison, 'after')}`],
    },
    { kind: 'table', table: verdictTable(comparison), folded: false },
    paragraph(comparisonAnswer(comparison)),
    paragraph(safetyWords(safety)),
    ...(remarks.length === 0 ? [] : [{ kind: 'list', items: remarks } as const]),
    ...(gate === null ? [] : gateBlocks(comparison, gate)),
  ]);
}

function gateBlocks(comparison: RunComparison, gate: GateOutcome): readonly Block[] {
  const limit = limitWords(gate.maxSlowerRatio);
  const names = (list: GateOutcome['failed']): string =>
    list.map((each) => comparisonName(comparison, each)).join(', ');
  const verdict = gate.passed
    ? `PASSED: nothing is surely slower by more than ${limit}.`
    : `FAILED: unsafe or surely slower by more than ${limit}: ${names(gate.failed)}.`;
  const open = gate.open.length === 0 ? '' : ` Not ruled out for: ${names(gate.open)}.`;
  return [paragraph(verdict + open)];
}
