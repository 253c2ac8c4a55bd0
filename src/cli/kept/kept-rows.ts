import { keyOf } from '../../rig/once.ts';
import type { Topic, ValidationRow } from '../../validation/rows.ts';
import type { ValidationInputs } from '../../validation/scoreboard.ts';
import { programHash } from '../running/build-hash.ts';
import type { Store } from './store.ts';

/** Rows of the scoreboard by whatever decides them; another program has none. */
export interface KeptRows {
  readonly get: (topic: Topic) => readonly ValidationRow[] | null;
  readonly put: (topic: Topic, rows: readonly ValidationRow[]) => void;
}

export function keptRows(store: Store, { suites, probes }: ValidationInputs): KeptRows {
  const program = programHash();
  const texts = suites.map(({ id, sha256 }) => [id, sha256]);
  const keyFor = (topic: Topic) => keyOf(program, process.version, topic, texts, probes);
  return {
    get: (topic) => {
      const bytes = store.get('validations', keyFor(topic));
      return bytes === null ? null : (JSON.parse(bytes.toString()) as readonly ValidationRow[]);
    },
    put: (topic, rows) =>
      store.put('validations', keyFor(topic), Buffer.from(JSON.stringify(rows))),
  };
}
