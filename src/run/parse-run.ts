import { z } from 'zod';
import { CAUSE_IDS, type CyclesByCause } from '../cost/causes.ts';
import { expectationSchema } from '../suite/suite.ts';
import { RESULTS_SCHEMA_VERSION } from '../suite/version.ts';
import { readJson } from '../util/read-json.ts';
import { UserError } from '../util/user-error.ts';
import {
  contradictionIn,
  type Expected,
  expectedOf,
  inOwnOrder,
  orderCheck,
} from './check-cell.ts';
import { CELL_MIGRATIONS, MANIFEST_MIGRATIONS, migrated } from './migrate.ts';
import type { CellResult, Manifest } from './results.ts';

const number = z.number();
const count = z.int().min(0);
const name = z.string().min(1).max(4096);
/** Of a time, which a saving is divided by. */
const positive = z.number().positive();
const notNegative = z.number().min(0);

/** One entry per key of a cell, so that a new key does not compile before it is read here. */
const cellSchema = z.looseObject({
  schemaVersion: z.int(),
  cellId: name,
  scenario: name,
  machine: name,
  strategy: name,
  seed: count,
  roundTrips: count,
  meanNs: positive,
  p50Ns: notNegative,
  p99Ns: notNegative,
  tripNs: z.array(notNegative).min(1),
  cyclesPerTrip: z.record(z.string(), notNegative),
  hardwareFlushesPerTrip: notNegative,
  walksPerTrip: notNegative,
  staleHits: z.looseObject({ host: count, crossVm: count, guest: count }),
  events: z.record(z.string(), count).exactOptional(),
} satisfies Record<keyof CellResult, z.ZodType>);

const TAKE_AGAIN = 'Take the file of the run again, or run it again';

const parameter = z.looseObject({
  path: name,
  value: number,
  low: number,
  high: number,
  unit: z.string(),
  confidence: z.string(),
  source: z.string(),
  note: z.string().optional(),
});

const manifestSchema = z.looseObject({
  schemaVersion: z.int(),
  version: name,
  command: z.string(),
  seeds: z.looseObject({ first: count, count }),
  scenarios: z.array(
    z.looseObject({
      id: name,
      group: z.string(),
      question: z.string(),
      words: z
        .looseObject({ trip: z.string(), setup: z.string(), label: z.string().optional() })
        .optional(),
      expected: z.string(),
      suiteFile: z.string(),
      suiteSha256: z.string(),
      baseline: name.optional(),
      expect: z.array(expectationSchema).optional(),
      unseen: z
        .array(
          z.looseObject({
            event: name,
            machine: name,
            strategy: name,
            perRoundTrip: notNegative,
            mostNs: notNegative,
          }),
        )
        .optional(),
      settled: z
        .array(
          z.looseObject({
            machine: name,
            strategy: name,
            pilot: count,
            most: count,
            wantedNs: notNegative,
            wantedRatio: notNegative,
            wanted: count.optional(),
            seeds: count.optional(),
          }),
        )
        .optional(),
      parameters: z.array(parameter),
    }),
  ),
  machines: z.array(z.looseObject({ id: name, name: z.string(), parameters: z.array(parameter) })),
  strategies: z.array(
    z.looseObject({
      id: name,
      summary: z.string(),
      behaviour: z.record(z.string(), z.string()),
      source: z.string(),
    }),
  ),
  baseline: z.string(),
  calibratedOn: z.looseObject({
    scenario: z.string(),
    machine: z.string(),
    measurement: z.string(),
    source: z.string(),
  }),
  calibration: z.array(
    z.looseObject({ parameter: z.string(), prior: z.string(), fitted: z.string() }),
  ),
} satisfies Record<keyof Manifest, z.ZodType>);

/**
 * The text of a manifest.json. Keys that this version does not know are kept and ignored.
 * Throws UserError('input') with the place of what is missing or of the wrong kind.
 */
export function parseManifest(text: string, place: string): Manifest {
  const stored = readJson(text, place, TAKE_AGAIN);
  const current = migrated(stored, RESULTS_SCHEMA_VERSION, MANIFEST_MIGRATIONS, place);
  const found = manifestSchema.safeParse(current);
  if (!found.success) throw shapeError(place, found.error);
  // As it was stored: zod's copy would have its keys in another order, and so other bytes.
  return current as Manifest;
}

