import { withSeeds } from '../../../calibrate/fit-calibration.ts';
import type { Strategy } from '../../../hypervisor/strategies.ts';
import { cell, left, paragraph, right } from '../../../report/blocks/document.ts';
import { formatNs, formatRatio, formatRatioInterval } from '../../../report/blocks/numbers.ts';
import { terminalText } from '../../../report/blocks/terminal.ts';
import { overWords } from '../../../report/names.ts';
import { reportModel, wholeSaving } from '../../../report/run/model.ts';
import { makeManifest } from '../../../run/manifest.ts';
import { summarize } from '../../../run/summarize.ts';
import type { WholeSaving } from '../../../run/whole-saving.ts';
import { planCells } from '../../../suite/plan.ts';
import type { Suite } from '../../../suite/suite.ts';
import { INVOCATION } from '../../output/invocation.ts';
import { knownOf } from '../../running/evidence.ts';
import { runCells } from '../../running/run-cells.ts';
import { storedAnalysis } from '../../running/stored-analysis.ts';
import { checkSuiteNames } from '../../select/strategies.ts';
import { chooseSuites } from '../../select/suites.ts';
import type { CheckFlags } from './flags.ts';

/** What a strategy that is checked saves in a suite, against the suite's baseline. */
export interface Cost {
  readonly suite: string;
  readonly machine: string;
  readonly baseline: string;
  readonly strategy: string;
  readonly whole: WholeSaving;
}

/** `check --suite`: the suites run with the strategies that were checked; empty without the flag. */
export async function costsOf(
  strategies: readonly Strategy[],
  flags: CheckFlags,
): Promise<readonly Cost[]> {
  if (flags.suite === undefined) return [];
  const { seeds = null, jobs } = flags;
  const named = chooseSuites(flags.suite);
  checkSuiteNames(named);
  const suites = seeds === null ? named.map(withAnalysedSeeds) : named;
  const command = `${INVOCATION} check`;
  const request = { suites, machines: null, strategies, seeds, jobs, command };
  const plan = planCells(request);
  const summary = summarize(makeManifest(request), await runCells(plan, flags));
  const ids = plan.map(({ cellId }) => cellId);
  const model = reportModel(summary, await knownOf(summary, ids));
  return model.scenarios.flatMap((scenario) =>
    scenario.comparisons.map((each) => ({
      suite: scenario.id,
      machine: scenario.machine,
      baseline: each.baseline,
      strategy: each.strategy,
      whole: wholeSaving(model, scenario, each),
    })),
  );
}

/** With the seeds of its shipped analysis, as a run has: one saving for one question. */
function withAnalysedSeeds(suite: Suite): Suite {
  const stored = storedAnalysis(suite.id);
  if (stored === undefined || stored.suiteSha256 !== suite.sha256) return suite;
  return withSeeds(suite, stored.result.seeds);
}

export function costsText(costs: readonly Cost[]): string {
  if (costs.length === 0) return '';
  return `\n${terminalText([
    paragraph(
      'What is saved of a round trip, modelled, over all that is known to be unknown of each:',
    ),
    {
      kind: 'table',
      folded: false,
      table: {
        caption: '',
        columns: [
          left('strategy, against, over'),
          right('saving'),
          right('of the time'),
          right('95 %'),
          left('verdict'),
        ],
        rows: costs.map(({ suite, baseline, strategy, whole: { ns, ratio, over, verdict } }) => [
          cell(`${strategy}, ${baseline} in ${suite}, ${overWords(over)}`),
          cell(formatNs(ns.point)),
          cell(formatRatio(ratio.point)),
          cell(formatRatioInterval(ratio.low, ratio.high)),
          cell(verdict),
        ]),
      },
    },
  ])}`;
}
