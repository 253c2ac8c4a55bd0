import { MACHINES } from '../../hardware/presets/index.ts';
import { BEHAVIOUR_KEYS, behaviourValues } from '../../hypervisor/behaviour.ts';
import { LAST_PATCH } from '../../hypervisor/patches.ts';
import {
  isBehaviourKey,
  STRATEGIES,
  type Strategy,
  strategyById,
  strategyWithout,
  withBehaviour,
} from '../../hypervisor/strategies.ts';
import { suggest } from '../../util/suggest.ts';
import { UserError } from '../../util/user-error.ts';
import { unknownName } from './names.ts';

/** One strategy by name. Throws UserError('usage') with the closest name. */
export function selectStrategy(word: string): Strategy {
  const strategy = strategyById(word);
  if (strategy !== undefined) return strategy;
  throw unknownName(
    'strategy',
    word,
    STRATEGIES.map((each) => each.id),
  );
}

/** What of a suite decides which strategies run. */
export interface SuiteStrategies {
  readonly strategies: readonly string[];
  readonly baseline: string;
}

/**
 * `--strategy` and `--set` words as strategies; null when there are none of either.
 * With `--set` alone the suites' own strategies are changed. The plain baseline always runs too.
 */
export function selectStrategies(
  words: readonly string[],
  changes: readonly string[],
  suites: readonly SuiteStrategies[],
  without: readonly number[] = [],
): readonly Strategy[] | null {
  if (words.length === 0 && changes.length === 0 && without.length === 0) return null;
  const baselines = new Set(suites.map((suite) => suite.baseline));
  // Changes alone are meant for what the suites compare; a baseline is changed when it is named.
  const named =
    words.length > 0
      ? words
      : suites.flatMap((suite) => suite.strategies).filter((id) => !baselines.has(id));
  const chosen = [...new Set(named)].map((word) => {
    const strategy = selectStrategy(word);
    // Without --strategy it is meant for the series among those that the suites compare.
    if (words.length === 0 && strategy.isSeries !== true) return strategy;
    return leaveOut(strategy, without);
  });
  if (
    changes.length === 0 &&
    without.length === 0 &&
    chosen.every((strategy) => baselines.has(strategy.id))
  ) {
    throw new UserError(
      'usage',
      '--strategy',
      `${chosen.map((strategy) => strategy.id).join(', ')} is the baseline itself`,
      'Name a strategy to compare with it, or change it with --set',
    );
  }
  return chosen.map((strategy) => changes.reduce(applyChange, strategy));
}

/**
 * `--without` numbers left out of the series. Throws UserError('usage') for another strategy or for a
 * number that no patch has.
 */
export function leaveOut(strategy: Strategy, numbers: readonly number[]): Strategy {
  if (numbers.length === 0) return strategy;
  const wrong = numbers.find((number) => number < 1 || number > LAST_PATCH);
  const place = `--without ${numbers.join(',')}`;
  if (wrong !== undefined) {
    const cure = `They are numbered from 1 to ${LAST_PATCH}; \`check --series\` lists them`;
    throw new UserError('usage', place, `there is no patch ${wrong}`, cure);
  }
  if (strategy.isSeries === true) return strategyWithout(numbers);
  const series = STRATEGIES.find((each) => each.isSeries === true)?.id ?? '';
  const cure = `Patches can be left out of ${series} only`;
  throw new UserError('usage', place, `${strategy.id} is not a series of patches`, cure);
}

/** `key=value` applied to a strategy. Throws UserError('usage') for an unknown key or value. */
export function applyChange(strategy: Strategy, change: string): Strategy {
  const equals = change.indexOf('=');
  const place = `--set ${change}`;
  if (equals < 1) {
    throw new UserError('usage', place, 'there is no "="', 'Write it as behaviour=value');
  }
  const key = change.slice(0, equals);
  const value = change.slice(equals + 1);
  if (!isBehaviourKey(key))
    throw unknownName('behaviour', key, BEHAVIOUR_KEYS, 'explain behaviour');
  const changed = withBehaviour(strategy, key, value);
  if (changed !== undefined) return changed;
  throw new UserError(
    'usage',
    place,
    `"${value}" is no value of ${key}`,
    `Its values are ${behaviourValues(key).join(', ')}`,
  );
}

/** What of a suite names machines and strategies. */
export interface SuiteNames extends SuiteStrategies {
  readonly file: string;
  readonly machines: readonly string[];
}

/** Throws UserError('input') for the first machine or strategy of a suite that doesn't exist. */
export function checkSuiteNames(suites: readonly SuiteNames[]): void {
  const machines = MACHINES.map((machine) => machine.id);
  const strategies = STRATEGIES.map((strategy) => strategy.id);
  for (const suite of suites) {
    checkNames(suite.file, 'machine', suite.machines, machines);
    const unknown = suite.strategies.filter((id) => strategyById(id) === undefined);
    checkNames(suite.file, 'strategy', unknown, strategies);
  }
}

function checkNames(
  file: string,
  kind: string,
  names: readonly string[],
  known: readonly string[],
): void {
  const wrong = names.find((name) => !known.includes(name));
  if (wrong === undefined) return;
  const close = suggest(wrong, known);
  const question = close === undefined ? '' : `Did you mean "${close}"? `;
  const cure = `${question}There are ${known.join(', ')}`;
  throw new UserError('input', file, `there is no ${kind} "${wrong}"`, cure);
}
