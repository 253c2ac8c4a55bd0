import { join } from 'node:path';
import { answerOf, type LiveAnswer } from '../../live/live-answer.ts';
import { LIVE_SEEDS, type LiveQuestion, questionOf } from '../../live/live-question.ts';
import type { LiveState } from '../../live/live-state.ts';
import { LIVE_SCENARIOS, type LiveScenario } from '../../live/scenarios.ts';
import { runCell } from '../../run/run-cell.ts';
import { loadSuites } from '../../suite/load-suite.ts';
import { planCells } from '../../suite/plan.ts';
import type { Suite } from '../../suite/suite.ts';
import { INVOCATION } from '../output/invocation.ts';
import { projectRoot } from '../project-root.ts';

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

/** What a state asks, of the suites in their files. */
export function liveQuestion(state: LiveState): LiveQuestion {
  return questionOf(state, suiteOf(LIVE_SCENARIOS.find(({ id }) => id === state.scenario)!));
}

/** The answer of a state by way of an ordinary run: its suite and machine planned, each cell run. */
export function liveAnswer(state: LiveState): LiveAnswer {
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
  }).map(runCell);
  const of = (id: string) => cells.filter((cell) => cell.strategy === id);
  const after = of(strategy.id);
  return answerOf(
    question,
    of(baseline.id).map((cell, index) => [cell, after[index]!] as const),
  );
}
