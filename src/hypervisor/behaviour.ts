import { ASID_BEHAVIOURS } from './behaviours/asids.ts';
import { FLUSH_BEHAVIOURS } from './behaviours/flushes.ts';
import { NESTED_BEHAVIOURS } from './behaviours/nested.ts';

/**
 * What a KVM version does at each decision about ASIDs and TLB flushes, as named choices.
 * A strategy is one value for each key; functions with the kernel's names read them.
 * A patch is a change to these values; a refactoring patch changes none. Values that begin with
 * "Fault:" were never proposed: each leaves out or spoils one step, for the checker to find.
 */
export const BEHAVIOURS = {
  ...ASID_BEHAVIOURS,
  ...FLUSH_BEHAVIOURS,
  ...NESTED_BEHAVIOURS,
} as const;

/** The name of a decision; `explain behaviour KEY` says what it decides. */
export type BehaviourKey = keyof typeof BEHAVIOURS;
/** One value for each key of BEHAVIOURS. */
export type KvmBehaviour = {
  readonly [K in BehaviourKey]: keyof (typeof BEHAVIOURS)[K]['values'] & string;
};

export const BEHAVIOUR_KEYS = Object.keys(BEHAVIOURS) as readonly BehaviourKey[];

/** The values a key may have, in the order of the table. */
export function behaviourValues(key: BehaviourKey): readonly string[] {
  return Object.keys(BEHAVIOURS[key].values);
}

/** True for values that nobody proposed and that the checker must find. */
export function isFault(key: BehaviourKey, value: string): boolean {
  const values: Readonly<Record<string, string>> = BEHAVIOURS[key].values;
  return values[value]?.startsWith('Fault:') === true;
}
