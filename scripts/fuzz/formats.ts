import { readFileSync } from 'node:fs';
import { cellOfPayload, jobIdOf, payloadOf, resultOfJob } from '../../src/distributed/payload.ts';
import { strategyById } from '../../src/hypervisor/strategies.ts';
import { renderMarkdown } from '../../src/report/run/markdown.ts';
import { parseManifest, parseResults } from '../../src/run/parse-run.ts';
import type { Manifest } from '../../src/run/results.ts';
import { runCell } from '../../src/run/run-cell.ts';
import { parsePlan, planText } from '../../src/run/run-plan.ts';
import { summarize } from '../../src/run/summarize.ts';
import { loadSuites, suitesOfText } from '../../src/suite/load-suite.ts';
import { cellOf } from '../../src/suite/plan.ts';
import { runMachine } from '../../src/suite/run-machine.ts';
import { UserError } from '../../src/util/user-error.ts';
import { shippedSuites } from './shipped-suites.ts';

/** A format that the program reads, with a good text of it and its reader. */
export interface Format {
  readonly name: 'suite' | 'results' | 'manifest' | 'plan' | 'payload' | 'answer';
  readonly samples: readonly Buffer[];
  /** Reads a text and uses what it gives. */
  readonly read: (text: string) => void;
}

const RUN = 'test/fixtures/run-schema-1';

/** Formats beside those of the importers, which have a corpus of their own. */
export function formats(): readonly Format[] {
  const manifestText = readFileSync(`${RUN}/manifest.json`, 'utf8');
  const resultsText = readFileSync(`${RUN}/results.jsonl`, 'utf8');
  const manifest = parseManifest(manifestText, 'm');
  const cells = parseResults(resultsText, 'r');
  const [suite] = loadSuites('suites/headline/cpuid-npt-npt.yaml');
  const cell = cellOf(suite!, runMachine('zen3-milan'), strategyById('rfc-2025-03')!, 1);
  const payload = JSON.stringify(payloadOf(cell));
  // An answer is priced by its events, so that only a computed one is good.
  const answer = runCell(cell);
  const cellIds = cells.map((each) => each.cellId);
  const plan = {
    words: ['headline'],
    flags: { seeds: 3 },
    shard: null,
    build: 'b',
    cellIds,
    manifest,
  };
  const report = (of: Manifest, results: string): void => {
    renderMarkdown(summarize(of, parseResults(results, 'r')));
  };
  return [
    { name: 'suite', samples: shippedSuites(), read: (text) => void suitesOfText(text, 's') },
    {
      name: 'results',
      samples: [Buffer.from(resultsText)],
      read: (text) => report(manifest, text),
    },
    {
      name: 'manifest',
      samples: [Buffer.from(manifestText)],
      read: (text) => report(parseManifest(text, 'm'), resultsText),
    },
    {
      name: 'plan',
      samples: [Buffer.from(planText(plan))],
      read: (text) => void planText(parsePlan(text, 'p')),
    },
    {
      name: 'payload',
      samples: [Buffer.from(payload)],
      read: (text) => void cellOfPayload(fromQueue(text), jobIdOf(cell)),
    },
    {
      name: 'answer',
      samples: [Buffer.from(JSON.stringify(answer))],
      read: (text) => void resultOfJob(fromQueue(text), cell),
    },
  ];
}

/** BullMQ parses the JSON of a job before anybody sees it. */
function fromQueue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError('input', 'job', 'this is not JSON', 'It is not computed');
  }
}

/** `read`, or the sentence of a user's error. Anything else is thrown: a finding. */
export function tryFormat(format: Format, text: string): string {
  try {
    format.read(text);
    return 'read';
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (error.message.length > 4000)
      throw new Error(`no sentence: ${error.message.slice(0, 200)}…`);
    return error.message;
  }
}
