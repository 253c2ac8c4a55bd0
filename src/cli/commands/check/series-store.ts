import { appendFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CellResult } from '../../../run/results.ts';
import type { SeriesMemory } from '../../../series/run-series.ts';
import type { VerdictAnswer } from '../../../series/verdicts.ts';
import { cacheFolder } from '../../files/cache-folder.ts';
import { readLines } from '../../files/read-lines.ts';
import { attempt, makeFolders } from '../../files/write-file.ts';
import { checksumOf } from '../../run-folder/checksums.ts';
import { buildHash } from '../../running/build-hash.ts';

/** Folders that decide verdicts, beside those that decide cells. */
const VERDICT_FOLDERS = ['checker', 'series'];
const CURE = 'Set XDG_CACHE_HOME to a folder that you may write to';

type Stored =
  | { readonly kind: 'cell'; readonly cell: CellResult }
  | { readonly kind: 'verdict'; readonly key: string; readonly answer: VerdictAnswer };

export interface SeriesStore extends SeriesMemory {
  readonly path: string;
  /** How many there were when it was opened. */
  readonly found: number;
}

/**
 * What earlier calls of `check --series` have computed, also those that were interrupted, in a file of the cache that is
 * named after the code: another build computes everything anew. Each line has a checksum; one without its right one
 * counts for nothing.
 */
export function openSeriesStore(folder: string = cacheFolder()): SeriesStore {
  const path = join(folder, 'series', `${buildHash(undefined, VERDICT_FOLDERS)}.jsonl`);
  attempt(path, () => makeFolders(dirname(path)), CURE);
  const cells = new Map<string, CellResult>();
  const verdicts = new Map<string, VerdictAnswer>();
  for (const stored of storedLines(path)) {
    if (stored.kind === 'cell') cells.set(stored.cell.cellId, stored.cell);
    else verdicts.set(stored.key, stored.answer);
  }
  const found = cells.size + verdicts.size;
  const append = (stored: Stored): void => {
    const text = JSON.stringify(stored);
    const line = `${checksumOf(Buffer.from(text))} ${text}\n`;
    attempt(path, () => appendFileSync(path, line), CURE);
  };
  return {
    path,
    found,
    cells,
    verdicts,
    keepCell: (cell) => append({ kind: 'cell', cell }),
    keepVerdict: (key, answer) => append({ kind: 'verdict', key, answer }),
  };
}

function* storedLines(path: string): Generator<Stored> {
  if (!existsSync(path)) return;
  for (const { bytes } of readLines(path)) {
    const text = bytes.toString();
    const [checksum = ''] = text.split(' ', 1);
    const json = text.slice(checksum.length + 1);
    if (checksum === checksumOf(Buffer.from(json))) yield JSON.parse(json) as Stored;
  }
}
