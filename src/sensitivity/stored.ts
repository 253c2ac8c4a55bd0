import { z } from 'zod';
import { cellOf } from '../suite/plan.ts';
import { runMachine } from '../suite/run-machine.ts';
import type { Suite } from '../suite/suite.ts';
import { readJson } from '../util/read-json.ts';
import { UserError } from '../util/user-error.ts';
import type { Sides } from './design.ts';
import type {
  BreakEvenMap,
  BreakEvenPoint,
  BreakEvenRow,
  SensitivityResult,
  UnknownEffect,
} from './sensitivity-result.ts';

/** Cells of a run that the analysis is about: an id names everything that decides its cell. */
export interface AnalysedCells {
  readonly before: string;
  readonly after: string;
}

/** An analysis as a file of the project holds it. */
export interface StoredSensitivity {
  readonly suiteSha256: string;
  /** Of the suite's first seed. */
  readonly cellIds: AnalysedCells;
  readonly result: SensitivityResult;
}

const CURE = 'Write it anew with `npm run make -- sensitivity`';
const DIGITS = 6;

const number = z.number();
const text = z.string();
const count = z.int().min(0);
const interval = z.object({ point: number, low: number, high: number });

const unknown = z.object({
  path: text,
  unit: text,
  low: number,
  nominal: number,
  high: number,
  confidence: text,
  first: interval,
  total: interval,
  ratioAtLow: number,
  ratioAtHigh: number,
} satisfies Record<keyof UnknownEffect, z.ZodType>);

const breakEvenPoint = z.object({
  savingRatio: number,
  reached: z.enum(['below', 'within', 'never']),
  exitsPerSecond: number.nullable(),
} satisfies Record<keyof BreakEvenPoint, z.ZodType>);

const breakEvenRow = z.object({
  workingSetPages: count,
  savingRatios: z.array(number),
  points: z.array(breakEvenPoint),
} satisfies Record<keyof BreakEvenRow, z.ZodType>);

const breakEven = z
  .object({
    exitsPerSecond: z.array(number).min(1),
    rows: z.array(breakEvenRow).min(1),
  } satisfies Record<keyof BreakEvenMap, z.ZodType>)
  .refine(
    ({ exitsPerSecond, rows }) =>
      rows.every(({ savingRatios }) => savingRatios.length === exitsPerSecond.length),
    'a row has another number of savings than there are rates',
  )
  .refine(
    ({ rows }) => rows.every(({ points }) => points.length === rows[0]!.points.length),
    'the rows have different numbers of points',
  );

const uncertainty = z.object({
  varied: z.enum(['prices', 'prices, sizes and workload']),
  savingNs: interval,
  savingRatio: interval,
  seedShare: number,
  verdict: z.enum(['saves', 'costs', 'no difference', 'cannot tell']),
  draws: count,
  effectiveDraws: number,
} satisfies Record<keyof SensitivityResult['uncertainty'], z.ZodType>);

const result = z.object({
  suite: text,
  question: text,
  machine: text,
  baseline: text,
  strategy: text,
  seeds: count,
  overSeeds: z.object({ savingNs: interval, savingRatio: interval }),
  uncertainty,
  reached: z.object({ low: number, high: number, heldShare: number }).exactOptional(),
  unknowns: z.array(unknown),
  withoutEffect: z.array(text),
  plausibleShare: number,
  interpolation: z.object({ points: count, largestError: number }),
  breakEven: breakEven.nullable(),
  cells: count,
} satisfies Record<keyof SensitivityResult, z.ZodType>);

const stored = z.object({
  suiteSha256: text,
  cellIds: z.object({ before: text, after: text }),
  result,
} satisfies Record<keyof StoredSensitivity, z.ZodType>);

/** The cells of a suite, on a machine as runs use it, that an analysis of these strategies is about. */
export function analysedCells(suite: Suite, machineId: string, sides: Sides): AnalysedCells {
  const machine = runMachine(machineId);
  const idOf = (side: keyof Sides) => cellOf(suite, machine, sides[side], suite.seeds.first).cellId;
  return { before: idOf('before'), after: idOf('after') };
}

/** The text of a file, with six digits of each number. */
export function sensitivityText(stored: StoredSensitivity): string {
  const rounded = (_key: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(DIGITS)) : value;
  return `${JSON.stringify(stored, rounded)}\n`;
}

/** What `sensitivityText` has written. Throws UserError('input') with the place of what is wrong. */
export function parseSensitivity(json: string, place: string): StoredSensitivity {
  const found = stored.safeParse(readJson(json, place, CURE));
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  const cause = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it has another form'}`;
  throw new UserError('input', place, cause, CURE);
}
