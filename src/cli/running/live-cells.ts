import { join } from 'node:path';
import { strategyById } from '../../hypervisor/strategies.ts';
import { answerOf, type LiveAnalysis, type LiveAnswer } from '../../live/live-answer.ts';
import type { LiveData } from '../../live/live-data.ts';
import { isRecorded, LIVE_SEEDS, type LiveQuestion, questionOf } from '../../live/live-question.ts';
import { type LiveState, stateOfScenario } from '../../live/live-state.ts';
import { LIVE_SCENARIOS, type LiveScenario } from '../../live/scenarios.ts';
import type { CellResult } from '../../run/results.ts';
import { runCell } from '../../run/run-cell.ts';
import { analysedCells } from '../../sensitivity/stored.ts';
import { loadSuites } from '../../suite/load-suite.ts';
import { planCells } from '../../suite/plan.ts';
import type { Suite } from '../../suite/suite.ts';
import { INVOCATION } from '../output/invocation.ts';
import { projectRoot } from '../project-root.ts';
import { storedAnalysis } from './stored-analysis.ts';

/** The suite that a live scenario starts from, as its file has it. */
function suiteOf({ id, file }: LiveScenario): Suite {
  const suite = loadSuites(join(projectRoot(), 'suites', file))[0];
  if (suite === undefined) throw new RangeError(`${file} has no suite ${id}`);
  return { ...suite, file: `suites/${file}` };
}

/** In the order of `LIVE_SCENARIOS`. */
export function liveSuites(): readonly Suite[] {
  return LIVE_SCENARIOS.map(suiteOf);
}

function scenarioNamed(scenario: string): LiveScenario {
  return LIVE_SCENARIOS.find(({ id }) => id === scenario)!;
}

/** What a state asks, of the suites in their files. */
export function liveQuestion(state: LiveState): LiveQuestion {
  return questionOf(state, suiteOf(scenarioNamed(state.scenario)));
}

/** The shipped analyses of suites, as far as they are of these suites and of the model as it is. */
function analysesOf(suites: readonly Suite[]): readonly LiveAnalysis[] {
  return suites.flatMap((suite) => {
    const stored = storedAnalysis(suite.id);
    if (stored === undefined) return [];
    const { machine, baseline, strategy, uncertainty } = stored.result;
    const [first, second] = [strategyById(baseline), strategyById(strategy)];
    if (first === undefined || second === undefined) return [];
    const { before, after } = analysedCells(suite, machine, { before: first, after: second });
    const { cellIds } = stored;
    if (before !== cellIds.before || after !== cellIds.after) return [];
    const { seeds } = stored.result;
    return [{ scenario: suite.id, machine, baseline, strategy, seeds, uncertainty }];
  });
}

/** What a page knows beside its suites. */
export function liveKnowledge(): Pick<LiveData, 'analyses' | 'recorded'> {
  const suites = liveSuites();
  return {
    analyses: analysesOf(suites),
    recorded: suites.filter(isRecorded).map(({ id }) => liveAnswer(stateOfScenario(id))),
  };
}

/** Results of a run by cell id. */
export type KnownResults = ReadonlyMap<string, CellResult>;

/**
 * The answer of a state by way of an ordinary run: its suite and machine planned, each cell run, but for those of
 * an unchanged suite that are known.
 */
export function liveAnswer(state: LiveState, known: KnownResults = new Map()): LiveAnswer {
  const question = liveQuestion(state);
  const { suite, machine, baseline, strategy } = question;
  const cells = planCells({
    suites: [{ ...suite, seeds: LIVE_SEEDS }],
    machines: [machine.id],
    ownMachines: [machine],
    strategies: [strategy],
    seeds: null,
    jobs: 1,
    command: `${INVOCATION} answer`,
  }).map((cell) => (question.isUnchanged ? known.get(cell.cellId) : undefined) ?? runCell(cell));
  const of = (id: string) => cells.filter((cell) => cell.strategy === id);
  const after = of(strategy.id);
  return answerOf(
    question,
    of(baseline.id).map((cell, index) => [cell, after[index]!] as const),
    question.isUnchanged ? analysesOf([suiteOf(scenarioNamed(state.scenario))]) : [],
  );
}