/**
 * The text of a results.jsonl: one cell a line, empty lines left out. A cause that did not exist
 * when the run was made has 0 cycles, and keys that this version does not know are left out. With the
 * manifest of the run names, clocks and the order of seeds are checked, too. Throws UserError('input')
 * with the line that is damaged, or that contradicts itself or the lines before it.
 */
export function parseResults(
  text: string,
  place: string,
  manifest?: Manifest,
): readonly CellResult[] {
  const lines = text.split('\n').flatMap((line, index) => {
    return line.trim() === '' ? [] : [{ line, place: `${place}:${index + 1}` }];
  });
  if (manifest === undefined) return lines.map((each) => parseCell(each.line, each.place));
  const reader = cellReader(manifest);
  const cells = lines.map((each) => reader.read(each.line, each.place));
  reader.end(place);
  return cells;
}

/** Reads the lines of a whole run, one after the other. */
export interface CellReader {
  readonly read: (line: string, place: string) => CellResult;
  /** To be called after the last line: throws if some are missing. */
  readonly end: (place: string) => void;
}

export function cellReader(manifest: Manifest): CellReader {
  const reading = { expected: expectedOf(manifest), cure: TAKE_AGAIN };
  const order = orderCheck(manifest);
  const refuse = (place: string, cause: string | null): void => {
    if (cause !== null) throw new UserError('input', place, cause, TAKE_AGAIN);
  };
  return {
    read: (line, place) => {
      const cell = parseCell(line, place, reading);
      refuse(place, order.next(cell));
      return cell;
    },
    end: (place) => refuse(place, order.end()),
  };
}

/** How a line is read. */
export interface Reading {
  /** Null: names and clocks of the run are not known. */
  readonly expected: Expected | null;
  /** What to do about a line that is damaged. */
  readonly cure: string;
}

const ALONE: Reading = { expected: null, cure: TAKE_AGAIN };

/** One line of results.jsonl, as `parseResults` reads it. */
export function parseCell(line: string, place: string, reading = ALONE): CellResult {
  return checkCell(readJson(line, place, reading.cure), place, reading);
}

/** A cell from JSON that somebody else has read, such as a queue. Throws as `parseCell` does. */
export function checkCell(stored: unknown, place: string, reading = ALONE): CellResult {
  const current = migrated(stored, RESULTS_SCHEMA_VERSION, CELL_MIGRATIONS, place);
  const found = cellSchema.safeParse(current);
  if (!found.success) throw shapeError(place, found.error, reading.cure);
  const cyclesPerTrip = everyCause(found.data.cyclesPerTrip, place);
  const cell: CellResult = { ...found.data, cyclesPerTrip };
  const contradiction = contradictionIn(cell, reading.expected);
  if (contradiction !== null) throw new UserError('input', place, contradiction, reading.cure);
  return inOwnOrder(cell);
}

function everyCause(cycles: Readonly<Record<string, number>>, where: string): CyclesByCause {
  const known: readonly string[] = CAUSE_IDS;
  const unknown = Object.keys(cycles).find((id) => !known.includes(id));
  if (unknown !== undefined) {
    throw new UserError(
      'input',
      where,
      `it has cycles of the cause "${unknown}", which this version does not know`,
      'Read it with the version that wrote it',
    );
  }
  const entries = CAUSE_IDS.map((id) => [id, cycles[id] ?? 0]);
  return Object.fromEntries(entries) as CyclesByCause;
}

const SEE_FORMATS =
  'docs/reference/formats.md describes every key; take the file of the run again, or run it again';

function shapeError(place: string, error: z.ZodError, cure = SEE_FORMATS): UserError {
  const issue = error.issues[0];
  const key = issue === undefined || issue.path.length === 0 ? 'it' : issue.path.join('.');
  const what = (issue?.message ?? 'wrong').replace(/^Invalid input: /, '');
  return new UserError('input', place, `${key} is not as it should be: ${what}`, cure);
}
