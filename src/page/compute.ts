import { answerOf, type LiveAnswer, type SeedPair } from '../live/live-answer.ts';
import { type LiveData, suiteOfScenario, unpackTrips } from '../live/live-data.ts';
import {
  cellsOfSeed,
  isRecorded,
  LIVE_SEEDS,
  type LiveQuestion,
  questionOf,
} from '../live/live-question.ts';
import { fragmentOfState, type LiveState } from '../live/live-state.ts';
import type { CellResult } from '../run/results.ts';
import { runCell } from '../run/run-cell.ts';
import type { Cell } from '../suite/cell.ts';
import { provideCapturedTrips } from '../workloads/captures.ts';

/** What somebody who waits for an answer is told, seed by seed. */
export interface Waiting {
  /** `isLast`: with all seeds. */
  readonly onAnswer: (answer: LiveAnswer, isLast: boolean) => void;
  /** Only the command line has what it takes. */
  readonly onElsewhere: () => void;
  /** Asked between cells: true once nobody waits any more. */
  readonly isOver: () => boolean;
  /** Lets others be heard. */
  readonly pause: () => Promise<void>;
}

/** Cells that are kept: both sides of some twenty states. */
const CELLS_KEPT = 160;

/** Computes states over the data of a page. Cells that only prices tell apart are run once. */
export function liveComputer(data: LiveData) {
  for (const packed of data.captures) {
    provideCapturedTrips(packed.reflectedExit, unpackTrips(packed));
  }
  const known = new Map<string, CellResult>();
  const resultOf = (cell: Cell, state: LiveState): CellResult => {
    const counted = fragmentOfState({ ...state, strategy: cell.strategy.id, walk: 1, flush: 1 });
    const key = `${counted} ${cell.seed}`;
    const result = known.get(key) ?? runCell(cell);
    // What was asked for last goes last.
    known.delete(key);
    known.set(key, result);
    const [oldest] = known.keys();
    if (known.size > CELLS_KEPT && oldest !== undefined) known.delete(oldest);
    return result;
  };
  return async (state: LiveState, waiting: Waiting): Promise<void> => {
    const { onAnswer, onElsewhere, isOver, pause } = waiting;
    const base = suiteOfScenario(data.suites, state.scenario);
    const question = questionOf(state, base);
    if (isRecorded(base)) {
      const known = recordedAnswer(data, question);
      if (known === undefined) onElsewhere();
      else onAnswer(known, true);
      return;
    }
    const pairs: SeedPair[] = [];
    while (pairs.length < LIVE_SEEDS.count) {
      const [before, after] = cellsOfSeed(question, LIVE_SEEDS.first + pairs.length);
      const first = resultOf(before, state);
      await pause();
      if (isOver()) return;
      pairs.push([first, resultOf(after, state)]);
      onAnswer(answerOf(question, pairs, data.analyses), pairs.length === LIVE_SEEDS.count);
      await pause();
      if (isOver()) return;
    }
  };
}

function recordedAnswer({ recorded }: LiveData, question: LiveQuestion): LiveAnswer | undefined {
  if (!question.isUnchanged) return undefined;
  return recorded.find(
    ({ scenario, after }) =>
      scenario === question.suite.id && after.strategy === question.strategy.id,
  );
}
