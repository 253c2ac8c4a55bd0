import { z } from 'zod';
import { readJson } from '../util/read-json.ts';
import { UserError } from '../util/user-error.ts';
import type {
  DroppedPatch,
  FoundViolation,
  PatchReport,
  PrefixReport,
  SeriesReport,
} from './series.ts';

const CURE = 'Write it anew with "patches --out"';

const count = z.int().min(0);
const text = z.string();
const interval = z.object({ point: z.number(), low: z.number(), high: z.number() });
const saving = z.object({
  scenario: text,
  machine: text,
  savingNs: interval,
  savingRatio: interval,
});
const violation = z
  .object({
    class: text,
    obligation: text,
    world: text,
    events: count,
    transcript: z.array(text),
  } satisfies Record<keyof FoundViolation, z.ZodType>)
  .nullable();

const dropped = z.object({
  verdict: z.enum(['nothing', 'cost', 'safe', 'stale']),
  violation,
  transcript: z.array(text),
  statesExplored: count,
  savings: z.array(saving),
} satisfies Record<keyof DroppedPatch, z.ZodType>);

const patch = z.object({
  number: count,
  subject: text,
  kind: z.enum(['refactoring', 'preparation', 'behaviour', 'optimisation']),
  what: text,
  source: text,
  changes: z.record(text, text),
  saving: saving.nullable(),
  savings: z.array(saving),
  dropped,
} satisfies Record<keyof PatchReport, z.ZodType>);

const prefix = z.object({
  after: count,
  verdict: z.enum(['same', 'safe', 'stale']),
  violation,
  statesExplored: count,
  saving: saving.nullable(),
  savings: z.array(saving),
} satisfies Record<keyof PrefixReport, z.ZodType>);

const series = z.object({
  patches: z.array(patch).min(1),
  prefixes: z.array(prefix).min(1),
} satisfies Record<keyof SeriesReport, z.ZodType>);

/** What `check --series --out` has written. Throws UserError('input') with the place of what is wrong. */
export function parseSeries(json: string, place: string): SeriesReport {
  const found = series.safeParse(readJson(json, place, CURE));
  if (found.success) return found.data;
  const [first] = found.error.issues;
  throw damaged(
    place,
    `${first?.path.join('.') ?? ''}: ${first?.message ?? 'it has another form'}`,
  );
}

function damaged(place: string, cause: string): UserError {
  return new UserError('input', place, cause, CURE);
}
