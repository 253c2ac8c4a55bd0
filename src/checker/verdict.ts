import { createHash } from 'node:crypto';
import { z } from 'zod';
import { BEHAVIOUR_KEYS } from '../hypervisor/behaviour.ts';
import { readJson } from '../util/read-json.ts';
import { UserError } from '../util/user-error.ts';
import type { CheckResult } from './check.ts';
import { VIOLATION_CLASSES } from './shrink.ts';

const count = z.int().min(0);

const verdictShape = z.object({
  /** `behaviourHash` of what was checked. */
  behaviour: z.string(),
  /** A strategy that has these behaviours. */
  strategy: z.string(),
  /** Worlds that were explored. */
  worlds: count,
  /** Those in which something goes wrong, with the classes of what does. */
  wrong: z.array(z.object({ world: z.string(), classes: z.array(z.enum(VIOLATION_CLASSES)) })),
  /** Distinct findings over all worlds. */
  violations: count,
  statesExplored: count,
  /** Every state that the worlds can reach was seen. */
  exhaustive: z.boolean(),
});
const fileShape = z.object({ verdicts: z.array(verdictShape) });

/** What `check` found of one set of behaviours. */
export type Verdict = z.infer<typeof verdictShape>;
/** Verdicts by `behaviourHash`. */
export type Verdicts = ReadonlyMap<string, Verdict>;

/**
 * Two sets of behaviours with one hash do the same. One that lacks a behaviour, as those of a run of an
 * earlier version may, has the hash of none that is complete.
 */
export function behaviourHash(behaviour: Readonly<Record<string, string>>): string {
  const values = BEHAVIOUR_KEYS.map((key) => `${key}=${behaviour[key]}`);
  return createHash('sha256').update(values.join('\n')).digest('hex').slice(0, 16);
}

/** A verdict from all that was explored of a strategy. */
export function verdictOf(
  { id, behaviour }: { id: string; behaviour: Readonly<Record<string, string>> },
  result: CheckResult,
): Verdict {
  return {
    behaviour: behaviourHash(behaviour),
    strategy: id,
    worlds: result.worlds.length,
    wrong: result.worlds
      .filter(({ violations }) => violations.length > 0)
      .map(({ world, violations }) => ({
        world,
        classes: VIOLATION_CLASSES.filter((kind) => violations.some((each) => each.class === kind)),
      })),
    violations: result.violations.length,
    statesExplored: result.statesExplored,
    exhaustive: result.exhaustive,
  };
}

/** What `npm run make -- verdicts` has written. Throws UserError('input') with the place of what is wrong. */
export function parseVerdicts(json: string, place: string): Verdicts {
  const cure = 'Write it anew with `npm run make -- verdicts`';
  const found = fileShape.safeParse(readJson(json, place, cure));
  if (found.success) return new Map(found.data.verdicts.map((each) => [each.behaviour, each]));
  const [first] = found.error.issues;
  const cause = `${first?.path.join('.') ?? ''}: ${first?.message ?? 'it has another form'}`;
  throw new UserError('input', place, cause, cure);
}

/** What was found of these behaviours; undefined where nobody has checked them. */
export function verdictFor(
  verdicts: Verdicts | undefined,
  behaviour: Readonly<Record<string, string>>,
): Verdict | undefined {
  return verdicts?.get(behaviourHash(behaviour));
}
