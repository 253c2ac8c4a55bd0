import type { StrategySafety } from '../../checker/safety.ts';
import { programHash } from '../running/build-hash.ts';
import { keptKey, type Store } from './store.ts';

/** The verdict on a strategy, found or kept: `question` and the program decide it. */
export async function keptSafety(
  store: Store,
  question: unknown,
  find: () => Promise<StrategySafety>,
): Promise<StrategySafety> {
  const key = keptKey(programHash(), 'safety', question);
  const kept = store.get('series', key);
  if (kept !== null) return JSON.parse(kept.toString()) as StrategySafety;
  const verdict = await find();
  store.put('series', key, Buffer.from(JSON.stringify(verdict)));
  return verdict;
}
