import type { Suite } from '../suite/suite.ts';
import { curveRows } from './curve-rows.ts';
import { hostRows, type NamedProbe } from './host-rows.ts';
import { kvmRows } from './kvm-rows.ts';
import { milanRows } from './milan-rows.ts';
import { patchedRows } from './patched-rows.ts';
import { peerRows } from './peer-rows.ts';
import { refillRows } from './refill-rows.ts';
import { type Scoreboard, scoreboardOf, type Topic, type ValidationRow } from './rows.ts';
import { seriesRows } from './series-rows.ts';
import { staticRows } from './static-rows.ts';
import { vpidRows } from './vpid-rows.ts';
import { walkRows } from './walk-rows.ts';

export interface ValidationInputs {
  /** The suites that ship: several rows run them. */
  readonly suites: readonly Suite[];
  readonly probes: readonly NamedProbe[];
}

/** Rows of one topic, computed anew. */
export function rowsOf(
  topic: Topic,
  { suites, probes }: ValidationInputs,
): readonly ValidationRow[] {
  switch (topic) {
    case 'milan':
      return milanRows(suites);
    case 'curves':
      return curveRows();
    case 'walks':
      return walkRows();
    case 'kvm':
      return [...kvmRows(suites), ...patchedRows(suites)];
    case 'series':
      return seriesRows();
    case 'static':
      return staticRows();
    case 'vpid':
      return vpidRows(suites);
    case 'refill':
      return refillRows();
    case 'peers':
      return peerRows();
    case 'host':
      return probes.flatMap(hostRows);
  }
}

/** Every number that the model is held against, topic by topic. The same inputs give the same rows. */
export function scoreboard(inputs: ValidationInputs, topics: readonly Topic[]): Scoreboard {
  return scoreboardOf(topics.flatMap((topic) => rowsOf(topic, inputs)));
}
