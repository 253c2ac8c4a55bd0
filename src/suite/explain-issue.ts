import { z } from 'zod';
import { suggest } from '../util/suggest.ts';
import { suiteSchema } from './suite.ts';

export type Issue = z.core.$ZodIssue;

export const SEE_SCHEMA =
  'suites/README.md explains each key and suites/suite.schema.json lists its values';

/** Names of types as an author of YAML knows them. */
const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'a mapping of keys',
  boolean: 'true or false',
};

/**
 * The issue to report. A misspelt key makes two, "unknown" and "missing", of which the unknown one
 * stands where the author has to look.
 */
export function mostTelling(issues: readonly Issue[]): Issue | undefined {
  return issues.find((issue) => issue.code === 'unrecognized_keys') ?? issues[0];
}

/**
 * Of the forms that a value could have had, the one that the author most likely meant is the one
 * with the fewest complaints; its complaint is plainer than "matches none of three forms".
 */
export function plainest(issue: Issue, path: readonly PropertyKey[]) {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return { issue, path };
  const forms = [...issue.errors].sort((a, b) => a.length - b.length);
  const telling = mostTelling(forms[0] ?? []);
  return telling === undefined
    ? { issue, path }
    : { issue: telling, path: [...path, ...telling.path] };
}

/** Every key that a suite can have, at any depth: the candidates for a misspelt one. */
function knownKeys(): string[] {
  const keys = new Set<string>();
  const collect = (schema: unknown): void => {
    if (typeof schema !== 'object' || schema === null) return;
    for (const [name, value] of Object.entries(schema)) {
      if (name === 'properties' && typeof value === 'object' && value !== null) {
        for (const key of Object.keys(value)) keys.add(key);
      }
      collect(value);
    }
  };
  collect(z.toJSONSchema(suiteSchema, { io: 'input' }));
  return [...keys];
}

/** What to do about `issue`: the nearest name where a name is wrong. `value` is what stands there. */
export function cureFor(issue: Issue, value: unknown): string {
  if (issue.code === 'unrecognized_keys') {
    const near = suggest(issue.keys[0] ?? '', knownKeys());
    if (near !== undefined) return `The nearest known key is "${near}"`;
  }
  if (issue.code === 'invalid_value' && typeof value === 'string') {
    const near = suggest(value, issue.values.map(String));
    if (near !== undefined) return `The nearest allowed value is "${near}"`;
  }
  return SEE_SCHEMA;
}

/** What is wrong, in words of the file and not of the checker. `value` is what stands there. */
export function causeOf(issue: Issue, value: unknown): string {
  if (issue.code === 'unrecognized_keys') return `unknown key "${issue.keys[0] ?? ''}"`;
  if (value === undefined && issue.code !== 'custom') return 'this key is missing';
  if (issue.message.startsWith('must')) return issue.message;
  switch (issue.code) {
    case 'invalid_value':
      return `must be one of: ${issue.values.map(String).join(', ')}`;
    case 'invalid_type':
      return `must be ${TYPE_WORDS[issue.expected] ?? issue.expected}`;
    case 'too_small': {
      const least = issue.inclusive === false ? 'more than' : 'at least';
      return `must ${issue.origin === 'array' ? 'have' : 'be'} ${least} ${String(issue.minimum)}`;
    }
    case 'too_big':
      return `must ${issue.origin === 'number' || issue.origin === 'int' ? 'be' : 'have'} at most ${String(issue.maximum)}`;
    default:
      return issue.message;
  }
}
