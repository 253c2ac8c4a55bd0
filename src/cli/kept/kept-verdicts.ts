import { keyOf } from '../../rig/once.ts';
import type { VerdictAnswer } from '../../series/verdicts.ts';
import { programHash } from '../running/build-hash.ts';
import type { Store } from './store.ts';

/** Answers of the checker about the series, by whatever decides them; another program has none. */
export interface KeptVerdicts {
  readonly get: (question: unknown) => VerdictAnswer | null;
  readonly put: (question: unknown, answer: VerdictAnswer) => void;
}

export function keptVerdicts(store: Store): KeptVerdicts {
  const program = programHash();
  return {
    get: (question) => {
      const bytes = store.get('series', keyOf(program, question));
      return bytes === null ? null : (JSON.parse(bytes.toString()) as VerdictAnswer);
    },
    put: (question, answer) => {
      store.put('series', keyOf(program, question), Buffer.from(JSON.stringify(answer)));
    },
  };
}
