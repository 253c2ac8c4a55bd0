import { expect } from 'vitest';
import { dataPath, readDataText } from '../../src/inputs/load-data.ts';
import { UserError } from '../../src/util/user-error.ts';

/** Seed of every property in this folder; failures print the path to the counterexample. */
export const PROPERTY_SEED = 20_261_122;

/** The text of a captured file. */
export function captured(...parts: readonly string[]): string {
  return readDataText(dataPath(...parts));
}

/** Runs something that must fail as a user's error; returns its message. */
export function userErrorOf(run: () => unknown): string {
  let caught: unknown;
  try {
    run();
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(UserError);
  if (!(caught instanceof UserError)) return '';
  expect(caught.kind).toBe('input');
  expect(caught.message).not.toMatch(/[\n\0]|undefined|NaN/);
  return caught.message;
}

/** The first lines of a text, each with its line end. */
export function headLines(text: string, count: number): string {
  return text.split('\n').slice(0, count).join('\n').concat('\n');
}
