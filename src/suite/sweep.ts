import { UserError } from '../util/user-error.ts';
import { type SuiteDocument, type SweepAxis, suiteSchema } from './suite.ts';

/** More points than this are a campaign, not a suite. */
const MAX_POINTS = 256;

/**
 * A suite with a `sweep` as one suite for each point: `ws-sweep` with hot pages 4 and 16 becomes
 * `ws-sweep-4` and `ws-sweep-16`, both of the family `ws-sweep`. Without one it is itself.
 * Throws UserError('input') for a key or a value that doesn't fit.
 */
export function expandSweep(document: SuiteDocument, file: string): SuiteDocument[] {
  const { sweep, ...rest } = document;
  if (sweep === undefined) return [document];
  const points = sweep.reduce((sum, axis) => sum * axis.values.length, 1);
  if (points > MAX_POINTS) {
    const cause = `it has ${points} points`;
    throw new UserError('input', `${file} sweep`, cause, `Split it: at most ${MAX_POINTS}`);
  }
  return combinations(sweep).map((values) => {
    const id = `${document.id}-${values.map(labelOf).join('-')}`;
    const point: unknown = structuredClone({ ...rest, id });
    for (const [at, axis] of sweep.entries()) {
      set(point, axis, values[at], `${file} sweep[${at}].key`);
    }
    const result = suiteSchema.safeParse(point);
    if (result.success) return result.data;
    const issue = result.error.issues[0];
    const where = issue === undefined ? '' : issue.path.map(String).join('.');
    const cause = `${id} does not fit: ${where} ${issue?.message ?? ''}`.trimEnd();
    throw new UserError('input', `${file} sweep`, cause, 'Choose values that the keys may have');
  });
}

function combinations(axes: readonly SweepAxis[]): SweepAxis['values'][] {
  return axes.reduce<SweepAxis['values'][]>(
    (all, axis) => all.flatMap((before) => axis.values.map((value) => [...before, value])),
    [[]],
  );
}

function labelOf(value: SweepAxis['values'][number]): string {
  return String(value).replaceAll(/[^a-zA-Z0-9._]+/g, '_');
}

/** Sets a dotted key of the suite; of a parameter, its nominal value. */
function set(root: unknown, axis: SweepAxis, value: unknown, place: string): void {
  const steps = axis.key.split('.');
  let node: unknown = root;
  for (const [depth, step] of steps.entries()) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, step)) {
      const cause = `this suite has no "${steps.slice(0, depth + 1).join('.')}"`;
      throw new UserError('input', place, cause, 'Name a key that the suite states');
    }
    const map = node as Record<string, unknown>;
    if (depth === steps.length - 1) {
      const old = map[step];
      if (typeof old === 'object' && old !== null && 'nominal' in old) {
        map[step] = { ...old, nominal: value };
      } else map[step] = value;
      return;
    }
    node = map[step];
  }
}
