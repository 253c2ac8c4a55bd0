import { stateOfFragment } from '../../../live/live-state.ts';
import { liveText } from '../../../report/live/text.ts';
import { EXIT_CODES } from '../../../util/user-error.ts';
import { print } from '../../output/io.ts';
import { jsonText } from '../../output/say.ts';
import { storedSafetyOf } from '../../running/evidence.ts';
import { liveAnswer } from '../../running/live-cells.ts';
import type { AnswerFlags } from './flags.ts';

/** Whether a word is the address of a report's page with what a reader has chosen, or its end. */
export function isLink(word: string): boolean {
  return /^#|(?:^|#)try\?|^[a-z]+:\/\//.test(word);
}

/** `answer LINK`: the answer that the page of a report shows under a link. */
export async function answerLink(link: string, { json }: AnswerFlags): Promise<number> {
  const state = stateOfFragment(link);
  const answer = liveAnswer(state);
  const safety = storedSafetyOf(answer.after.strategy);
  const baseSafety = storedSafetyOf(answer.before.strategy);
  print(
    json
      ? jsonText({ state, ...answer, safety: safety.verdict, baseSafety: baseSafety.verdict })
      : liveText(answer, safety, baseSafety),
  );
  return EXIT_CODES.ok;
}
