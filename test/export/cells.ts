import { readFileSync } from 'node:fs';
import { parseManifest, parseResults } from '../../src/run/parse-run.ts';

const read = (name: string) => readFileSync(`reports/example/${name}`, 'utf8');

/** The committed example run. */
export const manifest = parseManifest(read('manifest.json'), 'manifest.json');
export const cells = parseResults(read('results.jsonl'), 'results.jsonl');
