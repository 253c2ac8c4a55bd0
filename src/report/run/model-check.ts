import type { RunSummary, ScenarioSummary } from '../../run/results.ts';
import { TERMINAL_COLUMNS, wrap } from '../../util/wrap.ts';
import { escapeTerminal } from '../blocks/escape.ts';
import { ASCII, formatNs, formatRatio } from '../blocks/numbers.ts';
import { textTable } from '../blocks/text-table.ts';
import { comparisonOf, scenarioLabel } from './model.ts';

/** Whose answers are put beside each other: ids of strategies of one run. */
export interface ModelCheck {
  /** The second captured kernel; the first is the run's baseline. */
  readonly kernel: string;
  /** What the model compares on the trips of the first kernel. */
  readonly before: string;
  readonly after: string;
}

/** Two answers to one question: what the second kernel saves in a round trip. */
export interface TwoAnswers {
  readonly label: string;
  readonly kernelNs: number;
  readonly kernelRatio: number;
  readonly modelNs: number;
  /** Model over kernel, less one. */
  readonly excess: number;
}

function answersOf(
  summary: RunSummary,
  scenario: ScenarioSummary,
  { kernel, before, after }: ModelCheck,
): TwoAnswers | undefined {
  const own = comparisonOf(scenario, kernel);
  const modelBefore = comparisonOf(scenario, before);
  const modelAfter = comparisonOf(scenario, after);
  if (own === undefined || modelBefore === undefined || modelAfter === undefined) return undefined;
  // Both are savings against the first kernel as executed, which cancels.
  const modelNs = modelAfter.savingNs.point - modelBefore.savingNs.point;
  const kernelNs = own.savingNs.point;
  return {
    label: scenarioLabel(summary, scenario),
    kernelNs,
    kernelRatio: own.savingRatio.point,
    modelNs,
    excess: modelNs / kernelNs - 1,
  };
}

/** The kernel's answer and the model's for each scenario that has both, in the order of the run. */
function twoAnswers(summary: RunSummary, check: ModelCheck): readonly TwoAnswers[] {
  return summary.scenarios.flatMap((scenario) => answersOf(summary, scenario, check) ?? []);
}

function sentence({ label, kernelNs, modelNs, excess }: TwoAnswers, check: ModelCheck): string {
  const amounts = `${formatNs(modelNs, ASCII)} instead of ${formatNs(kernelNs, ASCII)}`;
  const how =
    kernelNs === 0
      ? `${formatNs(modelNs, ASCII)} where the kernel saves nothing`
      : `${formatRatio(Math.abs(excess), ASCII)} ${excess < 0 ? 'less' : 'more'} than the kernel ` +
        `itself saves, ${amounts}`;
  return (
    `In ${label} the model (${check.after} against ${check.before}, on the trips of the first ` +
    `kernel) predicts ${how}.`
  );
}

const COLUMNS = [
  { label: 'saved per round trip', align: 'left' },
  { label: 'by the kernel', align: 'right' },
  { label: 'share', align: 'right' },
  { label: 'by the model', align: 'right' },
  { label: 'difference', align: 'right' },
] as const;

/** The two answers as text for a terminal: a table, then the difference in one sentence. */
export function renderModelCheck(summary: RunSummary, check: ModelCheck): string {
  const answers = twoAnswers(summary, check);
  const [first] = answers;
  if (first === undefined) return '';
  const rows = answers.map(({ label, kernelNs, kernelRatio, modelNs, excess }) => [
    escapeTerminal(label),
    formatNs(kernelNs, ASCII),
    formatRatio(kernelRatio, ASCII),
    formatNs(modelNs, ASCII),
    kernelNs === 0 ? '' : formatRatio(excess, ASCII),
  ]);
  const table = textTable(COLUMNS, rows, TERMINAL_COLUMNS).join('\n');
  return `${table}\n\n${wrap(escapeTerminal(sentence(first, check)))}\n`;
}
