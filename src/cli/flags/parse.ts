import type { Shard } from '../../run/run-plan.ts';
import { UserError } from '../../util/user-error.ts';
import type { Parse } from './flag.ts';

/** A whole number in a range. */
export function wholeNumber(largest: number, smallest = 1): Parse<number> {
  const kind = `whole number from ${smallest} to ${largest}`;
  return (typed, flag) => {
    const value = Number(typed);
    if (/^\d+$/.test(typed) && value >= smallest && value <= largest) return value;
    throw notA(kind, typed, flag, '4');
  };
}

/** A number above 0. */
export function positiveNumber(largest: number): Parse<number> {
  return (typed, flag) => {
    const value = Number(typed);
    if (/^\d+(?:\.\d+)?$/.test(typed) && value > 0 && value <= largest) return value;
    throw notA(`number above 0 and up to ${largest}`, typed, flag, '2.5');
  };
}

/** A share in per cent, such as `1%` or `0.5 %`; 0.01 is 1 %. */
export const percentage: Parse<number> = (typed, flag) => {
  const digits = /^(\d+(?:\.\d+)?) ?%$/.exec(typed.trim())?.[1];
  const percent = Number(digits);
  if (digits !== undefined && percent <= 100) return percent / 100;
  throw notA('share from 0% to 100%', typed, flag, '1%');
};

/** Numbers of patches: `17`, `17,20`. */
export const patchNumbers: Parse<readonly number[]> = (typed, flag) => {
  if (/^\d+(,\d+)*$/.test(typed)) return typed.split(',').map(Number);
  const cure = `Write numbers of patches, for example ${flag} 17,20`;
  throw new UserError('usage', flag, `"${typed}" is no list of patches`, cure);
};

/** Part `i` of `n`: `1/3`. */
export const shard: Parse<Shard> = (typed, flag) => {
  const [, index, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(typed) ?? [];
  const part = { index: Number(index), count: Number(count) };
  if (part.index >= 1 && part.index <= part.count) return part;
  const cure = `Write for example ${flag} 1/3, from 1 to 3`;
  throw new UserError('usage', flag, `"${typed}" is no part of a whole`, cure);
};

/** A name that a suite may have. */
export const suiteName: Parse<string> = (typed, flag) => {
  if (/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,47}$/.test(typed)) return typed;
  const cure = 'Write letters, digits, ".", "_" and "-", at most 48 of them';
  throw new UserError('usage', flag, `"${typed}" is no name of a suite`, cure);
};

function notA(kind: string, typed: string, flag: string, example: string): UserError {
  const cure = `Write for example ${flag} ${example}`;
  return new UserError('usage', flag, `"${typed}" is no ${kind}`, cure);
}
